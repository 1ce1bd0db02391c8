"""Whether a far side answers, and when a run gives it up."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

__all__ = ["PATIENCE", "Failed", "Health"]

PATIENCE = 5
"""Requests in a row that may fail, each with all its retries, before a run gives up."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a text has no scores, and at which turn of the run; `tried` if anything was sent."""

    why: str
    turn: int
    tried: bool = True


class Health:
    """What became of the requests of one run; threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turn = self._last_answer = self._in_a_row = 0
        self._over: str | None = None

    @property
    def answered(self) -> bool:
        """Whether the far side ever answered as it should."""
        return self._last_answer > 0

    @property
    def over(self) -> str | None:
        """Why nothing more is sent in this run; None while it goes on."""
        return self._over

    def well(self) -> None:
        """Note an answer."""
        with self._lock:
            self._turn += 1
            self._last_answer, self._in_a_row = self._turn, 0

    def failed(self, why: str) -> Failed:
        """Note a request that came to nothing."""
        with self._lock:
            self._turn += 1
            self._in_a_row += 1
            if self._in_a_row >= PATIENCE and self._over is None:
                self._over = f"the remote stopped answering: {why}"
            return Failed(why, self._turn)

    def untried(self, why: str) -> Failed:
        """Note a text that nothing was sent for."""
        with self._lock:
            self._turn += 1
            return Failed(why, self._turn, tried=False)

    def give_up(self, why: str) -> None:
        """End the run: nothing will get better by asking again."""
        with self._lock:
            self._over = self._over or why

    def may_pass(self, failed: Failed) -> bool:
        """Whether a later run may do better: the far side has not answered anything since.

        Where it has, the fault lies with the text.
        """
        return not failed.tried or failed.turn > self._last_answer
