"""Disqus' export: XML with all threads first, then all posts, each naming its thread.

The format is on https://docs.disqus.com/developers/export/. E-mail and IP addresses are not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from functools import lru_cache
from pathlib import Path

from triage.domain.comments import Problem, SourceState, Thread
from triage.errors import ReadError
from triage.files.markup import plain_text
from triage.files.xml_events import XmlEvent, read_xml
from triage.intake.gathering import Article, Gatherer, Said, from_html
from triage.intake.reader import Contents, ReadOptions, Report, Sample

__all__ = ["DISQUS"]

_NAMESPACE = "http://disqus.com"
_OWN_ID = "{http://disqus.com/disqus-internals}id"
_READ = frozenset(
    {"title", "link", "id", "message", "createdAt", "isDeleted", "isSpam", "isApproved"}
    | {"author/name", "author/username"}
)
"""The elements of a thread or a post that are read: nothing else of it is held."""


@dataclass(frozen=True, slots=True)
class DisqusReader:
    """Reads Disqus' XML export."""

    key: str = "disqus"
    description: str = "Disqus export (XML)"
    suffixes: tuple[str, ...] = (".xml",)
    takes: frozenset[str] = frozenset()

    def recognises(self, sample: Sample) -> float:
        """Return how sure it is: the root element is Disqus', in Disqus' namespace."""
        begins = sample.text.lstrip("\ufeff \t\n").startswith("<")
        return 1.0 if begins and "<disqus" in sample.text and _NAMESPACE in sample.text else 0.0

    def read(self, path: Path, options: ReadOptions, report: Report) -> Contents:
        """Open the export. Raises ReadError for what is no XML or declares entities."""
        events = read_xml(path, report)
        root = next(events, None)
        if root is None or _local(root.path[0]) != "disqus":
            found = "nothing" if root is None else f"<{root.path[0]}>"
            raise ReadError(
                f"{path} is no Disqus export: its root element is {found}, not <disqus>"
            )
        why = "Disqus export, because its root element is <disqus> in the namespace of Disqus"
        return Contents(why, _threads(events, path, options, report))


@dataclass(slots=True)
class _Record:
    """A thread or a post as far as it is read: name of an element in it -> its text or id."""

    line: int
    id: str
    values: dict[str, str] = field(default_factory=dict)


def _threads(
    events: Iterator[XmlEvent], path: Path, options: ReadOptions, report: Report
) -> Iterator[Thread]:
    gatherer = Gatherer(path, options, report, reader=DISQUS.key, zone=UTC)
    articles: dict[str, Article] = {}
    record = _Record(0, "")
    for event in events:
        names = tuple(_local(name) for name in event.path[1:])
        if names[:1] not in (("thread",), ("post",)):
            continue
        if not event.end:
            own_id = event.attributes.get(_OWN_ID, "")
            if len(names) == 1:
                record = _Record(event.line, own_id)
            elif names[1:] in (("thread",), ("parent",)):
                record.values[names[1]] = own_id
        elif names == ("thread",):
            articles[record.id] = Article(
                plain_text(record.values.get("title", "")), record.values.get("link", "").strip()
            )
        elif names == ("post",):
            thread = record.values.get("thread", "")
            if thread in articles:
                gatherer.article(thread, articles.pop(thread))
            gatherer.take(_said(record, thread))
            yield from gatherer.full()
        elif (name := "/".join(names[1:])) in _READ:
            record.values.setdefault(name, event.text)
    yield from gatherer.rest()
    if not gatherer.comments:
        report(Problem(path.name, None, "the export holds no comments"))


def _said(post: _Record, thread: str) -> Said:
    values = post.values
    return Said(
        at=post.line,
        id=post.id or values.get("id", "").strip(),
        thread_id=thread,
        text=from_html(values.get("message", "")),
        parent_id=values.get("parent", ""),
        author=values.get("author/name", "") or values.get("author/username", ""),
        created_at=values.get("createdAt", "").strip(),
        state=_state(values),
    )


def _state(values: dict[str, str]) -> SourceState:
    def told(name: str) -> bool:
        return values.get(name, "").strip().lower() in ("true", "1")

    if told("isDeleted"):
        return SourceState.DELETED
    if told("isSpam"):
        return SourceState.SPAM
    return (
        SourceState.PENDING
        if "isApproved" in values and not told("isApproved")
        else (SourceState.APPROVED)
    )


@lru_cache(maxsize=1_000)
def _local(name: str) -> str:
    return name.rpartition("}")[2]


DISQUS = DisqusReader()
