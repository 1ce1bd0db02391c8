"""WordPress' export: eXtended RSS (WXR), an RSS file with elements of WordPress' own.

https://developer.wordpress.org/ has the exporter (wp-admin/includes/export.php). Disqus' custom
import format is the same with fewer elements. E-mail and IP addresses are not kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from triage.domain.comments import Problem, Thread
from triage.errors import ReadError
from triage.files.markup import plain_text
from triage.files.wxr import NAMESPACE, STATES, name_of
from triage.files.xml_events import XmlEvent, read_xml
from triage.intake.gathering import Article, Gatherer, Said, from_html
from triage.intake.reader import Contents, ReadOptions, Report, Sample

__all__ = ["WXR"]

_ITEM = ("rss", "channel", "item")
_OF_A_POST = frozenset({"guid", "link", "wp:post_id", "title", "content:encoded"})
_OF_A_COMMENT = frozenset(
    f"wp:comment_{name}"
    for name in ("id", "parent", "date", "date_gmt", "content", "author", "approved", "type")
)
"""The elements that are read: nothing else of an article or a comment is held."""
_NO_COMMENTS = frozenset({"pingback", "trackback", "order_note", "webhook_delivery", "action_log"})
"""Types of what WordPress and WooCommerce keep among comments, and nobody wrote as one."""
_NEVER = "0000-00-00"


@dataclass(frozen=True, slots=True)
class WxrReader:
    """Reads WordPress' export."""

    key: str = "wxr"
    description: str = "WordPress export (WXR), or Disqus' import format"
    suffixes: tuple[str, ...] = (".xml", ".wxr")
    takes: frozenset[str] = frozenset()

    def recognises(self, sample: Sample) -> float:
        """Return how sure it is: the namespace of WordPress' elements is in the root element."""
        found = "<rss" in sample.text and NAMESPACE.search(sample.text)
        return 1.0 if found and sample.text.lstrip("\ufeff \t\n").startswith("<") else 0.0

    def read(self, path: Path, options: ReadOptions, report: Report) -> Contents:
        """Open the export. Raises ReadError for what is no XML or declares entities."""
        version = NAMESPACE.search(Sample.of(path).text)
        events = read_xml(path, report)
        root = next(events, None)
        if root is None or root.path != ("rss",):
            found = "nothing" if root is None else f"<{root.path[0]}>"
            raise ReadError(
                f"{path} is no WordPress export: its root element is {found}, not <rss>"
            )
        told = f"WXR {version[1]}" if version else "WXR"
        why = (
            f"WordPress export ({told}), because it is RSS with elements of WordPress' export "
            "namespace"
        )
        return Contents(why, _threads(events, path, options, report))


@dataclass(slots=True)
class _Item:
    """What is known so far of the article at hand, and of its comment at hand."""

    post: dict[str, str] = field(default_factory=dict)
    comment: dict[str, str] = field(default_factory=dict)
    told: bool = False


def _threads(
    events: Iterator[XmlEvent], path: Path, options: ReadOptions, report: Report
) -> Iterator[Thread]:
    gatherer = Gatherer(path, options, report, reader=WXR.key)
    item = _Item()
    left_out: Counter[str] = Counter()
    for event in events:
        if event.path[:3] != _ITEM:
            continue
        inside = event.path[3:]
        if not event.end:
            if not inside:
                item = _Item()
            elif len(inside) == 1 and name_of(inside[0]) == "wp:comment":
                item.comment = {"line": str(event.line)}
        elif len(inside) == 1 and name_of(inside[0]) == "wp:comment":
            kind = item.comment.get("wp:comment_type", "").strip().lower()
            if kind in _NO_COMMENTS:
                left_out[kind] += 1
                continue
            _take(gatherer, item)
            yield from gatherer.full()
        elif len(inside) == 1:
            _keep(item.post, _OF_A_POST, inside[0], event.text)
        elif len(inside) == 2 and name_of(inside[0]) == "wp:comment":
            _keep(item.comment, _OF_A_COMMENT, inside[1], event.text)
    yield from gatherer.rest()
    if left_out:
        kinds = ", ".join(f"{count:,} of type {kind}" for kind, count in left_out.items())
        report(Problem(path.name, None, f"left out, as no comments of readers: {kinds}"))
    if not gatherer.comments:
        report(Problem(path.name, None, "the export holds no comments"))


def _keep(values: dict[str, str], read: frozenset[str], tag: str, text: str) -> None:
    name = name_of(tag)
    if name in read:
        values.setdefault(name, text)


def _take(gatherer: Gatherer, item: _Item) -> None:
    post, comment = item.post, item.comment
    # A guid stays when an article's address changes; an export for Disqus has only the address.
    thread = post.get("guid") or post.get("link") or post.get("wp:post_id") or ""
    if not item.told:
        item.told = True
        article = Article(
            plain_text(post.get("title", "")).replace("\n", " "),
            post.get("link", "").strip() or None,
            plain_text(post.get("content:encoded", "")),
        )
        gatherer.article(thread, article)
    parent = comment.get("wp:comment_parent", "").strip()
    local = comment.get("wp:comment_date", "").strip()
    in_utc = comment.get("wp:comment_date_gmt", "").strip()
    known = bool(in_utc) and not in_utc.startswith(_NEVER)
    gatherer.take(
        Said(
            at=int(comment["line"]),
            id=comment.get("wp:comment_id", "").strip(),
            thread_id=thread,
            text=from_html(comment.get("wp:comment_content", "")),
            parent_id="" if parent == "0" else parent,
            author=plain_text(comment.get("wp:comment_author", "")),
            created_at=f"{in_utc}+00:00" if known else "" if local.startswith(_NEVER) else local,
            state=STATES.get(comment.get("wp:comment_approved", "").strip()),
        )
    )


WXR = WxrReader()
