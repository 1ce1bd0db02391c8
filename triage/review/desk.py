"""One desk over one store: look at a comment, decide, undo, put off, flag."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from triage.domain.appeals import LONGEST_REPLY, Appealed, decided_before
from triage.domain.comments import Comment, Thread
from triage.domain.decisions import (
    GROUP,
    Annotation,
    Decision,
    Flag,
    FlagSource,
    Span,
    Verdict,
    standing_flags,
)
from triage.domain.entries import Act, Copy, Entry, Seen, Skip
from triage.domain.looks import LookKind, doubled_by_chance
from triage.domain.policy import Proposal
from triage.domain.scores import Label
from triage.errors import UsageError
from triage.review.groups import group_of, looks_of
from triage.store import Store

__all__ = ["Desk", "Item"]


@dataclass(frozen=True, slots=True)
class Item:
    """A comment on the desk, with everything a reviewer needs to decide.

    `proposal` is what the policy in force says of its scores, None where it is not rated.
    `parent` is what it answers, if that is known; `siblings` and `replies` are the nearest ones.
    `flags` are those by people that still stand. `log` holds every decision, oldest first, and
    `annotations` what people said of its present text, each person's last word. Where it is
    `blind` it is to be decided without what the machine says: `proposal` and the scores of `entry`
    are None until then, whatever there is, and what others said is not to be shown. `look` says
    that the reviewer is due to give it a second look: it is blind then, and what is said of it is
    an opinion. `copies` are undecided near copies of it, most alike first, which may share its
    verdict (`triage.review.groups`); a blind one and a text too short to mean the same everywhere
    have none. `appeals` are those against decisions about it, with what became of them; the one
    that waits is decided with open eyes, and not by a reviewer who is `barred`, having decided this
    text the first time.
    """

    entry: Entry
    thread: Thread
    parent: Comment | None
    siblings: tuple[Comment, ...]
    replies: tuple[Comment, ...]
    proposal: Proposal | None
    flags: tuple[Flag, ...]
    log: tuple[Decision, ...]
    annotations: tuple[Annotation, ...] = ()
    blind: bool = False
    look: LookKind | None = None
    copies: tuple[Copy, ...] = ()
    appeals: tuple[Appealed, ...] = ()
    barred: bool = False

    @property
    def appeal(self) -> Appealed | None:
        """The appeal that waits for an answer, if any."""
        return next((one for one in self.appeals if one.appeal.id == self.entry.appeal_id), None)

    @property
    def comment(self) -> Comment:
        """The comment itself."""
        return self.entry.comment

    @property
    def proposed(self) -> tuple[Label, ...]:
        """The labels whose thresholds its scores reach, most harm to expect first."""
        reached = self.proposal.reached if self.proposal else ()
        return tuple(dict.fromkeys(one.threshold.label for one in reached))


class Desk:
    """What reviewers do, each act with its time and the policy and scorers it was made under."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        doubled: float = 0.0,
        *,
        own_appeals: bool = False,
    ) -> None:
        """Open the desk; of single decisions the share `doubled` waits for a second look.

        With `own_appeals`, as the store was opened, appeals are for everybody to decide.
        """
        self._store = store
        self._clock = clock
        self._doubled = doubled
        self._own_appeals = own_appeals

    def item(self, comment_id: str, *, blind: bool = False, reviewer: str | None = None) -> Item:
        """Return a comment as the desk shows it; raise NotFoundError for an unknown one.

        `blind` hides what the machine says of it until it is decided; an audit's comments, and as
        many others, are hidden for everybody, and what `reviewer` is due to look at a second time
        for that one.
        """
        entry = self._store.comments.get(comment_id)
        look = looks_of(self._store, [comment_id], reviewer).get(comment_id)
        hidden = look is not None or _hidden(
            entry, self._store.audits.blind([comment_id]), blind=blind
        )
        shown = entry.unseen if hidden else entry
        place = self._store.comments.around(comment_id)
        policy = self._store.policies.in_force()
        log = tuple(self._store.decisions.of(comment_id))
        return Item(
            entry=shown,
            thread=place.thread,
            parent=place.parent,
            siblings=(*place.before, *place.after),
            replies=place.replies,
            proposal=policy.propose(shown.scores) if policy and shown.scores else None,
            flags=() if look else standing_flags(self._store.flags.of(comment_id)),
            log=log,
            annotations=_last_words(self._store.annotations.of(comment_id), entry.text_sha256),
            blind=hidden,
            look=look,
            copies=() if hidden else self._group(entry, reviewer),
            appeals=() if hidden else tuple(self._store.appeals.of(comment_id)),
            barred=self._barred(entry, log, reviewer),
        )

    def _barred(self, entry: Entry, log: Iterable[Decision], reviewer: str | None) -> bool:
        """Whether an appeal waits that is for somebody else to decide."""
        if entry.appeal_id is None or reviewer is None or self._own_appeals:
            return False
        return decided_before(log, entry.text_sha256, reviewer)

    def _group(self, entry: Entry, reviewer: str | None) -> tuple[Copy, ...]:
        """Return the group of a comment, less what others have on their screens."""
        found = group_of(self._store, entry, reviewer)
        if not found or reviewer is None:
            return found
        held = {
            one.comment_id
            for one in self._store.claims.standing(self._clock())
            if one.reviewer != reviewer
        }
        return tuple(one for one in found if one.comment_id not in held)

    def entries(
        self, comment_ids: Sequence[str], *, blind: bool = False, reviewer: str | None = None
    ) -> list[Entry]:
        """Return the comments with these ids, in this order; blind ones without scores.

        What `reviewer` is due to look at a second time is blind, too: see `item`.
        """
        looks = looks_of(self._store, comment_ids, reviewer)
        hidden = self._store.audits.blind(comment_ids) | looks.keys()
        found = self._store.comments.among(comment_ids)
        return [one.unseen if _hidden(one, hidden, blind=blind) else one for one in found]

    def decide(
        self,
        seen: Iterable[Seen],
        verdict: Verdict,
        *,
        reviewer: str,
        note: str = "",
        reasons: Iterable[str] = (),
        refused: Iterable[str] = (),
        seconds_spent: float | None = None,
        score_visible: bool = True,
        via: str = "review",
        copies: Iterable[Seen] = (),
        reply: str = "",
    ) -> list[Decision]:
        """Record one verdict about each of `seen`: all of them or, where one cannot be, none.

        `copies` of what was read get it too, as a group (`via`) whose note names what was read, and
        so do not count as read; those of them that were edited, decided or drawn for an audit
        meanwhile are left out. Several are one act, and share a `batch`. Where an appeal waits, a
        verdict other than to escalate answers it, with the `reply` to whoever appealed. Returns
        what was recorded.
        Raises NotFoundError for an unknown comment, ConflictError for one of `seen` that is not
        as the reviewer saw it (edited, decided or appealed meanwhile) and for an appealed one among
        several, UsageError for an appeal that is for somebody else, or a reply that is too long.
        """
        if len(reply) > LONGEST_REPLY:
            raise UsageError(
                f"the reply has {len(reply):,} characters; at most {LONGEST_REPLY:,} are kept"
            )
        read = list(dict.fromkeys(seen))
        chosen = list(dict.fromkeys([*read, *copies]))
        batch = uuid4().hex if len(chosen) > 1 else None
        given, rejected, at = tuple(reasons), tuple(refused), self._clock()
        along = _along(read, note)
        made = [
            Decision(
                id=uuid4().hex,
                comment_id=one.comment_id,
                text_sha256=one.text_sha256,
                verdict=verdict,
                reviewer=reviewer,
                at=at,
                reasons=given,
                note=note if number < len(read) else along,
                score_visible=score_visible,
                seconds_spent=seconds_spent if number < len(read) else None,
                via=via if number < len(read) else GROUP,
                batch=batch,
                refused=rejected,
            )
            for number, one in enumerate(chosen)
        ]
        # Of several at once nobody looked at each as one does at one: nothing to compare.
        looked_at = [made[0].id] if len(read) == 1 else []
        return self._store.decisions.decide(
            zip(chosen, made, strict=True),
            doubled=doubled_by_chance(looked_at, self._doubled),
            reply=reply,
        )

    def undo(self, reviewer: str, *, via: str = "review") -> list[Decision]:
        """Take back what stands of this reviewer's last act and return it; empty if nothing does.

        What others decided about the same comments stays as it is.
        """
        return self._store.decisions.undo_last(reviewer, self._clock(), via=via)

    def undo_act(self, decision_id: str, reviewer: str, *, via: str = "review") -> list[Decision]:
        """Take back what stands of one of this reviewer's acts, not only the last; return it."""
        return self._store.decisions.undo_act(decision_id, reviewer, self._clock(), via=via)

    def recent_acts(self, reviewer: str, limit: int = 10) -> list[Act]:
        """Return this reviewer's last acts that can be undone, the newest first."""
        return self._store.decisions.recent_acts(reviewer, limit)

    def annotate(
        self,
        seen: Seen,
        reviewer: str,
        *,
        confirmed: Iterable[Label] = (),
        rejected: Iterable[Label] = (),
        spans: Iterable[Span] = (),
        note: str = "",
    ) -> Annotation:
        """Record what this reviewer says of a text, in place of what the same one said before.

        Raises ConflictError where the comment was edited meanwhile, UsageError for a span beyond
        the end of the text, NotFoundError for an unknown comment.
        """
        made = Annotation(
            id=uuid4().hex,
            comment_id=seen.comment_id,
            text_sha256=seen.text_sha256,
            reviewer=reviewer,
            at=self._clock(),
            confirmed=tuple(confirmed),
            rejected=tuple(rejected),
            spans=tuple(spans),
            note=note,
        )
        self._store.annotations.add(made)
        return made

    def skip(self, comment_id: str, reviewer: str, *, copies: Iterable[Seen] = ()) -> None:
        """Let a comment, and `copies` of it, come back to this reviewer after all the others."""
        self._store.skips.add(comment_id, reviewer, self._clock(), copies)

    def unskip(self, skip: Skip) -> int:
        """Give what was put off at once its places again; return how many comments that is."""
        return self._store.skips.take_back(skip, self._clock())

    def flag(
        self, comment_ids: Iterable[str], reviewer: str, *, note: str = "", raised: bool = True
    ) -> None:
        """Ask for a review of these comments in this reviewer's name, or withdraw that.

        All of them or, where one is unknown, none. A decided comment is asked about again.
        """
        at = self._clock()
        self._store.flags.add_many(
            Flag(comment_id, FlagSource.REVIEWER, reviewer, at, raised, note)
            for comment_id in comment_ids
        )


def _hidden(entry: Entry, asked: Container[str], *, blind: bool) -> bool:
    """Whether a comment is to be decided blind: one that is `asked` for, or any that waits.

    An appeal is not: it is about what was said the first time.
    """
    waits = entry.decision_id is None or (entry.pending and entry.appeal_id is None)
    return entry.comment.id in asked or (blind and waits)


def _along(read: Sequence[Seen], note: str) -> str:
    """Return the note of what is decided along with what was read: it names the group."""
    of = f", near copies of {read[0].comment_id}" if read else ""
    return f"in group{of}" + (f": {note}" if note else "")


def _last_words(made: Iterable[Annotation], text_sha256: str) -> tuple[Annotation, ...]:
    """Return each person's last annotation of one text, the latest last."""
    last: dict[str, Annotation] = {}
    for one in made:
        if one.text_sha256 == text_sha256:
            last.pop(one.reviewer, None)
            last[one.reviewer] = one
    return tuple(last.values())
