"""What goes in and comes out, as JSON Schema: the OpenAPI document and the discovery document.

Descriptions are ours; the names and types of Perspective's messages are those of its v1alpha1
discovery document.
"""

from __future__ import annotations

from collections.abc import Mapping

from triage.domain.appeals import (
    LONGEST_EXTERNAL_ID,
    LONGEST_TEXT,
    AppealedBy,
    AppealStatus,
    Outcome,
)
from triage.domain.decisions import Verdict
from triage.domain.policy import Route
from triage.domain.scores import Label

__all__ = ["MOST_TEXTS", "OTHERS", "PERSPECTIVE", "Schema"]

Schema = Mapping[str, object]

MOST_TEXTS = 256
"""Of a list to score."""


def _ref(name: str) -> Schema:
    return {"$ref": name}


def _text(what: str = "") -> Schema:
    return {"type": "string", "description": what} if what else {"type": "string"}


def _list(items: Schema, what: str = "") -> Schema:
    made: dict[str, object] = {"type": "array", "items": items}
    return made | ({"description": what} if what else {})


def _table(values: Schema, what: str = "") -> Schema:
    made: dict[str, object] = {"type": "object", "additionalProperties": values}
    return made | ({"description": what} if what else {})


def _object(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields}


_FLAG: Schema = {"type": "boolean"}
_SCORE_TYPE: Schema = {
    "type": "string",
    "enum": ["SCORE_TYPE_UNSPECIFIED", "PROBABILITY", "STD_DEV_SCORE", "PERCENTILE", "RAW"],
    "description": "PROBABILITY, or nothing, which means that; the others are refused.",
}
_NUMBER: Schema = {"type": "number", "format": "float"}
_PLACE: Schema = {"type": "integer", "format": "int32"}
_SHARED: Mapping[str, Schema] = {
    "comment": _ref("TextEntry"),
    "context": _ref("Context"),
    "languages": _list(_text(), "BCP-47 codes; a label that no scorer knows them for is refused."),
    "clientToken": _text("Comes back in the answer."),
    "sessionId": _text("The client's own; joins calls."),
    "communityId": _text("The client's own; names a community."),
}

PERSPECTIVE: Mapping[str, Schema] = {
    "AnalyzeCommentRequest": _object(
        **_SHARED,
        requestedAttributes=_table(_ref("AttributeParameters"), "Attribute -> how it is wanted."),
        doNotStore={**_FLAG, "description": "Keep nothing of this comment."},
        spanAnnotations={**_FLAG, "description": "Score each sentence, too."},
        dropUnsupportedAttributes={
            **_FLAG,
            "description": "Leave out what cannot be answered, instead of refusing all of it.",
        },
    ),
    "AnalyzeCommentResponse": _object(
        attributeScores=_table(_ref("AttributeScores"), "Attribute -> its scores."),
        languages=_list(
            _text(),
            "Those of the request, else what it looks to be in, or the scorers' one language.",
        ),
        detectedLanguages=_list(
            _text(), "What the comment looks to be in; empty where it is too short to say."
        ),
        clientToken=_text(),
    ),
    "SuggestCommentScoreRequest": _object(
        **_SHARED,
        attributeScores=_table(_ref("AttributeScores"), "Attribute -> what it should be."),
    ),
    "SuggestCommentScoreResponse": _object(
        clientToken=_text(),
        detectedLanguages=_list(_text()),
        requestedLanguages=_list(_text()),
    ),
    "AttributeParameters": _object(
        scoreType=_SCORE_TYPE,
        scoreThreshold={**_NUMBER, "description": "Scores below it are not given."},
    ),
    "AttributeScores": _object(summaryScore=_ref("Score"), spanScores=_list(_ref("SpanScore"))),
    "SpanScore": _object(
        begin={**_PLACE, "description": "UTF-16 code units of the text as it was sent."},
        end={**_PLACE, "description": "The first code unit that is not part of it."},
        score=_ref("Score"),
    ),
    "Score": _object(value=_NUMBER, type=_SCORE_TYPE),
    "TextEntry": _object(
        text=_text("Up to 20 KB in UTF-8."),
        type={"type": "string", "enum": ["TEXT_TYPE_UNSPECIFIED", "PLAIN_TEXT", "HTML"]},
    ),
    "Context": _object(
        entries=_list(_ref("TextEntry")),
        articleAndParentComment=_ref("ArticleAndParentComment"),
    ),
    "ArticleAndParentComment": _object(article=_ref("TextEntry"), parentComment=_ref("TextEntry")),
}

_LABELS: Schema = {
    "type": "object",
    "properties": {label.value: {"type": "number", "minimum": 0, "maximum": 1} for label in Label},
    "additionalProperties": False,
}

_COUNT: Schema = {"type": "integer", "minimum": 0}

OTHERS: Mapping[str, Schema] = {
    "ScoreRequest": {
        "description": "Texts, or objects with a text and an id of the client's own.",
        "type": "array",
        "maxItems": MOST_TEXTS,
        "items": {
            "oneOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "required": ["text"],
                    "properties": {"id": _text(), "text": _text()},
                    "additionalProperties": False,
                },
            ]
        },
    },
    "ScoreResponse": {
        "type": "object",
        "required": ["results", "scorers"],
        "properties": {
            "results": _list(_ref("ScoredText"), "One for each text, in order."),
            "scorers": _table(
                {"type": "string"}, "Label -> the scorer it comes from, as key@version."
            ),
        },
    },
    "ScoredText": {
        "type": "object",
        "required": ["scores"],
        "properties": {
            "id": _text(),
            "scores": _LABELS,
            "spans": _list(
                {"type": "array"}, "[start, end, weight] of words read as toxic, in characters."
            ),
            "where": _table(
                {"type": "array"}, "Label -> [start, end] that gave its score, of a long text."
            ),
            "language": _text("The language that it was taken to be in; und for unknown."),
            "not_scored": _text("Why there are no scores."),
            "gap": _text("Why some labels have no score."),
        },
    },
    "CommentsRequest": {
        "description": "Comments, or one; or one a line, as application/x-ndjson.",
        "oneOf": [_ref("Comment"), _list(_ref("Comment"))],
    },
    "Comment": {
        "type": "object",
        "required": ["text"],
        "properties": {
            "id": _text("The sender's own. One that is known with another text is an edit."),
            "text": _text(),
            "author": _text(),
            "created_at": _text("ISO 8601, or seconds since 1970."),
            "thread": _text("What it stands under; else the token's name."),
            "parent_id": _text("The id of the comment that it answers."),
            "title": _text("Of the thread."),
            "url": _text("Of the thread."),
        },
    },
    "CommentsResponse": {
        "type": "object",
        "required": ["new", "edited", "unchanged", "comments", "problems"],
        "properties": {
            "new": _COUNT,
            "edited": _COUNT,
            "unchanged": _COUNT,
            "comments": _list(_ref("KeptComment")),
            "problems": _list(_ref("Problem"), "What was left out, or not understood."),
        },
    },
    "KeptComment": {
        "type": "object",
        "required": ["id", "route", "scores"],
        "properties": {
            "id": _text(),
            "route": {
                "type": ["string", "null"],
                "enum": [*Route, None],
                "description": "What the policy proposes; null while it is not rated.",
            },
            "scores": _LABELS,
        },
    },
    "Problem": {
        "type": "object",
        "required": ["line", "message"],
        "properties": {
            "line": {"type": ["integer", "null"], "description": "Of the body, from 1."},
            "message": _text(),
        },
    },
    "AppealRequest": {
        "type": "object",
        "required": ["comment_id"],
        "properties": {
            "comment_id": _text("As it was sent or imported."),
            "source": _text("The namespace of its ids, where it has one."),
            "text": {
                **_text("What is objected; it may be left out."),
                "maxLength": LONGEST_TEXT,
            },
            "by": {"type": "string", "enum": list(AppealedBy), "description": "Who objects."},
            "decision_id": _text("Refuse it (409) unless this decision is in force."),
            "id": {
                **_text("The sender's own: sent again it is the same appeal."),
                "maxLength": LONGEST_EXTERNAL_ID,
            },
        },
        "additionalProperties": False,
    },
    "Appeal": {
        "type": "object",
        "required": ["id", "comment_id", "decision_id", "verdict", "status", "outcome", "reply"],
        "properties": {
            "id": _text("To ask for it by."),
            "comment_id": _text(),
            "decision_id": _text("The decision that it is against."),
            "verdict": {"type": "string", "enum": [Verdict.APPROVE, Verdict.REJECT]},
            "reasons": _list(_text(), "Of that decision: labels, and codes of the guidelines."),
            "received_at": _text("ISO 8601."),
            "status": {
                "type": "string",
                "enum": list(AppealStatus),
                "description": "A lapsed one is answered by nobody: the comment was edited, or the "
                "decision taken back. A dismissed one was ended without a second look.",
            },
            "outcome": {"type": ["string", "null"], "enum": [*Outcome, None]},
            "reply": _text("For whoever appealed; may be empty."),
            "answered_at": {"type": ["string", "null"], "description": "ISO 8601."},
        },
    },
    "CoralRequest": {
        "type": "object",
        "required": ["comment"],
        "properties": {
            "action": {"type": "string", "enum": ["NEW", "EDIT"]},
            "comment": {
                "type": "object",
                "required": ["body"],
                "properties": {
                    "body": _text(),
                    "parentID": {"type": ["string", "null"]},
                },
            },
            "author": {"type": "object"},
            "story": {"type": "object"},
            "site": {"type": "object"},
        },
    },
    "CoralResponse": _object(
        status={"type": "string", "enum": ["PREMOD", "SYSTEM_WITHHELD"]},
        actions=_list(_object(actionType=_text(), reason=_text())),
    ),
    "Discovery": {"type": "object", "description": "Google's API Discovery format."},
    "OpenApi": {"type": "object", "description": "OpenAPI 3.1."},
    "Metrics": _text("Prometheus' text format."),
    "Health": _object(status=_text()),
    "Ready": _object(status=_text(), database=_FLAG, scorers=_FLAG),
    "Error": _object(
        error=_object(
            code={"type": "integer"},
            message=_text(),
            status=_text(),
            details=_list({"type": "object"}),
        )
    ),
}
