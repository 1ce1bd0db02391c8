"""Detoxify's models, rated exactly as the package rates them, in a fraction of its time.

What the package leaves to its caller is done here: batches of like length instead of one padded
block, windows over long texts instead of a silent cut, one row per text whatever the number. In the
fast mode the same texts, cut the same way, go through the model's graph in int8; `careful` then
sees to it that no comment is judged by a score that is only near the exact one.
"""

from __future__ import annotations

import logging
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from triage.domain.scores import Mode, ScorerInfo, Scores
from triage.errors import ScorerError
from triage.scoring.batching import score_distinct
from triage.scoring.models.building import PACKAGES, Loaded, packages_missing
from triage.scoring.models.card import Int8
from triage.scoring.models.catalogue import MODELS, OFFICIAL, Origin, how_to_get
from triage.scoring.models.conversion import open_model
from triage.scoring.models.folder import Place, find
from triage.scoring.models.int8 import no_int8, open_int8
from triage.scoring.models.shelf import Shelf
from triage.scoring.packages import installed_version
from triage.scoring.prepare import strip_invisible
from triage.scoring.processor import CPU, Precision
from triage.scoring.torch_classifier import TorchClassifier

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["DetoxifyScorer"]

_LOG = logging.getLogger(__name__)
_CODE = "1"
_OVERLAP = 128
"""Tokens that two neighbouring windows share."""
_TEXTS, _CHARACTERS = 2_000, 1_000_000
"""The most that is held as tokens at once; one text that is longer is taken alone."""
_BLOCK = 100
"""Texts that the tokenizer is asked about at once."""


class DetoxifyScorer:
    """One of Detoxify's models (see `models.catalogue`), from its folder in `models_dir`.

    One that is missing is pulled there first, from `origin`, where downloads are allowed. `mode` is
    EXACT (torch) or FAST (ONNX Runtime, int8), whose file `triage models convert` writes: the two
    are two versions. Exact scores are in float32, the same to a millionth on any `device`; a half
    `precision` is another version. For `token_budget` see `TorchClassifier`.
    """

    def __init__(
        self,
        name: str,
        *,
        models_dir: Path | None = None,
        allow_download: bool = False,
        precision: Precision = Precision.FLOAT32,
        device: str = CPU,
        token_budget: int | None = None,
        origin: Origin = OFFICIAL,
        mode: Mode = Mode.EXACT,
    ) -> None:
        if mode not in (Mode.EXACT, Mode.FAST):
            raise ValueError("a scorer computes in torch or in int8: choose before")
        self._name = name
        self.note = ""
        """What `info` says to whoever starts it."""
        self._mode = mode
        self._models_dir = models_dir
        self._allow_download = allow_download
        self._precision = precision
        self._device = device
        self._budget = token_budget
        self._origin = origin
        self._lock = Lock()  # a tokenizer keeps its settings for a call in itself

    @property
    def info(self) -> ScorerInfo:
        """Key, version and labels; loads nothing, and reads an unconverted checkpoint's bytes once.

        Raises ScorerError where the weights or the packages are missing, or the int8 file in the
        fast mode. The version of the fast mode begins with `int8-`.
        """
        return replace(self._info, note=self.note)

    @cached_property
    def _info(self) -> ScorerInfo:
        known = MODELS[self._name]
        digest = self._place.digest()
        if self._mode is Mode.FAST:
            graph = self._int8.sha256
            version = f"int8-{_digits(f'{digest} int8 {graph} code {_CODE}')}"
            details = {"mode": "fast", "precision": "int8", "int8_sha256": graph}
            packages: tuple[str, ...] = ("onnxruntime", "transformers")
        else:
            half = "" if self._precision is Precision.FLOAT32 else f" {self._precision}"
            version = _digits(f"{digest}{half} code {_CODE}")
            details = {
                "mode": (Mode.HALF if half else Mode.EXACT).value,
                "precision": self._precision.value,
                "device": self._device,
            }
            packages = PACKAGES
        return ScorerInfo(
            key=f"detoxify:{self._name}",
            version=version,
            labels=known.labels,
            description=known.description,
            details={"files_sha256": digest}
            | details
            | {name: installed_version(name) for name in packages},
            languages=known.languages,
        )

    def score(self, texts: Sequence[str]) -> list[Scores]:
        """Return one Scores per text, in order; the first call loads the model.

        Texts are rated raw but for invisible characters. One that is longer than the model can
        read is rated in overlapping windows, and each label gets its strongest: `where` says which.
        The identities that a text mentions, where the model knows any, are no labels: `mentions`.
        """
        return score_distinct(texts, self._rate)

    @cached_property
    def _place(self) -> Place:
        how = how_to_get(self._name, self._models_dir)
        if missing := packages_missing():
            raise ScorerError(f"detoxify:{self._name} needs {', '.join(missing)}: {how}")
        place = find(self._name, self._models_dir)
        if place is None and self._allow_download and self._models_dir is not None:
            # A command pulls beforehand and shows it; whoever comes here by Python reads a log.
            _LOG.warning(
                "detoxify:%s is not in %s: fetching it, which may take over 1 GB",
                self._name,
                self._models_dir,
            )
            Shelf(self._models_dir, self._origin).pull(self._name)
            place = find(self._name, self._models_dir)
        if place is None:
            raise ScorerError(f"the weights of detoxify:{self._name} are missing: {how}")
        return place

    @cached_property
    def _int8(self) -> Int8:
        card = self._place.card_now()
        if card is None or card.int8 is None:
            raise no_int8(self._name)
        return card.int8

    @cached_property
    def _loaded(self) -> Loaded:
        return open_int8(self._place) if self._mode is Mode.FAST else open_model(self._place)

    @cached_property
    def _classifier(self) -> _Classifier:
        if self._mode is Mode.FAST:
            classifier: _Classifier = self._loaded.model
            return classifier
        return TorchClassifier(
            self._loaded.model,
            precision=self._precision,
            device=self._device,
            budget=self._budget,
        )

    def _rate(self, texts: list[str]) -> list[Scores]:
        return [scores for some in _chunks(texts) for scores in self._rate_some(some)]

    def _rate_some(self, texts: list[str]) -> list[Scores]:
        plain = [strip_invisible(text) for text in texts]
        with self._lock:
            loaded, classifier = self._loaded, self._classifier
            windows = list(_windows(loaded, plain, classifier.longest))
            try:
                rows = classifier.outputs([window.ids for window in windows]).tolist()
            except ValueError as error:
                raise ScorerError(
                    f"detoxify:{self._name}: vocabulary and weights do not fit each other "
                    f"({error}): fetch the model again"
                ) from error
        owned: list[list[int]] = [[] for _ in texts]
        for at, window in enumerate(windows):
            owned[window.owner].append(at)
        found = []
        for text, stripped, own in zip(texts, plain, owned, strict=True):
            best = {
                label: max(own, key=_at(rows, loaded.labels[label]))
                for label in MODELS[self._name].labels
            }
            values = {
                label: float(rows[window][loaded.labels[label]]) for label, window in best.items()
            }
            mentions = {
                identity: float(max(rows[window][column] for window in own))
                for identity, column in loaded.mentions.items()
            }
            where = {}
            if len(own) > 1:
                places = _places(text, stripped)
                where = {
                    label: (places[start], places[end - 1] + 1)
                    for label, window in best.items()
                    for start, end in windows[window].stretch
                }
            found.append(Scores(values, where=where, mentions=mentions))
        return found


def _chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield texts in order, as many as may be held as tokens at once."""
    chunk: list[str] = []
    characters = 0
    for text in texts:
        characters += len(text)
        if chunk and (len(chunk) == _TEXTS or characters > _CHARACTERS):
            yield chunk
            chunk, characters = [], len(text)
        chunk.append(text)
    if chunk:
        yield chunk


class _Classifier(Protocol):
    """What runs a model: windows of token ids in, the sigmoid of every output out, in order."""

    longest: int
    """How many tokens it reads at once."""

    def outputs(self, windows: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Return a row of outputs for each window."""
        ...


def _digits(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _at(rows: Sequence[Sequence[float]], column: int) -> Callable[[int], float]:
    return lambda row: rows[row][column]


def _stretch(encoding: Any) -> list[tuple[int, int]]:
    """Return the one [start, end) stretch of characters that a window's tokens cover, if any."""
    mask = encoding.special_tokens_mask
    spans = [span for span, special in zip(encoding.offsets, mask, strict=True) if not special]
    seen = [(start, end) for start, end in spans if start < end]
    return [(seen[0][0], seen[-1][1])] if seen else []


def _places(text: str, stripped: str) -> list[int]:
    """Return where in `text` each character of `strip_invisible(text)` stands.

    What was taken out is invisible, so the next character that is alike is the one: only a joiner
    that was left in can be taken for one before it that was not.
    """
    places: list[int] = []
    at = 0
    for char in stripped:
        while text[at] != char and not (char == "\ufffd" and "\ud800" <= text[at] <= "\udfff"):
            at += 1
        places.append(at)
        at += 1
    return places


@dataclass(slots=True)
class _Window:
    """What a model reads at once: token ids of a text, and its characters where it is a part."""

    ids: array[int]
    owner: int
    """The place of its text in the list."""
    stretch: list[tuple[int, int]]


def _windows(loaded: Loaded, texts: Sequence[str], longest: int) -> Iterator[_Window]:
    """Yield every window of every text, in order.

    What a tokenizer says of a token is a hundred times as large as its id, so it is asked about a
    few texts at a time.
    """
    limit = int(min(loaded.tokenizer.model_max_length, longest))
    for start in range(0, len(texts), _BLOCK):
        pieces = loaded.tokenizer(
            list(texts[start : start + _BLOCK]),
            return_attention_mask=False,
            return_token_type_ids=False,
            truncation=True,
            max_length=limit,
            stride=min(_OVERLAP, limit // 4),
            return_overflowing_tokens=True,
        )
        owners = pieces["overflow_to_sample_mapping"]
        parts = Counter(owners)
        for ids, owner, encoding in zip(pieces["input_ids"], owners, pieces.encodings, strict=True):
            stretch = _stretch(encoding) if parts[owner] > 1 else []
            yield _Window(array("i", ids), start + owner, stretch)
