"""Verbs about webhooks: who is told of what happens here, and what did not arrive."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from triage.domain.webhooks import Added, DeadLetter, EventType, Extra, HookState, Webhook
from triage.errors import UsageError
from triage.webhooks.courier import POLL_SECONDS, Courier, Round
from triage.webhooks.messages import new_secret, ping
from triage.webhooks.sending import Fate, check_receiver, line_to, send
from triage.workbench.parts import Parts

__all__ = ["POLL_SECONDS", "Courier", "Round", "Telling"]

_SET_UP = "set up webhooks"


class Telling(Parts):
    """Webhooks are added, watched and removed, and deliver."""

    def add_webhook(
        self,
        url: str,
        by: str,
        *,
        name: str = "",
        events: Iterable[EventType] = tuple(EventType),
        extras: Iterable[Extra] = (),
    ) -> Added:
        """Tell a receiver of what happens from now on; its name is that of its host unless given.

        Its secret is in what is returned, and is not shown again. Raises UsageError for whoever is
        no lead, and for a receiver that cannot be one, ConflictError where the name is taken.
        """
        self.leads_only(by, _SET_UP)
        try:
            known = Webhook("x", url, frozenset(events), frozenset(extras), self._clock(), by)
            hook = replace(known, name=name or known.host)
        except ValueError as error:
            raise UsageError(str(error)) from error
        check_receiver(hook, self.settings.webhook_hosts)
        secret = new_secret()
        self.store.webhooks.add(hook, secret)
        return Added(hook, secret)

    def webhooks(self) -> list[HookState]:
        """Return every webhook and how it goes with it, by name."""
        return self.store.webhooks.states()

    def switch_webhook(self, name: str, by: str, *, active: bool) -> None:
        """Disable a webhook, or enable it again: what happened meanwhile is then told.

        Raises UsageError for whoever is no lead, NotFoundError for an unknown name.
        """
        self.leads_only(by, _SET_UP)
        self.store.webhooks.switch(name, active=active)

    def remove_webhook(self, name: str, by: str) -> None:
        """Forget a webhook, and what waits for it. Raises as `switch_webhook` does."""
        self.leads_only(by, _SET_UP)
        self.store.webhooks.remove(name)

    def ping_webhook(self, name: str) -> str:
        """Send a message that tells nothing; return why it did not arrive, or an empty string.

        Where it arrived, what waits for that receiver is sent at once. Raises NotFoundError for an
        unknown name.
        """
        hook, secret = self.store.webhooks.get(name)
        now = self._clock()
        with line_to(hook, self.settings.webhook_hosts) as line:
            outcome = send(line, secret, *ping(now), now)
        if outcome.fate is not Fate.DELIVERED:
            return outcome.why
        self.store.webhooks.answers_well(name)
        return ""

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """Return the latest messages that were given up, the latest first."""
        return self.store.deliveries.dead(limit)

    def retry_dead(self, numbers: Collection[int] | None, by: str) -> int:
        """Let messages that were given up be tried anew; return how many. None: all.

        Raises UsageError for whoever is no lead, NotFoundError for a number that is none of them.
        """
        self.leads_only(by, _SET_UP)
        return self.store.deliveries.retry(numbers, self._clock())

    def let_dead_go(self, numbers: Collection[int] | None, by: str) -> int:
        """Forget messages that were given up; return how many. Raises as `retry_dead` does."""
        self.leads_only(by, _SET_UP)
        return self.store.deliveries.let_go(numbers)

    def tells_anybody(self) -> bool:
        """Return whether there is a webhook that is not disabled."""
        return self.store.webhooks.any_active()

    def courier(self) -> Courier:
        """Return who delivers what webhooks are to be told; any number may, in any processes."""
        return Courier(self.store, self.settings.webhook_hosts, clock=self._clock)
