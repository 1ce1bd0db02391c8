"""A scorer on top of another one: what a site's decisions taught about its scores and words.

For each learned label, logit p = a ln s - b ln(1 - s) + c + the weights of the text's n-grams, with
s the other scorer's score; what was not learned stays as it is. The arithmetic of learning is in
`triage.tuning.learning`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

from triage.domain.scores import Label, Scorer, ScorerInfo, Scores
from triage.errors import ScorerError
from triage.scoring.ngrams import BUCKETS, NGRAMS, grams

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["SUFFIX", "LearnedScorer", "Taught", "base_of", "packed", "unpacked", "version_of"]

SUFFIX = "+site"
_CODE = "1"
_CLIP = 1e-7
_UNREADABLE = "what was learned cannot be read: triage learn --rollback, and learn anew"


@dataclass(frozen=True, slots=True)
class Taught:
    """What was learned for one label: (a, b, c), and a weight for each bucket of n-grams."""

    beta: NDArray[np.float64]
    weights: NDArray[np.float64]

    def apply(self, scores: NDArray[np.float64], words: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return new scores; `words` are the sums of the weights of the texts' n-grams."""
        import numpy as np

        s = np.clip(scores, _CLIP, 1 - _CLIP)
        a, b, c = self.beta
        z = a * np.log(s) - b * np.log1p(-s) + c + words
        return np.asarray(np.exp(-np.logaddexp(0.0, -z)))


def base_of(key: str) -> str | None:
    """Return the key of the scorer below a learned one's key; None for another scorer's."""
    return key.removesuffix(SUFFIX) if key.endswith(SUFFIX) and key != SUFFIX else None


def version_of(state: bytes, base_version: str) -> str:
    """Return the version that a learned state makes, on a version of the scorer below."""
    made_of = f"{sha256(state).hexdigest()} {base_version} {NGRAMS} {_CODE}"
    return sha256(made_of.encode()).hexdigest()[:16]


def packed(taught: Mapping[Label, Taught]) -> bytes:
    """Return what was learned as the bytes of an .npz file; weights that are 0 are left out."""
    import numpy as np

    arrays: dict[str, NDArray[np.generic]] = {}
    for label in (one for one in Label if one in taught):
        there = np.flatnonzero(taught[label].weights)
        arrays[f"{label.value}.beta"] = taught[label].beta.astype(np.float64)
        arrays[f"{label.value}.column"] = there.astype(np.int32)
        arrays[f"{label.value}.weight"] = taught[label].weights[there].astype(np.float32)
    buffer = BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpacked(state: bytes) -> dict[Label, Taught]:
    """Return what `packed` packed, without running anything. Raises ScorerError for other bytes."""
    import numpy as np

    try:
        with np.load(BytesIO(state), allow_pickle=False) as arrays:
            found = {}
            for label in Label:
                if f"{label.value}.beta" not in arrays:
                    continue
                weights = np.zeros(BUCKETS)
                weights[arrays[f"{label.value}.column"]] = arrays[f"{label.value}.weight"]
                found[label] = Taught(arrays[f"{label.value}.beta"].astype(np.float64), weights)
    except Exception as error:  # zip, header and array errors are of many kinds
        raise ScorerError(f"{_UNREADABLE} ({error})") from error
    for label, one in found.items():
        if one.beta.shape != (3,) or not np.isfinite(np.concatenate([one.beta, one.weights])).all():
            raise ScorerError(f"{_UNREADABLE} ({label.words} has numbers that are none)")
    return found


class LearnedScorer:
    """The scorer below, `base`, with what was learned; `load` returns the state when it is needed.

    `version` is that of the state on this very version of `base` (`version_of`).
    """

    def __init__(self, base: Scorer, version: str, load: Callable[[], bytes]) -> None:
        self.base = base
        self._version = version
        self._load = load

    @property
    def info(self) -> ScorerInfo:
        """That of the scorer below, but for key and version."""
        base = self.base.info
        return replace(
            base,
            key=f"{base.key}{SUFFIX}",
            version=self._version,
            description=f"{base.key}, with what was learned from this site's decisions",
            details={**base.details, "base_version": base.version},
        )

    def score(self, texts: Sequence[str]) -> list[Scores]:
        """Return one Scores per text, in order."""
        return self.over(texts, self.base.score(texts))

    def over(self, texts: Sequence[str], said: Sequence[Scores]) -> list[Scores]:
        """Return one Scores per text, from what the scorer below said of it."""
        import numpy as np

        features = grams(texts)
        found = [dict(one.values) for one in said]
        for label, taught in self._taught.items():
            rows = [at for at, one in enumerate(said) if label in one.values]
            if rows:
                scores = np.array([said[at].values[label] for at in rows])
                given = taught.apply(scores, features.times(taught.weights)[rows])
                for at, score in zip(rows, given.tolist(), strict=True):
                    found[at][label] = score
        return [
            replace(one, values=values) if values else one
            for one, values in zip(said, found, strict=True)
        ]

    @cached_property
    def _taught(self) -> Mapping[Label, Taught]:
        state = self._load()
        if version_of(state, self.base.info.version) != self._version:
            raise ScorerError(
                f"{self.info.key}@{self._version} was learned on another version of "
                f"{self.base.info.key}: triage learn --rollback, and learn anew"
            )
        return unpacked(state)
