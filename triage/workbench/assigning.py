"""Verbs about whose part of the queue is whose, and what reviewers hand over."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from triage.domain.assignments import Assignment, Part, PartProgress, check_part
from triage.domain.handovers import HandoverNote
from triage.domain.people import person_name
from triage.errors import NotFoundError, UsageError
from triage.workbench.parts import Parts

__all__ = ["Assigning"]

_A_DAY = timedelta(days=1)
_NOTES = 200
_COUNTED = 1_000


class Assigning(Parts):
    """Leads give parts of the queue to reviewers; reviewers leave notes for one another."""

    def assign(self, part: Part, reviewer_name: str, by: str) -> Assignment:
        """Give a part of the queue to a reviewer, who gets its comments first from now on.

        Raises UsageError for whoever is no lead, and for a name or a code of a language that is
        none, NotFoundError for somebody who does not work here, where people sign in, and for an
        unknown thread, ConflictError where it is theirs already.
        """
        self.leads_only(by, "assign parts of the queue")
        try:
            check_part(part)
            name = person_name(reviewer_name)
        except ValueError as error:
            raise UsageError(str(error)) from error
        here = self.assignable()
        if here and name not in here:
            raise NotFoundError(f"nobody here is called {name!r}: triage people list")
        given = Assignment(uuid4().hex, part, name, by, self._clock())
        self.store.assignments.add(given)
        return given

    def end_assignment(self, assignment_id: str, by: str) -> Assignment:
        """Take a part back; raise NotFoundError for an unknown id, ConflictError for an end."""
        self.leads_only(by, "end assignments")
        return self.store.assignments.end(assignment_id, by, self._clock())

    def assignments(self) -> list[Assignment]:
        """Return the assignments in force, the oldest first."""
        return self.store.assignments.in_force()

    def assignable(self) -> list[str]:
        """Return the names of who works here now, by name."""
        return [one.name for one in self.store.people.all() if one.removed_at is None]

    def part_progress(self) -> list[PartProgress]:
        """Return how far each assigned part is, and last what is assigned to nobody.

        `decided` counts the last day.
        """
        parts = list(dict.fromkeys(one.part for one in self.assignments()))
        return self.store.assignments.progress(parts, self._clock() - _A_DAY)

    def own_parts(self, reviewer: str) -> list[tuple[str, Part, int]]:
        """Return the parts that are this reviewer's: name, part, and how much of it waits.

        That is less what they skipped and the appeals that are for others. Counted up to 1,000, so
        that drawing it stays cheap.
        """
        parts = self._parts_of(reviewer)
        return self.store.assignments.waiting(reviewer, parts, up_to=_COUNTED) if parts else []

    def part_names(self, *parts: Part) -> dict[Part, str]:
        """Return what people call each of these parts: of a thread its title."""
        return self.store.assignments.names(parts)

    def leave_note(self, text: str, by: str, about: Part | None = None) -> HandoverNote:
        """Leave a note in plain text for the desk, or for whoever has a part of the queue.

        Raises UsageError for a blank or too long one, or one about a code of a language that is
        none, NotFoundError for an unknown thread.
        """
        try:
            if about is not None:
                check_part(about)
            note = HandoverNote(uuid4().hex, by, self._clock(), text.strip(), about)
        except ValueError as error:
            raise UsageError(str(error)) from error
        self.store.handovers.add(note)
        return note

    def own_notes(self, reviewer: str) -> list[HandoverNote]:
        """Return the notes that this reviewer has not dismissed: about the desk or an own part."""
        return self.store.handovers.unread(reviewer, self._parts_of(reviewer), self._clock())

    def handover_notes(self) -> list[HandoverNote]:
        """Return the last 200 notes, the newest first."""
        return self.store.handovers.last(_NOTES)

    def dismiss_note(self, note_id: str, reviewer: str) -> None:
        """Show a note to this reviewer no more; raise NotFoundError for an unknown one."""
        self.store.handovers.dismiss(note_id, reviewer, self._clock())

    def withdraw_note(self, note_id: str, by: str) -> None:
        """Take anybody's note out of the database, as a lead: only who wrote it and when stays."""
        self.leads_only(by, "withdraw notes")
        self.store.handovers.withdraw(note_id, by, self._clock())

    def _parts_of(self, reviewer: str) -> list[Part]:
        return [one.part for one in self.assignments() if one.reviewer == reviewer]
