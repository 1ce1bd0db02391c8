"""Whatever happens in any order: which appeal waits, and for whom, is what the domain says."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import cache
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import delete

from triage.domain.appeals import Appeal, AppealStatus, decided_before
from triage.domain.comments import Comment, Thread
from triage.domain.decisions import Decision, Verdict, taken_back
from triage.errors import ConflictError, UsageError
from triage.store import Store
from triage.store.schema import metadata

NOW = datetime(2026, 1, 1, tzinfo=UTC)
people = st.sampled_from(["ada", "bob", "cy"])


@cache
def _shared_store() -> tuple[Store, tempfile.TemporaryDirectory[str]]:
    folder = tempfile.TemporaryDirectory(prefix="triage-appeals-")
    return Store.open(f"sqlite:///{folder.name}/triage.db"), folder


class AppealMachine(RuleBasedStateMachine):
    """One comment, three reviewers, edits and undos, and somebody who objects to everything."""

    @initialize()
    def open(self) -> None:
        self.store, _ = _shared_store()
        with self.store._database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
        self.numbers = count(1)
        self.edit("one")
        self.decide("ada", Verdict.REJECT)

    @rule(text=st.sampled_from(["one", "two"]))
    def edit(self, text: str) -> None:
        self.store.threads.save([Thread("t", comments=(Comment("a", "t", text),))])

    @rule(by=people, verdict=st.sampled_from(Verdict))
    def decide(self, by: str, verdict: Verdict) -> None:
        entry, log = self.store.comments.get("a"), self.store.decisions.of("a")
        barred = entry.appeal_id is not None and decided_before(log, entry.text_sha256, by)
        name = f"d{next(self.numbers)}"
        made = Decision(name, "a", entry.text_sha256, verdict, by, NOW)
        try:
            (kept,) = self.store.decisions.decide([(entry.seen, made)])
        except UsageError:
            assert barred
            return
        assert not barred
        assert (kept.via == "appeal") == (entry.appeal_id is not None)
        if entry.appeal_id is not None:
            status = self.store.appeals.get(entry.appeal_id).status
            assert (status is AppealStatus.OPEN) == (verdict is Verdict.ESCALATE)

    @rule(by=people)
    def undo(self, by: str) -> None:
        self.store.decisions.undo_last(by, NOW)

    @rule()
    def object_to_it(self) -> None:
        entry = self.store.comments.get("a")
        final = entry.verdict in {Verdict.APPROVE, Verdict.REJECT}
        before = {one.first.id for one in self.store.appeals.of("a")}
        against = entry.decision_id or "none"
        name = f"a{next(self.numbers)}"
        try:
            self.store.appeals.add(Appeal(name, "a", against, "no", NOW, "blog"))
        except (ConflictError, UsageError):
            assert entry.appeal_id is not None or not final or against in before
            return
        assert final
        assert self.store.comments.get("a").appeal_id == name

    @rule()
    def rebuild(self) -> None:
        before = self.store.comments.get("a")
        self.store.rebuild()
        assert self.store.comments.get("a") == before

    @invariant()
    def it_waits_for_whoever_has_had_no_say_as_long_as_an_appeal_is_open(self) -> None:
        if not hasattr(self, "store"):
            return
        entry, log = self.store.comments.get("a"), self.store.decisions.of("a")
        found = self.store.appeals.of("a")
        waiting = [one.appeal.id for one in found if one.status is AppealStatus.OPEN]
        assert entry.appeal_id == (waiting[-1] if waiting else None)
        assert entry.pending == bool(waiting), "nothing else asks for a review here"
        assert self.store.appeals.waiting() == bool(waiting)
        undone, order = taken_back(log), [one.id for one in log]
        open_ones = {one.appeal.id: one.first.id for one in found}
        since = order.index(open_ones[waiting[-1]]) if waiting else 0
        for who in ("ada", "bob", "cy"):
            said = any(
                one.reviewer == who
                and one.verdict is not None
                and (one.verdict is not Verdict.ESCALATE or order.index(one.id) > since)
                and one.text_sha256 == entry.text_sha256
                and one.id not in undone
                for one in log
            )
            handed = self.store.queue.next(who) == "a"
            assert handed == (bool(waiting) and not said)
            counts = self.store.queue.progress(who, NOW)
            assert (counts.pending, counts.flagged) == (int(handed), int(handed))


AppealMachine.TestCase.settings = settings(
    max_examples=8, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAppealMachine = AppealMachine.TestCase
