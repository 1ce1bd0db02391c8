"""The bundled scorer: a calibrated linear model on hashed n-grams, with no download.

Its weights and their card are made by `python -m training.train_compact`; see docs/scorers.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ScorerError
from triage.scoring.batching import score_distinct
from triage.scoring.features import FEATURES, WIDTH, features
from triage.scoring.prepare import PREPARATION, prepare
from triage.scoring.windows import windows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["DESCRIPTION", "LABELS", "CompactScorer", "calibrated", "strongest_logits", "unpacked"]

DESCRIPTION = "bundled linear model on word and character n-grams; no download"
LABELS = (
    Label.TOXICITY,
    Label.SEVERE_TOXICITY,
    Label.OBSCENE,
    Label.THREAT,
    Label.INSULT,
    Label.IDENTITY_ATTACK,
    Label.INCIVILITY,
)

# Characters: about 170 words, starting every 85. The strongest window makes a label's score.
_WINDOW, _STEP = 1000, 500
# A longer text is read closely too, or a short outburst would drown in a civil page. So many
# small windows find something by chance, hence they have to be clearer by this much of a logit.
_CLOSELY_FROM = 500
_CLOSE_WINDOW, _CLOSE_STEP = 250, 125
_CLOSE_DISCOUNT = 1.0

_CODE = "1"
_CHUNK = 256
_WEIGHTS = Path(__file__).with_name("weights")
_RESTORE = "install triage again, or make new weights with `python -m training.train_compact`"


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights of shape (WIDTH, labels), a bias per label, and a calibration map per label.

    `calibration` has shape (labels, 3): see `calibrated`.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float64]
    calibration: NDArray[np.float64]


class CompactScorer:
    """Scores texts with the bundled weights, or with those in another folder."""

    def __init__(self, folder: Path = _WEIGHTS) -> None:
        self._folder = folder

    @cached_property
    def info(self) -> ScorerInfo:
        """Key, version and labels, read from the weights' card. Raises ScorerError."""
        card = self._card
        made_of = f"{card['sha256']} features {FEATURES} preparation {PREPARATION} code {_CODE}"
        return ScorerInfo(
            key="compact",
            version=sha256(made_of.encode()).hexdigest()[:16],
            labels=LABELS,
            description=DESCRIPTION,
            details={
                "weights_sha256": str(card["sha256"]),
                "scikit-learn": version("scikit-learn"),
            },
        )

    def score(self, texts: Sequence[str]) -> list[Scores]:
        """Return one Scores per text, in order; the first call loads the weights."""
        return score_distinct(texts, self._rate)

    def _rate(self, texts: list[str]) -> list[Scores]:
        model = self._model
        logits = strongest_logits(texts, model.weights, model.bias)
        rows = calibrated(logits, model.calibration).tolist()
        return [Scores(dict(zip(LABELS, row, strict=True))) for row in rows]

    @cached_property
    def _card(self) -> Mapping[str, Any]:
        path = self._folder / "compact.json"
        try:
            card = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ScorerError(f"{path} cannot be read ({error}): {_RESTORE}") from error
        if not isinstance(card, dict) or not isinstance(card.get("sha256"), str):
            raise ScorerError(f"{path} does not name its weights' sha256: {_RESTORE}")
        return card

    @cached_property
    def _model(self) -> LinearModel:
        card, path = self._card, self._folder / "compact.npz"
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ScorerError(f"{path} cannot be read ({error.strerror}): {_RESTORE}") from error
        if sha256(content).hexdigest() != card["sha256"]:
            raise ScorerError(f"{path} was altered since its card was written: {_RESTORE}")
        if (card.get("features"), card.get("preparation")) != (FEATURES, PREPARATION):
            raise ScorerError(f"{path} was trained for another version of the code: {_RESTORE}")
        return _model_in(content)


def strongest_logits(
    texts: Sequence[str], weights: NDArray[np.float32], bias: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return logits of shape (texts, labels): per label that of the strongest window.

    Texts are prepared and cut here; training calibrates on these very logits.
    """
    import numpy as np

    strongest = np.full((len(texts), len(bias)), -np.inf)
    windowed = _windowed(texts)
    while chunk := list(islice(windowed, _CHUNK)):
        owners, pieces, discounts = zip(*chunk, strict=True)
        logits = features(pieces) @ weights + bias - np.array(discounts)[:, None]
        np.maximum.at(strongest, list(owners), logits)
    return strongest


def _windowed(texts: Sequence[str]) -> Iterator[tuple[int, str, float]]:
    """Yield (row of the text, window, what is taken off its logits) for every window."""
    for row, text in enumerate(texts):
        prepared = prepare(text).text
        for start, end in windows(prepared, _WINDOW, _STEP):
            yield row, prepared[start:end], 0.0
        if len(prepared) > _CLOSELY_FROM:
            for start, end in windows(prepared, _CLOSE_WINDOW, _CLOSE_STEP):
                yield row, prepared[start:end], _CLOSE_DISCOUNT


def calibrated(
    logits: NDArray[np.float64], calibration: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return probabilities for logits of shape (texts, labels), label by label.

    Beta calibration (Kull, Silva Filho and Flach 2017, AISTATS): with p = sigmoid(logit) and
    (a, b, c) a row of `calibration`, sigmoid(a ln p - b ln(1 - p) + c).
    """
    import numpy as np

    log_p = -np.logaddexp(0.0, -logits)
    log_not_p = -np.logaddexp(0.0, logits)
    a, b, c = calibration.T
    return np.asarray(np.exp(-np.logaddexp(0.0, -(a * log_p - b * log_not_p + c))))


def unpacked(packed: NDArray[np.int8], scale: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return weights from their signed roots: sign(q) (scale q)^2, a scale per label.

    Eight bits spread by the root keep the many small weights apart, which count together.
    """
    import numpy as np

    roots = packed.astype(np.float32) * scale.astype(np.float32)
    return np.asarray(roots * np.abs(roots))


def _model_in(content: bytes) -> LinearModel:
    """Return the model in an .npz whose digest was found right."""
    import numpy as np

    with np.load(BytesIO(content), allow_pickle=False) as arrays:
        whole = arrays["weights"]
        if whole.shape != (WIDTH, len(LABELS)):
            raise ScorerError(f"the compact weights have shape {whole.shape}: {_RESTORE}")
        return LinearModel(
            weights=unpacked(whole, arrays["scale"]),
            bias=arrays["bias"].astype(np.float64),
            calibration=arrays["calibration"].astype(np.float64),
        )
