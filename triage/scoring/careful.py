"""Fast scores where nothing hangs on them, exact ones wherever a threshold is near."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from hashlib import sha256

from triage.domain.policy import Threshold
from triage.domain.scores import Label, Mode, Scorer, ScorerInfo, Scores

__all__ = ["CarefulScorer", "mode_of"]

_CODE = "1"
_MOVED = 0.005
"""How far a fast score may move with what is rated beside it (see `tests/contracts`)."""


class CarefulScorer:
    """Rates by `fast`, and again by `exact` what comes within `margin` of a threshold.

    Such a text gets all of its scores from `exact`; those of all others are marked as rough.
    `mode` is how `fast` computes. `thresholds` is asked at every call, so that it may be the policy
    in force: a text's scores are exact or rough by the thresholds of the moment it was rated. The
    version does not change with them; what a change of policy makes doubtful is found by
    `doubtful`.
    """

    def __init__(
        self,
        fast: Scorer,
        exact: Scorer,
        *,
        margin: float,
        thresholds: Callable[[], Iterable[Threshold]],
        mode: Mode = Mode.FAST,
    ) -> None:
        self.mode = mode
        self.fast = fast
        self.exact = exact
        self.margin = margin
        self.note = ""
        """What `info` says to whoever starts it."""
        self._thresholds = thresholds

    @property
    def info(self) -> ScorerInfo:
        """That of the fast scorer, but for its version, which begins with the mode: `fast-`."""
        return replace(self._info, note=self.note)

    @cached_property
    def _info(self) -> ScorerInfo:
        fast, exact = self.fast.info, self.exact.info
        parts = f"{fast.version} {exact.version} margin {self.margin!r} code {_CODE}"
        return replace(
            fast,
            version=f"{self.mode}-{sha256(parts.encode()).hexdigest()[:16]}",
            details={
                **fast.details,
                "mode": f"{self.mode}, exact near thresholds",
                "margin": repr(self.margin),
                "exact_version": exact.version,
            },
        )

    def doubtful(self) -> Mapping[Label, Sequence[tuple[float, float]]]:
        """Return for each label the [low, high] that a rough score must not lie in."""
        found: dict[Label, list[tuple[float, float]]] = {}
        for one in self._thresholds():
            if one.label in self._info.labels:
                stretch = (one.at - self.margin, one.at + self.margin)
                found.setdefault(one.label, []).append(stretch)
        return found

    def score(self, texts: Sequence[str]) -> list[Scores]:
        """Return one Scores per text, in order.

        Whether a text is rated again must not hang on its neighbours. So where its fast scores lie
        at the very edge of the margin, the text is rated alone, and those scores decide.
        """
        rated = self.fast.score(texts)
        thresholds = [(one.label, one.at) for one in self._thresholds()]
        found: dict[str, Scores] = {}
        near: list[str] = []
        for text, scores in zip(texts, rated, strict=True):
            if text in found:
                continue
            found[text] = scores
            if abs(_distance(scores, thresholds) - self.margin) <= _MOVED:
                (found[text],) = self.fast.score([text])
            if _distance(found[text], thresholds) <= self.margin:
                near.append(text)
        rough = {
            text: replace(scores, rough=scores.not_scored is None) for text, scores in found.items()
        }
        rough.update(zip(near, self.exact.score(near), strict=True))
        return [rough[text] for text in texts]


def mode_of(version: str) -> Mode | None:
    """Return the mode that a version of a scorer's begins with; None for an exact one."""
    return next((one for one in (Mode.FAST, Mode.HALF) if version.startswith(f"{one}-")), None)


def _distance(scores: Scores, thresholds: Sequence[tuple[Label, float]]) -> float:
    """Return how far the nearest threshold is; infinite where none is for these labels."""
    gaps = (abs(scores.values[label] - at) for label, at in thresholds if label in scores.values)
    return min(gaps, default=float("inf"))
