"""YouTube's comments, as the Data API gives them: commentThreads and comments, pages or items.

https://developers.google.com/youtube/v3/docs/commentThreads has the names.
"""

from __future__ import annotations

from typing import Any

from triage.domain.comments import SourceState
from triage.files.json_documents import JsonItem
from triage.intake.gathering import Article, Gatherer, Said, from_html
from triage.intake.json_exports import JsonReader, Take
from triage.intake.json_values import inside, text

__all__ = ["YOUTUBE"]

_STATES = {
    "published": SourceState.APPROVED,
    "heldForReview": SourceState.PENDING,
    "likelySpam": SourceState.SPAM,
    "rejected": SourceState.REJECTED,
}


def _tells(head: str) -> str | None:
    return 'things of the kind "youtube#comment…"' if '"youtube#comment' in head else None


def _taking() -> Take:
    return _take


def _take(gatherer: Gatherer, item: JsonItem) -> None:
    one = item.values
    top = inside(one, "snippet", "topLevelComment")
    if not isinstance(top, dict):
        if inside(one, "snippet", "textDisplay") is not None or inside(
            one, "snippet", "textOriginal"
        ):
            _take_comment(gatherer, item.at, one, _subject(one), "")
        return
    subject = _subject(one) or _subject(top)
    _take_comment(gatherer, item.at, top, subject, "")
    replies = inside(one, "replies", "comments")
    for reply in replies if isinstance(replies, list) else ():
        _take_comment(gatherer, item.at, reply, subject, text(top, "id"))


def _subject(one: dict[str, Any]) -> str:
    return text(one, "snippet", "videoId") or text(one, "snippet", "channelId")


def _take_comment(gatherer: Gatherer, at: int, one: Any, subject: str, parent: str) -> None:
    snippet = inside(one, "snippet")
    video = text(one, "snippet", "videoId") or subject
    if video and len(video) < 20:  # a channel's id is longer
        gatherer.article(video, Article(url=f"https://www.youtube.com/watch?v={video}"))
    gatherer.take(
        Said(
            at=at,
            id=text(one, "id"),
            thread_id=subject,
            text=text(snippet, "textOriginal") or from_html(text(snippet, "textDisplay")),
            parent_id=text(snippet, "parentId") or parent,
            author=text(snippet, "authorDisplayName"),
            created_at=text(snippet, "publishedAt"),
            state=_STATES.get(text(snippet, "moderationStatus")),
        )
    )


YOUTUBE = JsonReader(
    "youtube",
    "YouTube comments",
    "YouTube comments (Data API: commentThreads or comments)",
    ("items",),
    _tells,
    _taking,
)
