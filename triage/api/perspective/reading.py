"""What Perspective's clients send, read and checked: the wire format of its discovery document.

Errors and their messages are those of its documentation (conversationai/perspectiveapi,
2-api/limits.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from triage.api.errors import ApiError, invalid
from triage.api.fields import Fields
from triage.api.keeping import Context, Sent, Suggested
from triage.api.markup import Plain, plain_text, words_of
from triage.api.text import MOST_BYTES, Utf16, too_long, visible
from triage.domain.attributes import ATTRIBUTES
from triage.domain.scores import Label

__all__ = ["Analyze", "Asked", "read_analyze", "read_suggest"]

_MOST_ATTRIBUTES = 100
_MOST_LANGUAGES = 20
_MOST_ENTRIES = 100
_MOST_SPANS = 1_000
_TEXT = ("text", "type")
_SHARED = ("comment", "context", "languages", "clientToken", "sessionId", "communityId")
_ANALYZE = (
    *_SHARED,
    "requestedAttributes",
    "doNotStore",
    "spanAnnotations",
    "dropUnsupportedAttributes",
)
_SUGGEST = (*_SHARED, "attributeScores")
_PROBABILITY = ("", "SCORE_TYPE_UNSPECIFIED", "PROBABILITY")
_OTHER_TYPES = ("STD_DEV_SCORE", "PERCENTILE", "RAW")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks about one attribute: scores below `threshold` are not given.

    `label` is None for an attribute that we have no label for.
    """

    name: str
    label: Label | None
    threshold: float


@dataclass(frozen=True, slots=True)
class Analyze:
    """A request for scores. `source` is the text as it was sent, `plain` its words in there.

    With `drop` an attribute that cannot be answered is left out instead of refused.
    """

    sent: Sent
    source: str
    plain: Plain
    asked: tuple[Asked, ...]
    store: bool
    spans: bool
    drop: bool


def read_analyze(body: object) -> Analyze:
    """Return what a body asks. Raises ApiError 400 for one that is not as documented."""
    fields = Fields(body, "", _ANALYZE)
    sent, plain, source = _sent(fields)
    return Analyze(
        sent=sent,
        source=source,
        plain=plain,
        asked=tuple(_asked(fields)),
        store=not fields.flag("doNotStore"),
        spans=fields.flag("spanAnnotations"),
        drop=fields.flag("dropUnsupportedAttributes"),
    )


def read_suggest(body: object) -> Suggested:
    """Return what a body says scores should be. Raises ApiError 400 as `read_analyze` does.

    Places within the text are checked, and not kept.
    """
    fields = Fields(body, "", _SUGGEST)
    sent, _, source = _sent(fields)
    values = _suggested(fields, Utf16(source).at(len(source)))
    labels = {ATTRIBUTES[name]: value for name, value in values.items() if name in ATTRIBUTES}
    return Suggested(sent, labels, values)


def _sent(fields: Fields) -> tuple[Sent, Plain, str]:
    """Return the comment, its words and where they stand, and the text as it was sent."""
    comment = fields.inner("comment", _TEXT)
    source, plain = ("", plain_text("")) if comment is None else _entry(comment)
    if not visible(plain.text):
        raise ApiError(400, "Comment must be non-empty.", "COMMENT_EMPTY")
    if too_long(source):
        raise ApiError(400, "Comment text too long.", "COMMENT_TOO_LONG")
    sent = Sent(
        text=plain.text,
        languages=fields.texts("languages", _MOST_LANGUAGES),
        context=_context(fields),
        client_token=fields.text("clientToken"),
        session_id=fields.text("sessionId"),
        community_id=fields.text("communityId"),
    )
    return sent, plain, source


def _entry(entry: Fields) -> tuple[str, Plain]:
    """Return a TextEntry as it was sent, and its words."""
    kind = entry.text("type")
    if kind not in {"", "TEXT_TYPE_UNSPECIFIED", "PLAIN_TEXT", "HTML"}:
        raise invalid("Unknown text type")
    source = entry.text("text")
    # What is too long is refused, so that its tags are of no interest.
    html = kind == "HTML" and len(source) <= MOST_BYTES
    return source, words_of(source) if html else plain_text(source)


def _context(fields: Fields) -> Context:
    context = fields.inner("context", ("entries", "articleAndParentComment"))
    if context is None:
        return Context()
    both = context.inner("articleAndParentComment", ("article", "parentComment"))
    path = context.where("entries")
    entries = [Fields(one, path, _TEXT) for one in context.rows("entries", _MOST_ENTRIES)]
    if entries and both is not None:
        raise invalid(
            "Context can have either entries or article_and_parent_comment, but both fields were "
            "populated."
        )
    article, parent = (
        (None, None)
        if both is None
        else (both.inner("article", _TEXT), both.inner("parentComment", _TEXT))
    )
    return Context(
        entries=tuple(_entry(one)[1].text for one in entries),
        article="" if article is None else _entry(article)[1].text,
        parent="" if parent is None else _entry(parent)[1].text,
    )


def _asked(fields: Fields) -> list[Asked]:
    """Return the attributes that are asked for. Raises ApiError where there is none."""
    table = fields.table("requestedAttributes", _MOST_ATTRIBUTES)
    if not table:
        raise ApiError(400, "Missing requested_attributes", "NO_REQUESTED_ATTRIBUTES")
    asked = []
    for name, value in table.items():
        one = Fields(
            {} if value is None else value,
            f"{fields.where('requestedAttributes')}.{name}",
            ("scoreType", "scoreThreshold"),
        )
        kind = one.text("scoreType")
        if kind in _OTHER_TYPES:
            raise invalid(f"Requested score type {kind} is not supported by attribute {name}")
        if kind not in _PROBABILITY:
            raise invalid(f"{one.where('scoreType')} is no score type")
        asked.append(Asked(name, ATTRIBUTES.get(name), one.number("scoreThreshold") or 0.0))
    return asked


def _suggested(fields: Fields, length: int) -> dict[str, float]:
    """Return attribute -> value of the whole text, which is `length` code units long."""
    table = fields.table("attributeScores", _MOST_ATTRIBUTES)
    if not table:
        raise invalid("attribute_scores must not be empty")
    values: dict[str, float] = {}
    for name, value in table.items():
        path = f"{fields.where('attributeScores')}.{name}"
        one = Fields(value, path, ("summaryScore", "spanScores"))
        spans = one.rows("spanScores", _MOST_SPANS)
        if "summaryScore" not in one and not spans:
            raise invalid(f"{path} must not be empty")
        for row in spans:
            _check_span(row, one.where("spanScores"), length)
        summary = one.inner("summaryScore", ("value", "type"))
        if summary is not None:
            values[name] = _value(summary, one.where("summaryScore"))
    return values


def _check_span(row: object, path: str, length: int) -> None:
    span = Fields(row, path, ("begin", "end", "score"))
    begin, end, score = (
        span.number("begin"),
        span.number("end"),
        span.inner("score", ("value", "type")),
    )
    if begin is None or end is None or score is None:
        raise invalid(f"{path}: a span has begin, end and score")
    if not 0 <= begin < end <= length:
        raise invalid(f"{path}: a span lies within the text, not from {begin:g} to {end:g}")
    _value(score, span.where("score"))


def _value(score: Fields, path: str) -> float:
    kind = score.text("type")
    if kind not in _PROBABILITY:
        raise invalid(f"{path}: the type must be PROBABILITY")
    value = score.number("value")
    if value is None or not 0.0 <= value <= 1.0:
        raise invalid(f"{path}: the value must be a number from 0 to 1")
    return value
