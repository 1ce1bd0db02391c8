"""Verbs of a person who reviews."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from datetime import timedelta

from triage.domain.claims import Claim
from triage.domain.comments import Node
from triage.domain.decisions import Annotation, Decision, Span, Verdict
from triage.domain.entries import Act, AuthorRecord, Entry, MentionReport, Seen, Skip
from triage.domain.scores import Label
from triage.errors import UsageError
from triage.review.desk import Item
from triage.scoring.explain import Explanation
from triage.store import BrowseFilter, Progress, ThreadSummary
from triage.workbench.house import House
from triage.workbench.panels import Panels

__all__ = ["Reviewing"]


class Reviewing(Panels, House):
    """A person looks, decides, flags and annotates."""

    def mentions(self, at: float = 0.5) -> MentionReport | None:
        """Return how often comments that mention an identity are flagged, beside all comments.

        A text mentions an identity from the probability `at` on. None where no scorer in use tells
        of mentions.
        """
        return self.store.mentions.report(at)

    def threads(self) -> list[ThreadSummary]:
        """List every thread with how far its review is."""
        return self.store.threads.summaries()

    def thread_titles(self) -> dict[str, str]:
        """Return id -> title of every thread, in the order of their first import."""
        return self.store.threads.titles()

    def count(self, wanted: BrowseFilter | None = None) -> int:
        """Return how many comments a filter keeps."""
        return self.store.comments.count(wanted)

    def progress(self, reviewer: str) -> Progress:
        """Return how far the review is; the reviewer's own count is of the last day."""
        return self.store.queue.progress(reviewer, since=self._clock() - timedelta(days=1))

    def next_comment(
        self, reviewer: str, after: str | None = None, *, without: Iterable[str] = ()
    ) -> str | None:
        """Claim the next comment to review: after another one, and then from the start.

        Never one of those that are to be left out (`without`).

        What other reviewers have is passed over. After several severe ones in a row
        (`milder_after`) it is a milder one, if there is one. Now and then it is one that is due for
        this reviewer's second look (`Item.look`), and so is what is left when the queue is empty.
        None where nothing is left for this one.
        """
        milder = self.milder_after(reviewer)
        return self.turns.next_of_all(reviewer, after, milder_after=milder, without=without)

    def following_comment(self, reviewer: str, after: str) -> str | None:
        """Claim the comment that the queue holds after another one; None at its end."""
        return self.turns.next(reviewer, after)

    def previous_comment(self, reviewer: str, before: str) -> str | None:
        """Claim the comment that the queue holds before another one; None at its start."""
        return self.turns.previous(reviewer, before)

    def hold(self, comment_id: str, reviewer: str) -> Claim | None:
        """Say that this reviewer is at a comment; return the claim on it, which may be another's.

        None where there is no such comment.
        """
        return self.turns.hold(comment_id, reviewer)

    def release(self, comment_ids: Iterable[str], reviewer: str) -> None:
        """Let others have the comments that this reviewer left."""
        self.turns.release(comment_ids, reviewer)

    def others(self, reviewer: str) -> list[Claim]:
        """Return which comments the other reviewers have at this moment."""
        return self.turns.others(reviewer)

    def item(self, comment_id: str, *, blind: bool = False, reviewer: str | None = None) -> Item:
        """Return a comment as the desk shows it; raise NotFoundError for an unknown one.

        Where `blind`, where an audit asks for it, or where it is due for the reviewer's second
        look, without what the machine says of it until it is decided: see `Item.blind`.
        """
        return self.desk.item(comment_id, blind=blind, reviewer=reviewer)

    def explain(self, text: str, language: str | None = None) -> Future[Explanation] | None:
        """Begin to find the words behind a text's scores; None where no scorer in use marks any.

        A scorer that does not read the language of the text has no part in its scores, and marks
        nothing.

        Returns at once, and loads the scorer where nobody waits for it; what was explained lately
        is done already. The result raises TriageError where the scorer cannot be loaded, or is not
        the version that the scores in force are by.
        """
        seats, coverage = self.store.panel.get(), self.coverage()
        read = [seat for label, seat in seats.items() if coverage.reads(label, language)]
        in_use = self._below(read) if seats else dict.fromkeys(self.chosen())
        return self._explainer.explain(text, in_use)

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
        """Record one verdict about each comment as it was seen (`Entry.seen`): all or none.

        `copies` (`Item.copies`) get it too, as a group with what was read; those that changed since
        are left out, and of what is returned, too.
        `reasons` are labels or codes of the guidelines, `refused` the proposed labels that the
        reviewer rejects; `score_visible` says whether scores were on the screen. `reply` goes to
        whoever appealed, where an appeal waits and this answers it (`Item.appeal`).
        Raises ConflictError for one of `seen` that was edited, decided or appealed meanwhile,
        UsageError for an appeal that is for somebody else to decide.
        """
        return self.desk.decide(
            seen,
            verdict,
            reviewer=reviewer,
            note=note,
            reasons=reasons,
            refused=refused,
            seconds_spent=seconds_spent,
            score_visible=score_visible,
            via=via,
            copies=copies,
            reply=reply,
        )

    def undo(self, reviewer: str, *, via: str = "review") -> list[Decision]:
        """Take this reviewer's last act back as a whole and return it; empty if none is left.

        `via` says where that was done.
        """
        return self.desk.undo(reviewer, via=via)

    def recent_acts(self, reviewer: str) -> list[Act]:
        """Return this reviewer's last ten acts that can be undone, the newest first."""
        return self.desk.recent_acts(reviewer)

    def undo_act(self, decision_id: str, reviewer: str, *, via: str = "review") -> list[Decision]:
        """Take back one of this reviewer's acts as a whole; empty if nothing of it stands.

        `via` says where that was done.
        """
        return self.desk.undo_act(decision_id, reviewer, via=via)

    def skip(self, comment_id: str, reviewer: str, *, copies: Iterable[Seen] = ()) -> None:
        """Let a comment come back to this reviewer after all the others, and `copies` with it.

        Ask for the next comment first: afterwards this one's place is the end.
        """
        self.desk.skip(comment_id, reviewer, copies=copies)

    def unskip(self, skip: Skip, reviewer: str) -> int:
        """Give what this reviewer skipped at once its places again; return how many comments.

        Raises UsageError for somebody else's skip.
        """
        if skip.reviewer != reviewer:
            raise UsageError("a skip is taken back by whoever skipped")
        return self.desk.unskip(skip)

    def flag(
        self, comment_ids: Iterable[str], reviewer: str, *, raised: bool = True, note: str = ""
    ) -> None:
        """Ask for a review of these comments, decided ones too, or withdraw that."""
        self.desk.flag(comment_ids, reviewer, raised=raised, note=note)

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
        """Record what this reviewer says of a text: labels, spans, a note; the last word counts.

        Raises ConflictError for a comment that was edited meanwhile.
        """
        return self.desk.annotate(
            seen, reviewer, confirmed=confirmed, rejected=rejected, spans=spans, note=note
        )

    def author_record(self, author: str, *, without: str | None = None) -> AuthorRecord:
        """Return what is decided about an author's newest comments, without the one in hand."""
        return self.store.authors.record(author, without=without)

    def thread_outline(self, thread_id: str) -> list[Node]:
        """Return a thread's comments without texts, in the order to read them."""
        return self.store.threads.outline(thread_id)

    def entries(
        self, comment_ids: Sequence[str], *, blind: bool = False, reviewer: str | None = None
    ) -> list[Entry]:
        """Return the comments with these ids, in this order, as the desk shows them.

        Those that are blind (see `item`) come without scores.
        """
        return self.desk.entries(comment_ids, blind=blind, reviewer=reviewer)
