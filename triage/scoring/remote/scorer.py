"""A scorer on another machine: whom it asks, under which version, and what a run of it gave."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from hashlib import sha256
from threading import Event, Lock

from triage.domain.remotes import Filled, Remote, RemoteKind
from triage.domain.scores import ScorerInfo, Scores
from triage.errors import ScorerError
from triage.scoring.batching import score_distinct
from triage.scoring.remote.asking import Asker, line_to
from triage.scoring.remote.health import Failed, Health
from triage.scoring.remote.pace import Pace

__all__ = ["RemoteScorer", "how_to_set_up", "info_of"]

_CODE = "1"


def info_of(remote: Remote) -> ScorerInfo:
    """Return what is known of a remote scorer without asking it."""
    made_of = {
        "code": _CODE,
        "kind": remote.kind,
        "url": remote.url,
        "model_version": remote.model_version,
        "labels": {label: list(place) for label, place in remote.labels.items()},
        "places": [list(remote.text), list(remote.texts), list(remote.results)],
        "body": dict(remote.body),
        # Of others it is only which texts they are asked about: what they said of those stays true.
        "languages": list(remote.languages) if remote.kind is RemoteKind.PERSPECTIVE else [],
        "headers": _shapes(remote.headers),
        "query": _shapes(remote.query),
    }
    says = f"{remote.description}; " if remote.description else ""
    return ScorerInfo(
        key=remote.key,
        version=sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:16],
        labels=tuple(remote.labels),
        description=f"{says}over HTTP: comment texts are sent to {remote.host}",
        details={
            "url": remote.url,
            "kind": remote.kind.value,
            "model_version": f"{remote.model_version}, as stated by who set it up; the far side "
            "can change without notice",
        },
        languages=remote.languages,
    )


def _shapes(values: Mapping[str, Filled]) -> dict[str, str]:
    """Return what is sent beside the texts, without the keys and the variables they come from."""
    return {name: re.sub(r"\$\{\w+\}", "${}", one.template) for name, one in values.items()}


def how_to_set_up(remote: Remote) -> str:
    """Return what a person does to make it available; empty where it is."""
    if not remote.missing:
        return ""
    names = ", ".join(remote.missing)
    return f"set {names} in the environment: its key is read from there, see docs/scorers.md"


class RemoteScorer:
    """Asks one far side for scores; an instance is one run, with one budget.

    `clock` and `sleep` count seconds and `chance` draws from [0, 1): tests hand in their own.
    Raises ScorerError where a variable that holds its key is not set.
    """

    def __init__(
        self,
        remote: Remote,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        if remote.missing:
            raise ScorerError(f"{remote.key} cannot be used: {how_to_set_up(remote)}")
        self._remote = remote
        self._stop = Event()
        self._sleep = sleep or self._stop.wait
        self._chance = chance
        self._pace = Pace(remote.requests_per_second, remote.budget, clock=clock, sleep=self._sleep)
        self._health = Health()
        self._lock = Lock()

    @cached_property
    def info(self) -> ScorerInfo:
        """Key, version and labels; nothing is asked."""
        return info_of(self._remote)

    def score(self, texts: Sequence[str]) -> list[Scores]:
        """Return one Scores per text, in order; every text is sent to the far side as it is.

        One that is too long to be sent, refused or answered amiss is not scored and says why.
        Raises ScorerError where the far side has not answered one request of this run.
        """
        return score_distinct(texts, self._rate)

    def _rate(self, texts: list[str]) -> list[Scores]:
        remote = self._remote
        too_long = Scores(not_scored=f"longer than the {remote.characters:,} characters to send")
        sent = [text for text in texts if len(text) <= remote.characters]
        with self._lock:
            outcomes = dict(zip(sent, self._asked(sent), strict=True))
        failed = [one for one in outcomes.values() if isinstance(one, Failed) and one.tried]
        if failed and not self._health.answered:
            raise ScorerError(self._complaint(failed[0].why))
        return [self._said(outcomes.get(text, too_long)) for text in texts]

    def _said(self, outcome: Scores | Failed) -> Scores:
        if isinstance(outcome, Scores):
            return outcome
        return Scores(not_scored=outcome.why, later=self._health.may_pass(outcome))

    def _asked(self, texts: list[str]) -> list[Scores | Failed]:
        """Return what became of each text. An interruption ends what is under way, too."""
        remote = self._remote
        groups = [texts[at : at + remote.batch] for at in range(0, len(texts), remote.batch)]
        self._stop.clear()
        with line_to(remote) as line:
            asker = Asker(
                *(remote, line, self._pace, self._health),
                stop=self._stop,
                sleep=self._sleep,
                chance=self._chance,
            )
            pool = ThreadPoolExecutor(remote.parallel, thread_name_prefix=remote.key)
            try:
                return [one for found in pool.map(asker.ask, groups) for one in found]
            finally:
                self._stop.set()
                line.hang_up()
                pool.shutdown(cancel_futures=True)

    def _complaint(self, why: str) -> str:
        remote = self._remote
        key = " and its key" if remote.secrets else ""
        return (
            f"{remote.key} gave no scores at all: {remote.host}: {why}. Check [{remote.name}] in "
            f"the file that TRIAGE_REMOTE names{key}, and that the host can be reached from here"
        )
