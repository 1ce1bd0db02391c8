"""`POST /api/coral/phase`: Coral's external moderation phase, answered by the policy in force.

What Coral sends and what it takes are in its documentation (docs.coralproject.net,
external-moderation-phases): a status, flags, or 204 for no opinion.
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from triage.api.edge import Call
from triage.api.errors import ApiError, invalid
from triage.api.fields import whole
from triage.api.markup import words_of
from triage.api.service import Service
from triage.api.text import too_long
from triage.domain.languages import Others, unread_language
from triage.domain.policy import Proposal, Route

__all__ = ["MOST_CHARACTERS", "phase"]

MOST_CHARACTERS = 100_000
"""Of HTML that is looked into."""
_WAITS: dict[str, object] = {"status": "PREMOD", "actions": []}
_FLAG = {"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}


async def phase(service: Service, call: Call) -> Response:
    """Return what Coral shall do with a new or edited comment.

    What the policy holds is withheld until a moderator decides; what it would have reviewed is
    published and reported. A comment that cannot be read waits for a moderator, too, and so does
    one that takes too long, or is in a language that no scorer reads, unless the site leaves those
    (TRIAGE_OTHER_LANGUAGES): Coral publishes what it gets an error for. Its phase sends the body as
    HTML or as plain text, as it is set up there: `?format=html` says the former.
    """
    text = _body(call.body)
    if len(text) > MOST_CHARACTERS:
        return JSONResponse(_WAITS)
    if call.request.query_params.get("format", "plain").lower() == "html":
        text = words_of(text).text
    if too_long(text):
        return JSONResponse(_WAITS)
    (scores,) = await service.scores([text])
    if scores.later:
        raise ApiError(503, "the scorers cannot answer for now; the log says why")
    others = service.settings.other_languages
    if others is Others.LEAVE and unread_language(scores.not_scored):
        return Response(status_code=204)
    verdict = _verdict((await service.policy()).propose(scores))
    return Response(status_code=204) if verdict is None else JSONResponse(verdict)


def _body(body: object) -> str:
    """Return the comment's text; whatever else Coral sends, now or later, is not looked at."""
    comment = body.get("comment") if isinstance(body, dict) else None
    text = comment.get("body") if isinstance(comment, dict) else None
    if not isinstance(text, str):
        raise invalid("comment.body must be a string")
    return whole(text)


def _verdict(proposal: Proposal) -> dict[str, object] | None:
    """Return what Coral takes for a proposal; None for no opinion."""
    if proposal.not_scored is not None:
        return _WAITS
    match proposal.route:
        case Route.HOLD:
            return {"status": "SYSTEM_WITHHELD", "actions": [_FLAG]}
        case Route.REVIEW:
            return {"actions": [_FLAG]}
        case Route.PASS:
            return None
