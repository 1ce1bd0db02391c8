"""The two formats: texts into the body of a request, an answer into scores.

AnalyzeComment as Google's discovery document for commentanalyzer v1alpha1 has it; everything else
by the table of a `json` remote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, quote_plus

from triage.domain.remotes import Place, Remote, RemoteKind
from triage.domain.scores import Label, Scores
from triage.sending.answers import one_line

__all__ = ["Malformed", "about_the_text", "read_scores", "request_body", "said"]

_PER_TEXT = frozenset(
    {
        "COMMENT_EMPTY",
        "COMMENT_TOO_LONG",
        "LANGUAGE_DETECTION_FAILED",
        "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
    }
)
_SAID = 160  # characters of a message


class Malformed(Exception):  # noqa: N818 - see answers.NoAnswer
    """An answer that is not what the table says; the message quotes nothing of it.

    `in_whole` where it is no answer of a scorer at all.
    """

    def __init__(self, why: str, *, in_whole: bool = False) -> None:
        super().__init__(why)
        self.in_whole = in_whole


def request_body(remote: Remote, texts: Sequence[str]) -> bytes:
    """Return the body that asks for the scores of these texts, one text unless it takes a list."""
    # A lone surrogate is no character: UTF-8 has no bytes for it.
    plain = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    if remote.kind is RemoteKind.PERSPECTIVE:
        body: dict[str, Any] = {
            "comment": {"text": plain[0]},
            "requestedAttributes": {place[0]: {} for place in remote.labels.values()},
            "doNotStore": True,
        }
        if remote.languages:
            body["languages"] = list(remote.languages)
    elif remote.texts:
        body = _with(remote.body, remote.texts, plain)
    else:
        body = _with(remote.body, remote.text, plain[0])
    return json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8")


def read_scores(remote: Remote, content: bytes, count: int) -> list[Scores]:
    """Return one Scores per text of the request; one with a bad number is not scored, and says so.

    Raises Malformed where the answer cannot be told apart into texts.
    """
    answer = _json(content)
    if not remote.texts:
        return [_scores(remote, answer)]
    items = _found(answer, remote.results)
    if not isinstance(items, list):
        raise Malformed(f"its answer has no list at {_named(remote.results)}")
    if len(items) != count:
        raise Malformed(f"its answer has {len(items)} results for {count} texts")
    return [_scores(remote, item) for item in items]


def about_the_text(content: bytes) -> bool:
    """Whether an error in Google's format says that this one text cannot be rated."""
    try:
        details = _found(_json(content), ("error", "details"))
    except Malformed:
        return False
    return isinstance(details, list) and any(
        isinstance(one, dict) and one.get("errorType") in _PER_TEXT for one in details
    )


def said(content: bytes, secrets: Sequence[str] = ()) -> str:
    """Return an error's own message as one short line of printable characters; empty for none.

    What was sent in confidence is taken out, however it is spelled.
    """
    try:
        answer = _json(content)
    except Malformed:
        return ""
    for place in (("error", "message"), ("error",), ("message",), ("detail",)):
        found = _found(answer, place)
        if isinstance(found, str):
            whole = _without(secrets, found)  # before it is cut: half a secret is still one
            return one_line(whole, _SAID)
    return ""


def _without(secrets: Sequence[str], text: str) -> str:
    spelled = {spell(secret) for secret in secrets for spell in (str, quote, quote_plus)}
    for secret in sorted(spelled, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Malformed("its answer is no JSON", in_whole=True) from None


def _scores(remote: Remote, item: object) -> Scores:
    values: dict[Label, float] = {}
    for label, place in remote.labels.items():
        if remote.kind is RemoteKind.PERSPECTIVE:
            place = ("attributeScores", *place, "summaryScore", "value")
        found = _found(item, place)
        if found is None:
            return Scores(not_scored=f"the answer has no score for {label.words}")
        if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 1:
            return Scores(not_scored=f"the answer's {label.words} is no number from 0 to 1")
        values[label] = float(found)
    return Scores(values)


def _found(value: object, place: Place) -> object:
    """Return what stands at a place, None for nothing.

    In a list a step is a number, or `name=value` for the first object that says so.
    """
    for step in place:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list):
            name, mark, wanted = step.partition("=")
            if mark:
                alike = (one for one in value if isinstance(one, dict) and one.get(name) == wanted)
                value = next(alike, None)
            else:
                at = int(step) if step.isdecimal() and len(step) < 9 else len(value)
                value = value[at] if at < len(value) else None
        else:
            return None
    return value


def _with(body: Mapping[str, object], place: Place, value: object) -> dict[str, Any]:
    """Return a copy of `body` with a value at a place of names, whose objects are made."""
    copy: dict[str, Any] = dict(body)
    inner = copy
    for step in place[:-1]:
        known = inner.get(step)
        inner[step] = dict(known) if isinstance(known, dict) else {}
        inner = inner[step]
    inner[place[-1]] = value
    return copy


def _named(place: Place) -> str:
    return ".".join(place) or "its top"
