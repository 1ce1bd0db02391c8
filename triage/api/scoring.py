"""`POST /api/score`: the scores of a list of texts, with all that the scorers say of them."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from triage.api.edge import Call
from triage.api.errors import ApiError, invalid
from triage.api.fields import Fields, whole
from triage.api.schemas import MOST_TEXTS
from triage.api.service import Service
from triage.api.text import MOST_BYTES, too_long
from triage.domain.scores import Scores

__all__ = ["MOST_CHARACTERS", "score"]

MOST_CHARACTERS = 200_000
"""Of all texts of a list together."""


async def score(service: Service, call: Call) -> Response:
    """Return one result per text, in order, and which scorer each label comes from."""
    rows = _rows(call.body)
    seats = await service.seats()
    found = await service.scores([text for _, text in rows])
    return JSONResponse(
        {
            "results": [_result(id_, scores) for (id_, _), scores in zip(rows, found, strict=True)],
            "scorers": {label: f"{info.key}@{info.version}" for label, info in seats.items()},
        }
    )


def _rows(body: object) -> list[tuple[str | None, str]]:
    """Return (id, text) of each row of a list."""
    if not isinstance(body, list):
        raise invalid("the body must be a list of texts, or of objects with id and text")
    if len(body) > MOST_TEXTS:
        raise ApiError(413, f"a list has up to {MOST_TEXTS} texts, not {len(body):,}")
    rows = [_row(at, one) for at, one in enumerate(body)]
    if sum(len(text) for _, text in rows) > MOST_CHARACTERS:
        raise ApiError(413, f"the texts of a list have up to {MOST_CHARACTERS:,} characters")
    for at, (_, text) in enumerate(rows):
        if too_long(text):
            raise ApiError(413, f"[{at}] has more than {MOST_BYTES:,} bytes")
    return rows


def _row(at: int, value: object) -> tuple[str | None, str]:
    if isinstance(value, str):
        return None, whole(value)
    fields = Fields(value, f"[{at}]", ("id", "text"))
    if "text" not in fields:
        raise invalid(f"[{at}] has no text")
    return fields.text("id") if "id" in fields else None, fields.text("text")


def _result(id_: str | None, scores: Scores) -> dict[str, object]:
    """Return what is known of one text; what is not, is left out. Places count characters."""
    found: dict[str, object] = {} if id_ is None else {"id": id_}
    found["scores"] = dict(scores.values)
    if scores.spans:
        found["spans"] = [[one.start, one.end, one.weight] for one in scores.spans]
    if scores.where:
        found["where"] = {label: list(place) for label, place in scores.where.items()}
    if scores.language is not None:
        found["language"] = scores.language
    if scores.not_scored is not None:
        found["not_scored"] = scores.not_scored
    if scores.gap is not None:
        found["gap"] = scores.gap
    return found
