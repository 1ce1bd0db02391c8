"""Reddit's comments: Pushshift's dumps (JSON objects, a line each or in an array) and listings.

The names are those of Reddit's API, https://github.com/reddit-archive/reddit/wiki/JSON. A text that
was removed or deleted is kept as `[removed]` or `[deleted]`, as the dump has it, with its state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from triage.domain.comments import SourceState
from triage.files.json_documents import JsonItem
from triage.intake.gathering import Article, Gatherer, Said
from triage.intake.json_exports import JsonReader, Take
from triage.intake.json_values import count, inside, text

__all__ = ["REDDIT"]

_COMMENT, _LINK = "t1_", "t3_"
_PERMALINK = re.compile(r"/r/(?P<sub>[^/]+)/comments/(?P<link>\w+)(?:/(?P<slug>[^/?]*))?")
_GONE = {"[removed]": SourceState.REJECTED, "[deleted]": SourceState.DELETED}
_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def _tells(head: str) -> str | None:
    if re.search(r'"link_id"\s*:\s*"t3_', head):
        return 'a "link_id" that begins with t3_'
    if re.search(r'"kind"\s*:\s*"t1"', head):
        return 'things of the kind "t1"'
    return None


def _taking() -> Take:
    return _take


def _take(gatherer: Gatherer, item: JsonItem) -> None:
    for one in _flat(item.values):
        if isinstance(one.get("body"), str):
            _take_comment(gatherer, item.at, one)
        elif isinstance(one.get("title"), str) and ("selftext" in one or "num_comments" in one):
            thread = text(one, "name") or f"{_LINK}{text(one, 'id')}"
            url = _thread_url(text(one, "permalink")) or text(one, "url")
            body = _unescaped(text(one, "selftext"))
            gatherer.article(thread, Article(_unescaped(text(one, "title")), url, body))


def _flat(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the things in a thing, replies too, depth first and without recursion."""
    stack: list[Any] = [values]
    while stack:
        one = stack.pop()
        if not isinstance(one, dict):
            continue
        if "kind" in one and isinstance(one.get("data"), dict):
            one = one["data"]
        for listing in (one.get("replies"), one):
            children = inside(listing, "data", "children") or inside(listing, "children")
            if isinstance(children, list):
                stack.extend(reversed(children))
        yield one


def _take_comment(gatherer: Gatherer, at: int, one: dict[str, Any]) -> None:
    permalink = text(one, "permalink")
    place = _PERMALINK.search(permalink)
    thread = text(one, "link_id") or (f"{_LINK}{place['link']}" if place else "")
    parent = text(one, "parent_id")
    author = text(one, "author")
    body = text(one, "body")
    if thread:
        slug = ((place and place["slug"]) or "").replace("_", " ")
        title = _unescaped(text(one, "link_title")) or slug
        gatherer.article(
            thread, Article(title, text(one, "link_permalink") or _thread_url(permalink))
        )
    gatherer.take(
        Said(
            at=at,
            id=text(one, "id") or text(one, "name").removeprefix(_COMMENT),
            thread_id=thread,
            text=body if body in _GONE else _unescaped(body),
            parent_id=parent.removeprefix(_COMMENT) if parent.startswith(_COMMENT) else "",
            author="" if author in _GONE else author,
            created_at=one.get("created_utc", one.get("created")),
            state=_state(one, body),
            reports=_reports(one),
        )
    )


def _state(one: dict[str, Any], body: str) -> SourceState | None:
    if body in _GONE:
        return _GONE[body]
    if one.get("spam") is True:
        return SourceState.SPAM
    if one.get("removed") is True or one.get("banned_by"):
        return SourceState.REJECTED
    return SourceState.APPROVED if one.get("approved") is True else None


def _reports(one: dict[str, Any]) -> int | None:
    """Return how many readers reported it; dumps of the public have null, which says nothing."""
    if isinstance(one.get("num_reports"), int):
        return count(one, "num_reports")
    told = one.get("user_reports")
    if not isinstance(told, list) or not told:
        return None
    # Each is [reason, how many gave it, ...].
    return sum(
        count({"n": report[1]}, "n") for report in told if isinstance(report, list) and report[1:]
    )


def _thread_url(permalink: str) -> str | None:
    found = _PERMALINK.search(permalink)
    return f"https://www.reddit.com{found[0]}/" if found else None


def _unescaped(body: str) -> str:
    for escape, char in _ESCAPED:  # the three that Reddit's API escapes, & last
        body = body.replace(escape, char)
    return body


REDDIT = JsonReader(
    "reddit",
    "Reddit comments",
    "Reddit comments (JSON or JSONL dump, or a listing)",
    ("data.children", "data", "comments"),
    _tells,
    _taking,
)
