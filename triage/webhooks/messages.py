"""What is sent: the body of a message, and the headers that prove by whom and when.

Signatures are those of Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks,
spec/standard-webhooks.md): HMAC-SHA256, symmetric, scheme `v1`.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Collection
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from secrets import token_bytes, token_hex

from triage.domain.webhooks import PING, Event, Extra

__all__ = ["body_of", "headers_of", "new_secret", "ping"]

_PREFIX = "whsec_"
_SECRET_BYTES = 32  # the specification asks for 24 to 64


def new_secret() -> str:
    """Return a secret to sign with, as receivers' libraries take it."""
    return _PREFIX + b64encode(token_bytes(_SECRET_BYTES)).decode()


def body_of(event: Event, extras: Collection[Extra]) -> bytes:
    """Return the body that tells of an event, the same whenever it is made."""
    beside = {one.value: event.extras[one] for one in Extra if one in extras}
    return _body(event.id, event.type, event.at, {**event.data, **beside})


def ping(at: datetime) -> tuple[str, bytes]:
    """Return the id and the body of a message that tells nothing."""
    name = f"msg_{token_hex(16)}"
    return name, _body(name, PING, at, {})


def headers_of(message_id: str, body: bytes, secret: str, at: datetime) -> dict[str, str]:
    """Return the headers of one try at a moment: each is signed anew, under the same id."""
    seconds = str(int(at.timestamp()))
    key = b64decode(secret.removeprefix(_PREFIX))
    signed = digest(key, f"{message_id}.{seconds}.".encode() + body, sha256)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{b64encode(signed).decode()}",
    }


def _body(message_id: str, kind: str, at: datetime, data: dict[str, object]) -> bytes:
    moment = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    # ASCII: half a character of a broken text would else have no bytes.
    whole = {"id": message_id, "type": kind, "timestamp": moment, "data": data}
    return json.dumps(whole, separators=(",", ":")).encode("ascii")
