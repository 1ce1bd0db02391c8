"""How many tokens a batch should hold on this machine, found while the first batches are rated."""

from __future__ import annotations

from threading import Lock

__all__ = ["Pace"]

_TIMES = 3  # each budget is timed: other work may slow one down, none speeds it up
_WORTH_IT = 0.95  # of the time per token: less of a gain is chance
_FULL = 0.75  # of its budget: a smaller batch says little of it


class Pace:
    """A budget of tokens that is doubled, or else halved, as long as that makes batches faster.

    Nothing is rated for the trial alone: it times the batches that there are, two neighbouring
    budgets by turns, and keeps the faster one. It starts at `first` and stays between `least` and
    `most`; a batch that is not nearly full tells nothing, so that few texts settle nothing.
    Threads may share it.
    """

    def __init__(self, first: int = 1024, *, least: int = 512, most: int = 8192) -> None:
        self._best = first
        # Where to go on from the best one: up, or, where that is no good, down.
        self._up = [budget for budget in _doubled(first) if budget <= most]
        self._down = [budget for budget in _halved(first) if budget >= least]
        self._times: dict[int, list[float]] = {}
        self._lock = Lock()

    @property
    def settled(self) -> bool:
        """Whether the trial is over."""
        return not (self._up or self._down)

    @property
    def budget(self) -> int:
        """The tokens that the next batch should hold."""
        return min(self._tried(), key=lambda one: len(self._times.get(one, ())))

    def took(self, budget: int, size: int, tokens: int, seconds: float) -> None:
        """Learn the time of a batch that was made under `budget`: its `size`, padding included.

        What counts is the time per token of a text: a large batch is padded more.
        """
        with self._lock:
            self._learn(budget, size, seconds / tokens)

    def _learn(self, budget: int, size: int, each: float) -> None:
        tried = self._tried()
        if self.settled or budget not in tried or size < _FULL * budget:
            return
        self._times.setdefault(budget, []).append(each)
        if any(len(self._times.get(one, ())) < _TIMES for one in tried):
            return
        best, other = (min(self._times[one]) for one in tried)
        way = self._up or self._down
        if other < _WORTH_IT * best:
            self._best = way.pop(0)
            if way is self._up:
                self._down = []
        else:
            way.clear()

    def limit(self, most: int) -> None:
        """End the trial: no batch may hold more than `most`."""
        with self._lock:
            self._best = min(self._best, most)
            self._up, self._down = [], []

    def _tried(self) -> list[int]:
        """Return the best budget so far, and the one that it is held against."""
        return [self._best, *(self._up or self._down)[:1]]


def _doubled(budget: int) -> list[int]:
    return [budget * 2**step for step in range(1, 8)]


def _halved(budget: int) -> list[int]:
    return [budget // 2**step for step in range(1, 8)]
