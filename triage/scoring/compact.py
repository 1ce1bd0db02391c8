"""The bundled scorer: a small transformer in ONNX form, with no download and no torch.

Its files are made by `python -m training.train_compact`; see docs/scorers.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from triage.domain.scores import Label, ScorerInfo, Scores, ToxicSpan
from triage.errors import ScorerError
from triage.scoring.batching import batches, score_distinct
from triage.scoring.marks import MARKED, toxic_spans
from triage.scoring.onnx_runtime import OnnxModel
from triage.scoring.packages import installed_version
from triage.scoring.prepare import PREPARATION, Prepared, prepare
from triage.scoring.windows import windows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Encoding, Tokenizer

__all__ = ["DESCRIPTION", "FILES", "LABELS", "WINDOW", "CompactScorer", "open_tokenizer"]

DESCRIPTION = "bundled small transformer, English; no download"
LABELS = (
    Label.TOXICITY,
    Label.SEVERE_TOXICITY,
    Label.OBSCENE,
    Label.THREAT,
    Label.INSULT,
    Label.IDENTITY_ATTACK,
    Label.INCIVILITY,
)
FILES = ("compact.onnx", "tokenizer.json")
"""What the card, `compact.json`, holds a digest of."""

WINDOW = 190
"""Tokens of a window, the two frame tokens aside. The strongest window makes a label's score."""
_OVERLAP = 40
_BUDGET = 512  # tokens in a batch, padding included: what stays in a core's cache
# Texts at a time, and characters: a token takes 400 bytes while it waits.
_CHUNK, _CHARACTERS = 1024, 300_000

# For a text of signs only that no token stands for, such as private-use characters.
_UNREADABLE = Scores(not_scored="nothing readable")

_CODE = "3"
_WEIGHTS = Path(__file__).with_name("weights")
_RESTORE = "install triage again, or make new weights with `python -m training.train_compact`"


@dataclass(frozen=True, slots=True)
class _Model:
    graph: OnnxModel
    tokenizer: Tokenizer
    frame: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Rated:
    """What the windows of one text gave: per label the strongest, per token the greatest weight.

    `best` has the strongest window of each label, `spans` the tokens of each window.
    """

    scores: NDArray[np.float32]
    best: NDArray[np.int64]
    spans: Sequence[tuple[int, int]]
    weights: NDArray[np.float32]


class CompactScorer:
    """Scores texts with the bundled model, or with the one in another folder.

    Words of weight `marked` or more are marked.
    """

    def __init__(self, folder: Path = _WEIGHTS, *, marked: float = MARKED) -> None:
        self._folder = folder
        self._marked = marked
        self._lock = Lock()

    @cached_property
    def info(self) -> ScorerInfo:
        """Key, version and labels, read from the model's card. Raises ScorerError."""
        digests = self._card["sha256"]
        made_of = " ".join([*(digests[name] for name in FILES), PREPARATION, _CODE])
        return ScorerInfo(
            key="compact",
            version=sha256(made_of.encode()).hexdigest()[:16],
            labels=LABELS,
            description=DESCRIPTION,
            details={
                "model_sha256": digests[FILES[0]],
                "onnxruntime": installed_version("onnxruntime"),
            },
            marks_spans=True,
            languages=("en",),
        )

    def score(self, texts: Sequence[str]) -> list[Scores]:
        """Return one Scores per text, in order; the first call loads the model.

        A text of more than 190 tokens is rated in overlapping windows, and each label gets its
        strongest: `where` says which.
        """
        return score_distinct(texts, self._rate)

    def explain(self, text: str) -> tuple[ToxicSpan, ...]:
        """Return the words of a text that read as toxic, as its scores have them."""
        return self.score([text])[0].spans

    def _rate(self, texts: list[str]) -> list[Scores]:
        model = self._model
        return [scores for chunk in _chunks(texts) for scores in self._rated(model, chunk)]

    def _rated(self, model: _Model, texts: Sequence[str]) -> list[Scores]:
        prepared = [prepare(text) for text in texts]
        encodings = model.tokenizer.encode_batch(
            [one.text for one in prepared], add_special_tokens=False
        )
        rated = _windowed(model, [one.ids for one in encodings])
        return [
            _scores(text, ready, encoding, own, self._marked)
            for text, ready, encoding, own in zip(texts, prepared, encodings, rated, strict=True)
        ]

    @cached_property
    def _card(self) -> Mapping[str, Any]:
        path = self._folder / "compact.json"
        try:
            card = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ScorerError(f"{path} cannot be read ({error}): {_RESTORE}") from error
        digests = card.get("sha256") if isinstance(card, dict) else None
        if not isinstance(digests, dict) or not all(
            isinstance(digests.get(name), str) for name in FILES
        ):
            raise ScorerError(f"{path} does not name its files' sha256: {_RESTORE}")
        if (card.get("preparation"), card.get("labels")) != (PREPARATION, list(LABELS)):
            raise ScorerError(f"{path} was made for another version of the code: {_RESTORE}")
        return dict(card)

    @property
    def _model(self) -> _Model:
        with self._lock:  # two threads that come first would load it twice
            return self._loaded

    @cached_property
    def _loaded(self) -> _Model:
        graph, words = (self._unaltered(name) for name in FILES)
        tokenizer = open_tokenizer(words)
        first, last = tokenizer.encode("").ids
        return _Model(OnnxModel(graph, ["labels", "spans"]), tokenizer, (first, last))

    def _unaltered(self, name: str) -> bytes:
        """Return a file's bytes. Raises ScorerError where they are not what the card says."""
        path = self._folder / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ScorerError(f"{path} cannot be read ({error.strerror}): {_RESTORE}") from error
        if sha256(content).hexdigest() != self._card["sha256"][name]:
            raise ScorerError(f"{path} was altered since its card was written: {_RESTORE}")
        return content


def open_tokenizer(content: bytes) -> Tokenizer:
    """Return the tokenizer in a file, set to read whole texts of any length as they are."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(content.decode("utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    # Or "[SEP]" typed into a comment would be the sign itself, and hide what follows.
    tokenizer.encode_special_tokens = True
    return tokenizer


def _chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    size = 0
    for text in texts:
        if chunk and (len(chunk) == _CHUNK or size + len(text) > _CHARACTERS):
            yield chunk
            chunk, size = [], 0
        chunk.append(text)
        size += len(text)
    if chunk:
        yield chunk


def _windowed(model: _Model, ids: Sequence[Sequence[int]]) -> list[_Rated]:
    """Return what the model says of texts given as token ids."""
    import numpy as np

    cut = [windows(len(one), WINDOW, _OVERLAP) for one in ids]
    pieces = [(row, start, end) for row, spans in enumerate(cut) for start, end in spans]
    order = list(batches([end - start + 2 for _, start, end in pieces], _BUDGET))
    scores = np.empty((len(pieces), len(LABELS)), np.float32)
    weights = [np.zeros(len(one), np.float32) for one in ids]
    outputs = model.graph.run(_batch(model, ids, [pieces[at] for at in batch]) for batch in order)
    for batch, (labels, spans) in zip(order, outputs, strict=True):
        scores[batch] = labels
        for at, marked in zip(batch, spans, strict=True):
            row, start, end = pieces[at]
            own = weights[row][start:end]
            np.maximum(own, marked[1 : end - start + 1], out=own)
    found, at = [], 0
    for places, weight in zip(cut, weights, strict=True):
        rows = scores[at : at + len(places)]
        found.append(_Rated(rows.max(axis=0), rows.argmax(axis=0), places, weight))
        at += len(places)
    return found


def _batch(
    model: _Model, ids: Sequence[Sequence[int]], pieces: Sequence[tuple[int, int, int]]
) -> dict[str, NDArray[np.int32]]:
    """Return the model's inputs for windows of like length, padded to the longest."""
    import numpy as np

    first, last = model.frame
    length = max(end - start for _, start, end in pieces) + 2
    table = np.zeros((len(pieces), length), np.int32)
    real = np.zeros_like(table)
    for at, (row, start, end) in enumerate(pieces):
        table[at, : end - start + 2] = [first, *ids[row][start:end], last]
        real[at, : end - start + 2] = 1
    return {"ids": table, "real": real}


def _scores(
    text: str, prepared: Prepared, encoding: Encoding, rated: _Rated, marked: float
) -> Scores:
    """Return a text's scores, with the words that were marked in it and where it scored them."""
    if not rated.weights.size:
        return _UNREADABLE
    spans: tuple[ToxicSpan, ...] = ()
    if rated.weights.max() >= marked:
        spans = toxic_spans(text, prepared, encoding.offsets, rated.weights.tolist(), marked)
    where = {}
    if len(rated.spans) > 1:
        offsets = encoding.offsets
        for label, best in zip(LABELS, rated.best.tolist(), strict=True):
            start, end = rated.spans[best]
            where[label] = prepared.original_span(offsets[start][0], offsets[end - 1][1])
    values = dict(zip(LABELS, rated.scores.tolist(), strict=True))
    return Scores(values, spans=spans, where=where)
