"""Whatever several reviewers do, in any order: no two of them have one comment from the queue."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Verdict
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.review.desk import Desk
from triage.review.turns import Turns
from triage.store import Store

START = datetime(2026, 11, 22, 9, tzinfo=UTC)
LEASE = timedelta(minutes=5)
SCORER = ScorerInfo("test", "1", (Label.INSULT,))
COMMENTS = 5
WHO = st.sampled_from(["ana", "bea", "cem"])


class Desks(RuleBasedStateMachine):
    """Three reviewers on one database, against a model of who was handed what and when."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(f"sqlite:///{Path(self.folder.name) / 'desk.db'}")
        texts = [f"text {number}" for number in range(COMMENTS)]
        members = [Comment(str(n), "t", text, n) for n, text in enumerate(texts)]
        self.store.threads.save([Thread("t", comments=tuple(members))])
        self.store.policies.save(Policy("p", 1, (Threshold(Label.INSULT, 0.5),), START, "lead"))
        self.store.panel.set({Label.INSULT: (SCORER.key, SCORER.version)})
        rows = [(text_digest(text), Scores({Label.INSULT: 0.9})) for text in texts]
        self.store.scores.save(SCORER, rows)
        self.now = START
        self.turns = Turns(self.store, lambda: self.now, LEASE)
        self.desk = Desk(self.store, lambda: self.now)
        self.has: dict[tuple[str, str], datetime] = {}  # (comment, reviewer) -> until, at most
        self.at: dict[str, str] = {}

    def handed(self, who: str, found: str | None) -> None:
        if found is not None:
            others = [w for (c, w), until in self.has.items() if c == found and until > self.now]
            assert set(others) <= {who}, f"{who} was handed {found}, which {others} has"
            assert self.store.comments.get(found).pending
            self.has[found, who] = self.now + LEASE
            self.at[who] = found

    @rule(who=WHO)
    def take_the_next(self, who: str) -> None:
        self.handed(who, self.turns.next_of_all(who, self.at.get(who)))

    @rule(who=WHO)
    def look_back(self, who: str) -> None:
        if who in self.at:
            self.handed(who, self.turns.previous(who, self.at[who]))

    @rule(who=WHO, number=st.integers(0, COMMENTS - 1))
    def open_a_link(self, who: str, number: int) -> None:
        claim = self.turns.hold(str(number), who)
        assert claim is not None
        assert claim.until > self.now
        if claim.reviewer == who:
            others = {
                w for (c, w), until in self.has.items() if until > self.now and c == str(number)
            }
            assert others <= {who}
            self.has[str(number), who] = claim.until
        else:
            assert self.has[str(number), claim.reviewer] >= claim.until

    @rule(who=WHO)
    def decide(self, who: str) -> None:
        if who in self.at and self.store.comments.get(self.at[who]).pending:
            seen = self.store.comments.get(self.at[who]).seen
            self.desk.decide([seen], Verdict.REJECT, reviewer=who)
            self.has = {key: one for key, one in self.has.items() if key[0] != self.at[who]}

    @rule(who=WHO)
    def skip(self, who: str) -> None:
        if who in self.at:
            self.desk.skip(self.at[who], who)
            self.has.pop((self.at[who], who), None)

    @rule(who=WHO)
    def undo(self, who: str) -> None:
        self.desk.undo(who)

    @rule(who=WHO)
    def leave(self, who: str) -> None:
        mine = [comment for comment, reviewer in self.has if reviewer == who]
        self.turns.release(mine, who)
        self.has = {key: one for key, one in self.has.items() if key[1] != who}

    @rule(minutes=st.integers(1, 4))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def every_claim_is_one_that_was_handed_out(self) -> None:
        if hasattr(self, "store"):
            for claim in self.store.claims.standing(self.now):
                assert self.has[claim.comment_id, claim.reviewer] >= claim.until

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


TestDesks = Desks.TestCase
TestDesks.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
