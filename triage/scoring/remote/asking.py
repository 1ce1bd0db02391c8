"""Asking for a few texts: the turn, the try, the retries, and what a refusal means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from urllib.parse import urlencode, urlsplit, urlunsplit

from triage.domain.remotes import Remote
from triage.domain.scores import Scores
from triage.scoring.remote.health import Failed, Health
from triage.scoring.remote.pace import Pace
from triage.scoring.remote.wire import Malformed, about_the_text, read_scores, request_body, said
from triage.sending.answers import Answer, NoAnswer
from triage.sending.line import Line

__all__ = ["Asker", "line_to"]

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
"""Seconds before the first retry and, doubled each time, before any."""
_LONGEST_ASKED = 120.0
"""Seconds that a Retry-After may ask for; what asks for more is asked by another run."""
_OF_THE_TEXT = frozenset({400, 413, 414, 422})
"""Refusals that may lie in one text."""
_OF_THE_SETTING = frozenset({401, 404, 405}).union(range(300, 400))
"""Refusals that lie in the key or the address, and come again with the next text."""
_AGAIN = frozenset({408, 425, 429}).union(range(500, 600))


class _Refused(Exception):  # noqa: N818 - never leaves this module, as the two below
    """The far side answers, and not for these texts; `surely` where it says that it is them."""

    def __init__(self, why: str, *, surely: bool = False) -> None:
        super().__init__(why)
        self.surely = surely


class _Failing(Exception):  # noqa: N818
    """The request came to nothing, whatever the texts."""


class _Over(Exception):  # noqa: N818
    """Nothing more is sent in this run."""


class Asker:
    """One run's way of asking; threads may share it.

    After `stop` is set nothing more is sent. `sleep` waits for seconds, `chance` draws from [0, 1).
    """

    def __init__(
        self,
        remote: Remote,
        line: Line,
        pace: Pace,
        health: Health,
        *,
        stop: Event,
        sleep: Callable[[float], object],
        chance: Callable[[], float],
    ) -> None:
        self._remote = remote
        self._line = line
        self._pace = pace
        self._health = health
        self._stop = stop
        self._sleep = sleep
        self._chance = chance

    def ask(self, texts: list[str]) -> list[Scores | Failed]:
        """Return what one request says of each text; a refused list is asked for in halves."""
        health = self._health
        try:
            rated = self._sent(texts)
        except _Refused as refusal:
            if len(texts) > 1:
                half = len(texts) // 2
                return [*self.ask(texts[:half]), *self.ask(texts[half:])]
            rated = [Scores(not_scored=str(refusal))]
            if refusal.surely:
                health.well()
        except _Failing as failing:
            return [health.failed(str(failing))] * len(texts)
        except _Over as over:
            return [health.untried(str(over))] * len(texts)
        if health.answered or any(one.values for one in rated):
            health.well()
            return [*rated]
        # Not one score since the run began: more likely a wrong table than a row of bad texts.
        return [health.failed(rated[0].not_scored or "")] * len(texts)

    def _sent(self, texts: list[str]) -> list[Scores]:
        """Return the answer to one request, after as many tries as are allowed."""
        body, why = request_body(self._remote, texts), ""
        for again in range(self._remote.retries + 1):
            try:
                self._await_turn()
            except _Over as over:
                if why:
                    raise _Failing(f"{why}; {over}") from None
                raise
            asked = 0.0
            try:
                answer = self._line.post(body)
            except NoAnswer as error:
                why = str(error)
            else:
                if answer.status not in _AGAIN:
                    return self._read(answer, len(texts))
                why, asked = self._refusal(answer), answer.seconds_asked(datetime.now(UTC))
            self._pace.hold(min(asked, _LONGEST_ASKED))
            if asked > _LONGEST_ASKED:
                why = f"{why}, and asks to wait for {asked:,.0f} s"
                self._health.give_up(why)
                raise _Failing(why)
            if again < self._remote.retries:
                self._back_off(again, asked)
        tries = self._remote.retries + 1
        raise _Failing(f"{why}, {tries} times over" if tries > 1 else why)

    def _await_turn(self) -> None:
        """Wait until a request may go. Raises _Over where none may any more."""
        self._check_over()
        if not self._pace.take():
            raise _Over(f"remote budget of {self._remote.budget:,} requests spent")
        self._check_over()

    def _check_over(self) -> None:
        if self._stop.is_set():
            raise _Over("the run was stopped")
        if self._health.over is not None:
            raise _Over(self._health.over)

    def _back_off(self, again: int, asked: float) -> None:
        """Wait before a retry: exponentially longer, spread out, and as long as was asked for."""
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2**again)
        self._sleep(max(asked, wait * (0.5 + self._chance() / 2)))

    def _read(self, answer: Answer, count: int) -> list[Scores]:
        if not 200 <= answer.status < 300:
            why = self._refusal(answer)
            if answer.status in _OF_THE_TEXT:
                raise _Refused(why, surely=about_the_text(answer.body))
            if answer.status in _OF_THE_SETTING and not self._health.answered:
                self._health.give_up(why)
            raise _Failing(why)
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise _Failing("its answer is compressed, which was not asked for")
        try:
            return read_scores(self._remote, answer.body, count)
        except Malformed as error:
            if error.in_whole:
                raise _Failing(str(error)) from None
            raise _Refused(str(error)) from None

    def _refusal(self, answer: Answer) -> str:
        """Return how an answer refuses, in its own words where it has some, without secrets."""
        why = f"HTTP {answer.status}"
        if 300 <= answer.status < 400:
            return f"{why}: it points to another address, and nothing is sent on"
        own = said(answer.body, self._remote.secrets)
        return f"{why}: {own}" if own else why


def line_to(remote: Remote) -> Line:
    """Return the line to a far side, with its key."""
    parts = urlsplit(remote.url)
    own = urlencode({name: one.text for name, one in remote.query.items()})
    query = "&".join(filter(None, (parts.query, own)))
    headers = {name: one.text for name, one in remote.headers.items()}
    return Line(urlunsplit(parts._replace(query=query)), headers, remote.timeout)
