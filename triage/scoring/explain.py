"""Why a text scores as it does: found while somebody looks at it, in a thread of its own."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

from triage.domain.comments import text_digest
from triage.domain.scores import Label, Scorer, ScorerInfo, Scores
from triage.errors import ScorerError, TriageError

__all__ = ["Explainer", "Explanation"]

_KEPT = 256  # explanations; a page is drawn many times over


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the scorer that marks words says of one text: `scores.spans` are the words."""

    scorer: ScorerInfo
    scores: Scores

    @property
    def strongest(self) -> tuple[Label, int, int] | None:
        """The label with the highest score and the characters that gave it, in a long text."""
        where = self.scores.where
        if not where:
            return None
        label = max(where, key=self.scores.values.__getitem__)
        return (label, *where[label])


class Explainer:
    """Explains texts one after another and keeps the last few hundred explanations.

    `find` returns the scorer with a key if it marks words, else None, without loading weights;
    it raises TriageError where there is none. Threads may share an explainer.
    """

    def __init__(self, find: Callable[[str], Scorer | None]) -> None:
        self._find = find
        self._found: dict[str, Scorer | None] = {}
        self._kept: OrderedDict[tuple[str, str, str], Future[Explanation]] = OrderedDict()
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="explain")

    def explain(self, text: str, in_use: Mapping[str, str | None]) -> Future[Explanation] | None:
        """Begin to explain a text by the first scorer of `in_use` that marks words; return at once.

        `in_use` maps the scorers' keys to their versions, None for any. Returns None where none of
        them marks words. The result raises TriageError where the scorer cannot be made, loaded or
        run, and where it is of another version: its words are not those behind the scores.
        """
        with self._lock:
            try:
                scorer = self._marker(in_use)
                if scorer is None:
                    return None
                info = scorer.info
                _check_version(info, in_use.get(info.key))
            except TriageError as error:
                failed: Future[Explanation] = Future()
                failed.set_exception(error)
                return failed
            place = (text_digest(text), info.key, info.version)
            if place not in self._kept:
                self._kept[place] = self._thread.submit(_explanation, scorer, text)
            self._kept.move_to_end(place)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return self._kept[place]

    def close(self) -> None:
        """Drop what is not explained yet; what is being explained ends by itself."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _marker(self, keys: Mapping[str, object]) -> Scorer | None:
        for key in keys:
            if key not in self._found:
                self._found[key] = self._find(key)
            if scorer := self._found[key]:
                return scorer
        return None


def _check_version(info: ScorerInfo, wanted: str | None) -> None:
    if wanted not in (None, info.version):
        raise ScorerError(
            f"the scores are by another version of {info.key} ({wanted}) than the one here "
            f"({info.version}); to rate with this one: triage score"
        )


def _explanation(scorer: Scorer, text: str) -> Explanation:
    """Return what a scorer says of a text; whatever goes wrong in it is a ScorerError."""
    info = scorer.info
    try:
        (scores,) = scorer.score([text])
    except TriageError:
        raise
    except Exception as error:
        raise ScorerError(f"scorer {info.key!r} failed on this text: {error!r}") from error
    if scores.spans and scores.spans[-1].end > len(text):
        raise ScorerError(f"scorer {info.key!r} marks characters beyond the end of this text")
    return Explanation(info, scores)
