"""The courier: claims messages, sends them, and notes what became of each."""

from __future__ import annotations

import logging
import random
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from threading import Event as Signal
from threading import Lock

from triage.domain.checks import utc_now
from triage.domain.webhooks import PATIENCE, wait_after
from triage.logs import LogLevel, note
from triage.sending.addresses import Lookup, looked_up
from triage.sending.line import Line
from triage.store import Claimed, Store
from triage.webhooks.messages import body_of
from triage.webhooks.sending import TIMEOUT, Fate, Outcome, line_to, send

__all__ = ["EACH", "POLL_SECONDS", "Courier", "Round"]

POLL_SECONDS = 1.0
"""Between two rounds, unless one was full: what is decided meanwhile costs few writes then."""
EACH = 10
"""Messages of one webhook that are claimed at a time."""
_SENDING = timedelta(seconds=20)
"""For how long one webhook's are sent in a round: what is left then waits for the next."""
_ENDING = 4 * timedelta(seconds=TIMEOUT)
"""How long after that what is claimed is nobody else's: until the last try has surely ended."""
_AT_ONCE = 16  # receivers, a thread for each
_LOG = logging.getLogger("triage.webhooks")


@dataclass(frozen=True, slots=True)
class Round:
    """What one round came to, in messages; `tried` are those whose fate is known.

    `full` where a webhook had more than there was time for: they are due at once.
    """

    tried: int = 0
    delivered: int = 0
    failed: int = 0
    full: bool = False

    def __add__(self, other: Round) -> Round:
        return Round(
            self.tried + other.tried,
            self.delivered + other.delivered,
            self.failed + other.failed,
            self.full or other.full,
        )


class Courier:
    """Delivers what webhooks are to be told; there may be many, in threads and processes.

    `private_hosts` may have private addresses. `chance` draws from [0, 1) and `lookup` finds
    addresses: tests hand in their own, and a `clock`. `timeout` is in seconds, for a whole try.
    """

    def __init__(
        self,
        store: Store,
        private_hosts: Collection[str] = (),
        *,
        clock: Callable[[], datetime] = utc_now,
        chance: Callable[[], float] = random.random,
        lookup: Lookup = looked_up,
        timeout: float = TIMEOUT,
    ) -> None:
        self._store = store
        self._private_hosts = private_hosts
        self._clock = clock
        self._chance = chance
        self._lookup, self._timeout = lookup, timeout
        self._stopped = Signal()
        self._lines: set[Line] = set()
        self._lock = Lock()

    def stop(self) -> None:
        """Send nothing more and hang up: what was under way is due again at once."""
        with self._lock:
            self._stopped.set()
            for line in self._lines:
                line.hang_up()

    def round(self) -> Round:
        """Deliver what is due, for some seconds, and return what it came to."""
        now = self._clock()
        deliveries = self._store.deliveries
        if self._stopped.is_set() or not deliveries.due(now):
            return Round()
        end = now + _SENDING
        claimed = deliveries.claim(now, end + _ENDING, EACH)
        portions = [list(own) for _, own in groupby(claimed, key=attrgetter("hook_pk"))]
        if not portions:
            return Round()
        pool = ThreadPoolExecutor(min(_AT_ONCE, len(portions)), thread_name_prefix="webhook")
        try:
            done = list(pool.map(lambda own: self._deliver(own, end), portions))
        except (KeyboardInterrupt, SystemExit):
            self.stop()
            raise
        finally:
            pool.shutdown()
        total = sum(done, Round())
        note(
            _LOG,
            "deliveries",
            tried=total.tried,
            delivered=total.delivered,
            failed=total.failed,
            seconds=round((self._clock() - now).total_seconds(), 4),
        )
        return total

    def _deliver(self, own: list[Claimed], end: datetime) -> Round:
        """Send one webhook's messages, the next portion when one is done, while there is time.

        So no receiver waits for a slow one, whose portion takes as long as the round.
        """
        done = Round()
        with self._line(own[0]) as line:
            while own:
                some = self._deliver_portion(line, own, end)
                done = replace(done + some, full=some.full)
                now = self._clock()
                if not some.full or now >= end or self._stopped.is_set():
                    return done
                own = self._store.deliveries.claim(now, end + _ENDING, EACH, own[0].hook_pk)
        return replace(done, full=False)

    def _deliver_portion(self, line: Line, own: Sequence[Claimed], end: datetime) -> Round:
        """Send some messages in turn, while there is time and their receiver answers.

        What arrived is noted together: a write for each would keep the reviewers' own waiting.
        """
        done, deliveries = Round(full=len(own) == EACH), self._store.deliveries
        left, arrived, in_a_row = deque(own), list[Claimed](), 0
        try:
            while left and self._clock() < end:
                outcome = self._tried(line, left[0]) if deliveries.still_wanted(left[0]) else None
                if outcome is None:
                    done = replace(done, full=False)
                    break
                one = left.popleft()
                if outcome.fate is Fate.DELIVERED:
                    arrived.append(one)
                    in_a_row = 0
                    continue
                done += self._note_arrived(arrived)  # first: a receiver is as well as it was last
                arrived.clear()
                done += self._note_failed(one, outcome)
                in_a_row += 1
                if outcome.fate is Fate.REFUSED or in_a_row == PATIENCE:
                    done = replace(done, full=False)
                    break
        finally:  # whatever happened meanwhile, what arrived is not sent again
            done += self._note_arrived(arrived)
        deliveries.put_back(left, self._clock())
        return done

    def _tried(self, line: Line, one: Claimed) -> Outcome | None:
        """Send a message; None where the courier was stopped, and nobody knows what came of it."""
        if self._stopped.is_set():
            return None
        try:
            body = body_of(one.event, one.hook.extras)
            outcome = send(line, one.secret, one.event.id, body, self._clock())
        except Exception as error:  # noqa: BLE001 - a fault about one keeps no other from arriving
            note(
                _LOG,
                "a message failed",
                level=LogLevel.ERROR,
                error=error,
                message=one.event.id,
                hook=one.hook.name,
            )
            outcome = Outcome(Fate.FAILED, "something went wrong here; the server's log tells what")
        hung_up = self._stopped.is_set() and outcome.fate is Fate.FAILED
        return None if hung_up else outcome

    def _note_arrived(self, ones: Sequence[Claimed]) -> Round:
        self._store.deliveries.delivered(ones, self._clock())
        return Round(len(ones), delivered=len(ones))

    def _note_failed(self, one: Claimed, outcome: Outcome) -> Round:
        now, deliveries = self._clock(), self._store.deliveries
        if outcome.fate is Fate.REFUSED:
            deliveries.refused_for_good(one, now, outcome.why)
        else:
            wait = wait_after(one.attempts, self._chance(), outcome.seconds_asked)
            deliveries.failed(one, now, outcome.why, wait)
        return Round(1, failed=1)

    @contextmanager
    def _line(self, one: Claimed) -> Iterator[Line]:
        hosts = self._private_hosts
        with line_to(one.hook, hosts, lookup=self._lookup, timeout=self._timeout) as line:
            with self._lock:
                self._lines.add(line)
            try:
                yield line
            finally:
                with self._lock:
                    self._lines.discard(line)
