"""WordPress' export (WXR): a copy of the file in which the statuses of comments are as decided."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from triage.domain.comments import Origin, Problem, SourceState
from triage.domain.returns import Change
from triage.errors import ReadError
from triage.export.returning.way import Way
from triage.files.wxr import STATES, STATUSES, name_of
from triage.files.xml_places import Edit, Place, places, write_edited

__all__ = ["WXR", "WxrCopy"]

_COMMENT = ("rss", "channel", "item", "wp:comment")
_READ = frozenset({"rss", "wp:comment", "wp:comment_id", "wp:comment_approved"})


@dataclass(frozen=True, slots=True)
class WxrCopy:
    """What an export says of some of its comments, and where: what a copy of it begins with.

    `problems` are about those of them that a copy cannot change.
    """

    path: Path
    found: Mapping[str, Place]
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, path: Path, ids: Container[str]) -> WxrCopy:
        """Look for comments in an export; raise ReadError for what is none, or is broken.

        As an import does, it takes the first of those that share an id.
        """
        seen = _Seen(path.name, ids)
        root = ""
        for place in places(path, lambda tag: name_of(tag) in _READ):
            name = name_of(place.name)
            if place.depth == len(_COMMENT) and name == _COMMENT[-1]:
                seen.comment_ends()
            elif place.depth == len(_COMMENT) + 1:
                seen.here.setdefault(name, place)
            elif place.depth == 1:
                root = name
        if root != "rss":
            raise ReadError(f"{path} is no WordPress export: its root element is not <rss>")
        return cls(path, seen.found, tuple(seen.problems))

    @property
    def states(self) -> dict[str, SourceState | None]:
        """Id -> what the export says of the comment's moderation."""
        return {name: STATES.get(status.text.strip()) for name, status in self.found.items()}

    def write(self, changes: Sequence[Change], to: BinaryIO) -> None:
        """Write the copy: but for the statuses that change, byte by byte what the export is."""
        edits = [
            Edit(status.start, status.end, _status(one.then))
            for one in changes
            for status in [self.found[one.returnable.origin.id]]
            if status.start is not None and status.end is not None
        ]
        write_edited(self.path, sorted(edits, key=lambda edit: edit.start), to)


class _Seen:
    """What was found so far of the comments with these ids; `here` is the one at hand."""

    def __init__(self, name: str, ids: Container[str]) -> None:
        self._name = name
        self._ids = ids
        self._known: set[str] = set()
        self.here: dict[str, Place] = {}
        self.found: dict[str, Place] = {}
        self.problems: list[Problem] = []

    def comment_ends(self) -> None:
        known, status = (self.here.get(f"wp:comment_{name}") for name in ("id", "approved"))
        self.here = {}
        its_id = known.text.strip() if known else ""
        if not its_id or its_id not in self._ids:
            return
        if its_id in self._known:
            self._tell(its_id, "comes again, under the same id: this one stays as it is")
        elif status is None or status.start is None:
            self._tell(its_id, "has no wp:comment_approved, or an empty one: it stays as it is")
        else:
            self.found[its_id] = status
        self._known.add(its_id)

    def _tell(self, its_id: str, why: str) -> None:
        self.problems.append(Problem(self._name, None, f"comment {its_id} {why}"))


def _status(state: SourceState) -> bytes:
    return f"<![CDATA[{STATUSES[state]}]]>".encode("ascii")  # as the exporter writes it


def _any(_: Origin) -> None:
    """Say nothing against an id: it is found in the file, or it is not."""


WXR = Way(
    key="wxr",
    name="a WordPress export",
    reader="wxr",
    suffix=".xml",
    how="import it into a site that does not have these comments yet: WordPress' importer passes "
    "over those that are there",
    tells=frozenset(STATUSES),
    rejected=SourceState.TRASH,
    spam=SourceState.SPAM,
    unfit=_any,
    write=None,
)
