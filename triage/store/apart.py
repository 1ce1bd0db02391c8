"""Comments that are decided for themselves alone, never along with others.

What is drawn for an audit is there so that a person reads it: a decision that falls on it as a part
of a batch or of a group of near copies would be no answer to the question for which it was drawn.
Whatever decides many comments at once asks here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false

__all__ = ["drawn_for_audit"]


def drawn_for_audit(comment_pk: ColumnElement[Any]) -> ColumnElement[bool]:  # noqa: ARG001
    """Return the condition that the comment with this key is drawn for an audit.

    There is no table of draws in this version of the schema, so none is.
    """
    return false()
