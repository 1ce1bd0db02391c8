"""Which column of a table is the comment's text, which its author, and so on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from triage.errors import NoTextError, UsageError

__all__ = ["ROLES", "choose_columns", "guess_columns"]

ROLES: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "body", "comment_text", "content", "comment", "message", "comment_body"),
    "id": ("id", "comment_id", "message_id"),
    "parent_id": ("parent_id", "parent", "reply_to", "in_reply_to", "parent_comment_id"),
    "author": ("author", "user", "username", "author_name", "user_name", "commenter"),
    "created_at": ("created_at", "date", "timestamp", "time", "published_at", "created", "posted"),
    "thread": ("thread", "thread_id", "article_id", "post_id", "conversation_id"),
    "title": ("title", "thread_title", "article_title"),
    "url": ("url", "link", "permalink", "article_url"),
    "reach": (
        *("reach", "likes", "like_count", "upvotes", "votes", "points", "recommendations"),
        *("reply_count", "views", "view_count"),
    ),
    "state": ("state",),
}
"""What a column can be, and the names by which it is recognised, likeliest first.

`score` may be votes or a scorer's, so that it is a reach only where that is asked for.
"""


def guess_columns(names: Iterable[str]) -> dict[str, str]:
    """Return role -> column for the names that are recognised, whatever their case and spacing."""
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(_plain(name), name)
    guesses = {
        role: next((by_plain[known] for known in known_names if known in by_plain), None)
        for role, known_names in ROLES.items()
    }
    return {role: name for role, name in guesses.items() if name is not None}


def choose_columns(file: str, names: Sequence[str], asked: Mapping[str, str]) -> dict[str, str]:
    """Return role -> column: what is asked for, and guesses for the rest.

    A column that is asked for in one role is not guessed for another, and a role for which `""` is
    asked has none. Raises UsageError for an unknown role or column, NoTextError where no column
    holds the text.
    """
    for role, name in asked.items():
        if role not in ROLES:
            raise UsageError(f"a column cannot be {role!r}; it can be: {', '.join(ROLES)}")
        if name and name not in names:
            raise UsageError(f"{file} has no column {name!r}; it has: {', '.join(names)}")
    guesses = guess_columns(name for name in names if name not in asked.values())
    chosen = {role: name for role, name in {**guesses, **asked}.items() if name}
    if "text" not in chosen:
        raise NoTextError(
            f"{file}: none of its columns is named like a comment's text; it has: "
            f"{', '.join(names)}. Say which one it is: text=NAME",
            columns=tuple(names),
            chosen=chosen,
        )
    return chosen


def _plain(name: str) -> str:
    """Return `comment_text` for `Comment Text`, `commentText` and `COMMENT-TEXT`."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[\s.-]+", "_", split).lower()
