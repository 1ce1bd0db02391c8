"""`/api/appeals`: objections to decisions come in, and what became of them goes out."""

from __future__ import annotations

from functools import partial

from starlette.responses import JSONResponse, Response

from triage.api.callers import client_of
from triage.api.edge import Call
from triage.api.errors import ApiError, invalid
from triage.api.fields import Fields
from triage.api.service import Service
from triage.domain.appeals import LONGEST_EXTERNAL_ID, Appealed, AppealedBy, AppealVia
from triage.domain.checks import check_named
from triage.errors import ConflictError, InputError, NotFoundError, TriageError

__all__ = ["appeal", "one_appeal"]

_KNOWN = ("comment_id", "source", "text", "by", "decision_id", "id")
_STATUS: dict[type[TriageError], int] = {InputError: 400, NotFoundError: 404, ConflictError: 409}


async def appeal(service: Service, call: Call) -> Response:
    """Take in an appeal; sent again under the sender's own id it is told what became of it."""
    given = Fields(call.body, "", _KNOWN)
    comment_id, source = _named(given, "comment_id"), _named_if_there(given, "source")
    external_id = _named_if_there(given, "id")
    if external_id is not None and len(external_id) > LONGEST_EXTERNAL_ID:
        raise invalid(f"id has more than {LONGEST_EXTERNAL_ID} characters")
    try:
        by = AppealedBy(given.text("by", AppealedBy.UNKNOWN.value))
    except ValueError:
        raise invalid(f"by must be one of {', '.join(AppealedBy)}") from None
    take = partial(
        service.bench.appeal,
        f"{source}:{comment_id}" if source else comment_id,
        given.text("text"),
        by=by,
        via=AppealVia.API,
        received_by=_sender(call),
        decision_id=_named_if_there(given, "decision_id"),
        external_id=external_id,
    )
    try:
        found = await service.off_loop(take, but=tuple(_STATUS))
    except tuple(_STATUS) as error:
        raise _refusal(error) from None
    return JSONResponse(_said(found))


async def one_appeal(service: Service, call: Call) -> Response:
    """Return what became of an appeal that the caller sent, by the id that it was given then."""
    name = str(call.request.path_params["id"])
    try:
        found = await service.off_loop(service.bench.appealed, name, but=tuple(_STATUS))
        if call.caller is not None and found.appeal.received_by != _sender(call):
            raise NotFoundError(f"there is no appeal {name!r} that you sent")
    except tuple(_STATUS) as error:
        raise _refusal(error) from None
    return JSONResponse(_said(found))


def _sender(call: Call) -> str:
    return f"client:{client_of(call.caller)}"


def _named_if_there(given: Fields, name: str) -> str | None:
    return _named(given, name) if name in given else None


def _named(given: Fields, name: str) -> str:
    """Return the name that a field holds."""
    value = given.text(name)
    try:
        check_named(given.where(name), value)
    except ValueError as error:
        raise invalid(str(error)) from None
    return value


def _refusal(error: TriageError) -> ApiError:
    code = next(code for kind, code in _STATUS.items() if isinstance(error, kind))
    return ApiError(code, str(error))


def _said(found: Appealed) -> dict[str, object]:
    """Return what a site may tell whoever appealed: nobody's name is in it."""
    return {
        "id": found.appeal.id,
        "comment_id": found.appeal.comment_id,
        "decision_id": found.appeal.decision_id,
        "verdict": found.first.verdict,
        "reasons": list(found.first.reasons),
        "received_at": found.appeal.received_at.isoformat(),
        "status": found.status,
        "outcome": found.outcome,
        "reply": found.reply,
        "answered_at": None if found.answer is None else found.answer.at.isoformat(),
    }
