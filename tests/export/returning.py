"""Comments and decisions for the tests of the ways back."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

from triage.domain.comments import Origin, SourceState, text_digest
from triage.domain.decisions import Decision, Verdict
from triage.domain.returns import Change, Handed, Returnable
from triage.export.returning.due import due
from triage.export.returning.way import Way

__all__ = ["AT", "changes", "decision", "returnable", "written"]

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


def decision(verdict: Verdict | None, *reasons: str, name: str = "d1") -> Decision:
    return Decision(
        name,
        "41",
        text_digest("hello"),
        verdict,
        "ana",
        AT,
        reasons=reasons,
        undoes="d0" if verdict is None else None,
    )


def returnable(
    verdict: Verdict | None,
    *reasons: str,
    state: SourceState | None = None,
    name: str = "41",
    reader: str = "wxr",
    handed: Handed | None = None,
    namespace: str = "",
) -> Returnable:
    comment_id = f"{namespace}:{name}" if namespace else name
    origin = Origin(reader, name, f"r-{name}")
    made = decision(verdict, *reasons, name=f"d-{name[:200]}")
    return Returnable(comment_id, origin, state, made, handed)


def changes(way: Way, *returnables: Returnable) -> list[Change]:
    """Return what is due, of which everything can be said."""
    found = list(due(returnables, way))
    assert all(isinstance(one, Change) for one in found), found
    return [one for one in found if isinstance(one, Change)]


def written(way: Way, *returnables: Returnable, url: str | None = None) -> str:
    """Return the file that a way back makes of decisions."""
    assert way.write is not None
    to = StringIO()
    way.write(changes(way, *returnables), to, url)
    return to.getvalue()
