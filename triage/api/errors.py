"""What a request that cannot be answered gets: Google's error JSON, on every path.

Clients of Perspective match on `errorType` and on the English message, and some read
`details[0]` unasked, so all of them are always there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response

__all__ = ["ApiError", "invalid"]

_DETAIL = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
_STATUS: Mapping[int, str] = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    415: "INVALID_ARGUMENT",
    421: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
"""Google's names (google.rpc.Code) for the statuses that we answer with."""


_INVALID, _OTHER = "INVALID_REQUEST", "ERROR_TYPE_UNSPECIFIED"


class ApiError(Exception):
    """A refusal, with the status that says whose fault it is.

    `kind` is one of Perspective's error types; `details` come beside it. `headers` go with the
    answer.
    """

    def __init__(
        self,
        code: int,
        message: str,
        kind: str = "",
        *,
        details: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.kind = kind or (_OTHER if code >= 500 or code in {401, 403, 429} else _INVALID)
        self.details = dict(details or {})
        self.headers = dict(headers or {})

    def as_json(self) -> dict[str, object]:
        """Return the body of the answer."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "status": _STATUS.get(self.code, "UNKNOWN"),
                "details": [{"@type": _DETAIL, "errorType": self.kind, **self.details}],
            }
        }

    def response(self) -> Response:
        """Return the whole answer."""
        from starlette.responses import JSONResponse

        return JSONResponse(self.as_json(), self.code, headers=self.headers)


def invalid(message: str) -> ApiError:
    """Return the refusal of a request that is not written as it should be."""
    return ApiError(400, message)
