"""What scorers answered lately: a text that is kept right after need not be rated again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock

from triage.domain.comments import text_digest
from triage.domain.scores import Scores

__all__ = ["Lately"]

_KEPT = 1_000

Version = tuple[str, str]
"""A scorer's key and version."""


class Lately:
    """The newest answers, by digest: no text is held. Threads may share it."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._most = kept
        self._answers: OrderedDict[str, dict[Version, Scores]] = OrderedDict()
        self._lock = Lock()

    def add(self, texts: Sequence[str], answers: Mapping[Version, Sequence[Scores]]) -> None:
        """Remember what each scorer says of some texts, unless it could not be asked for now."""
        with self._lock:
            for row, text in enumerate(texts):
                digest = text_digest(text)
                given = {one: said[row] for one, said in answers.items() if not said[row].later}
                if len(given) < len(answers):
                    continue
                self._answers.pop(digest, None)
                self._answers[digest] = given
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)

    def of(self, digest: str, scorers: Sequence[Version]) -> list[Scores] | None:
        """Return what exactly these scorers said of a text; None where one was not asked lately."""
        with self._lock:
            given = self._answers.get(digest, {})
        found = [given[one] for one in scorers if one in given]
        return found if len(found) == len(scorers) else None
