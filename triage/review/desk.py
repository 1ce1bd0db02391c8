"""One desk over one store: look at a comment, decide, undo, put off, flag."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from triage.domain.comments import Comment, Thread
from triage.domain.decisions import Decision, Flag, FlagSource, Verdict
from triage.domain.entries import Entry
from triage.domain.policy import Proposal
from triage.store import Store

__all__ = ["Desk", "Item"]


@dataclass(frozen=True, slots=True)
class Item:
    """A comment on the desk, with everything a reviewer needs to decide.

    `proposal` is what the policy in force says of its scores, None where it is not rated.
    `ancestors` run from the top level down to the parent; `siblings` and `replies` are the nearest
    ones. `flags` are those by people that still stand. `log` holds every decision, oldest first.
    """

    entry: Entry
    thread: Thread
    ancestors: tuple[Comment, ...]
    siblings: tuple[Comment, ...]
    replies: tuple[Comment, ...]
    proposal: Proposal | None
    flags: tuple[Flag, ...]
    log: tuple[Decision, ...]

    @property
    def comment(self) -> Comment:
        """The comment itself."""
        return self.entry.comment

    @property
    def parent(self) -> Comment | None:
        """The comment that this one answers, if it is known."""
        return self.ancestors[-1] if self.ancestors else None


class Desk:
    """What reviewers do, each act with its time and the policy and scorers it was made under."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def item(self, comment_id: str) -> Item:
        """Return a comment as the desk shows it; raise NotFoundError for an unknown one."""
        entry = self._store.comments.get(comment_id)
        place = self._store.comments.around(comment_id)
        policy = self._store.policies.in_force()
        return Item(
            entry=entry,
            thread=place.thread,
            ancestors=place.ancestors,
            siblings=(*place.before, *place.after),
            replies=place.replies,
            proposal=policy.propose(entry.scores) if policy and entry.scores else None,
            flags=_standing(self._store.flags.of(comment_id)),
            log=tuple(self._store.decisions.of(comment_id)),
        )

    def scorers(self) -> str | None:
        """Return the scorers in use as records name them (`compact@1f0c`), joined by `+`."""
        panel = self._store.panel.get()
        names = dict.fromkeys(f"{key}@{version}" for key, version in panel.values())
        return "+".join(names) or None

    def decide(
        self,
        seen: Iterable[tuple[str, str]],
        verdict: Verdict,
        *,
        reviewer: str,
        note: str = "",
        reasons: Iterable[str] = (),
        seconds_spent: float | None = None,
        score_visible: bool = True,
        via: str = "review",
    ) -> list[Decision]:
        """Record one verdict about each of `seen`: all of them or, where one cannot be, none.

        `seen` holds (comment id, digest of the text that the reviewer saw). Raises NotFoundError
        for an unknown comment and ConflictError for one that was edited meanwhile.
        """
        policy = self._store.policies.in_force()
        scorer = self.scorers()
        at = self._clock()
        made = [
            Decision(
                id=uuid4().hex,
                comment_id=comment_id,
                text_sha256=digest,
                verdict=verdict,
                reviewer=reviewer,
                at=at,
                reasons=tuple(reasons),
                note=note,
                policy=policy.ref if policy else None,
                scorer=scorer,
                score_visible=score_visible,
                seconds_spent=seconds_spent,
                via=via,
            )
            for comment_id, digest in seen
        ]
        self._store.decisions.add_many(made)
        return made

    def undo(self, reviewer: str, *, via: str = "review") -> Decision | None:
        """Take this reviewer's last standing decision back and return it; None if there is none."""
        last = self._store.decisions.last_of(reviewer)
        if last is not None:
            self._store.decisions.undo(last.id, reviewer, self._clock(), via=via)
        return last

    def skip(self, comment_id: str, reviewer: str) -> None:
        """Let a comment come back to this reviewer after all the others."""
        self._store.skips.add(comment_id, reviewer, self._clock())

    def flag(
        self, comment_ids: Iterable[str], reviewer: str, *, note: str = "", raised: bool = True
    ) -> None:
        """Ask for a review of these comments in this reviewer's name, or withdraw that."""
        for comment_id in comment_ids:
            self._store.flags.add(
                Flag(comment_id, FlagSource.REVIEWER, reviewer, self._clock(), raised, note)
            )


def _standing(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Return each person's last word, where that is a flag."""
    last = {(flag.source, flag.by): flag for flag in flags}
    return tuple(flag for flag in last.values() if flag.raised)
