"""One try: where it may go, and what the receiver's answer means."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.urls import split_url
from triage.domain.webhooks import Webhook
from triage.errors import UsageError
from triage.sending.addresses import Lookup, looked_up, public_among
from triage.sending.answers import Answer, NoAnswer, one_line
from triage.sending.line import Line
from triage.webhooks.messages import headers_of

__all__ = ["TIMEOUT", "Fate", "Outcome", "check_receiver", "line_to", "send"]

TIMEOUT = 15.0
"""Seconds for a whole answer, as the specification advises (15 to 30)."""
_READ = 4_096  # bytes of an answer: nothing hangs on what it says
_SAID = 120  # characters of it in an error


class Fate(StrEnum):
    """What became of a try."""

    DELIVERED = "delivered"
    FAILED = "failed"
    REFUSED = "refused"
    """For good: the receiver wants no more messages."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try, why, and for how many seconds the receiver wants to be left alone."""

    fate: Fate
    why: str = ""
    seconds_asked: float = 0.0


def check_receiver(hook: Webhook, private_hosts: Collection[str]) -> None:
    """Raise UsageError for a receiver to whom messages would go in the clear."""
    if _in_the_clear(hook, private_hosts):
        raise UsageError(
            f"{hook.shown_url} is plain HTTP, for everybody on the way to read and alter: use "
            f"https, or add {hook.host} to TRIAGE_WEBHOOK_HOSTS where the way is your own"
        )


def line_to(
    hook: Webhook,
    private_hosts: Collection[str],
    *,
    lookup: Lookup = looked_up,
    timeout: float = TIMEOUT,
) -> Line:
    """Return the line to a receiver: to public addresses, or to a host that is known as one's own.

    Redirects are not followed and proxies not asked: either could lead anywhere.
    """

    def checked(host: str, port: int, seconds: float) -> list[str]:
        if _in_the_clear(hook, private_hosts):  # it was named when it was added, and is no more
            raise NoAnswer("nothing is sent over plain HTTP to a host that is not one's own")
        found = list(lookup(host, port, seconds))
        return found if hook.host in private_hosts else public_among(found)

    return Line(
        hook.url,
        {"User-Agent": "triage"},
        timeout,
        addresses=checked,
        most=_READ,
        cut=True,
    )


def send(line: Line, secret: str, message_id: str, body: bytes, at: datetime) -> Outcome:
    """Try once to deliver a message, and return what became of it."""
    try:
        answer = line.post(body, headers_of(message_id, body, secret, at))
    except NoAnswer as error:
        return Outcome(Fate.FAILED, str(error))
    if 200 <= answer.status < 300:
        return Outcome(Fate.DELIVERED)
    why = _refusal(answer)
    if answer.status == 410:
        return Outcome(Fate.REFUSED, why)
    # The rest is tried again, 4xx too: a wrong secret, path or deployment there is mended in hours,
    # and what was decided meanwhile should arrive then.
    return Outcome(Fate.FAILED, why, answer.seconds_asked(at))


def _in_the_clear(hook: Webhook, private_hosts: Collection[str]) -> bool:
    """Whether messages would go over plain HTTP to a host that is not known as one's own."""
    return split_url(hook.url).scheme == "http" and hook.host not in private_hosts


def _refusal(answer: Answer) -> str:
    why = f"HTTP {answer.status}"
    if 300 <= answer.status < 400:
        return f"{why}: it points to another address, and nothing is sent on"
    said = one_line(answer.body.decode("utf-8", "replace"), _SAID)
    return f"{why}: {said}" if said else why
