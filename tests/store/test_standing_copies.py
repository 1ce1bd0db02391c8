"""Groups of near copies, whatever happens: decided, skipped, taken back and edited, by two people.

What the desk tells of groups, verdicts and the queue is held against a log kept beside it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from tests.emptied import empty_store
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Decision, Verdict, current_decision
from triage.domain.entries import Seen
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError
from triage.review.desk import Desk
from triage.store.schema import standing

START = datetime(2026, 1, 1, tzinfo=UTC)
COMPACT = ScorerInfo("compact", "1", (Label.TOXICITY, Label.THREAT))
WAVE = "Vote against the new bridge on Sunday, or our river will never be the same again"
ALIKE = (WAVE, WAVE.upper(), WAVE + ", Ms Mayor")
THREAT = WAVE + ", mind you"  # alike, and yet another matter: it reaches another threshold
OTHER = "Nobody asked the people who live there before the works began last spring"
TEXTS = (*ALIKE, THREAT, OTHER)

names = st.sampled_from([f"c{number}" for number in range(5)])
people = st.sampled_from(["ada", "bob"])
verdicts = st.sampled_from(Verdict)
texts = st.sampled_from(TEXTS)


def labels(text: str) -> set[Label]:
    """Return the labels whose thresholds a text's scores reach."""
    return {Label.TOXICITY, Label.THREAT} if text == THREAT else {Label.TOXICITY}


def together(one: str, other: str) -> bool:
    """Whether two texts may share a verdict."""
    return one == other or (OTHER not in (one, other) and labels(one) == labels(other))


class CopiesMachine(RuleBasedStateMachine):
    """Keeps the texts, the decisions and the skips in plain lists beside the store."""

    @initialize(shown=st.lists(texts, min_size=3, max_size=5))
    def open(self, shown: list[str]) -> None:
        self.store = empty_store()
        ticks = count()
        self.desk = Desk(self.store, lambda: START + timedelta(seconds=next(ticks)))
        self.texts = {f"c{number}": text for number, text in enumerate(shown)}
        self.log: list[Decision] = []
        self.skips: dict[str, list[list[str]]] = {"ada": [], "bob": []}
        self.held: dict[str, tuple[Seen, list[Seen]]] = {}
        self._import()
        rows = [(text, Scores(dict.fromkeys(labels(text), 0.9))) for text in TEXTS]
        both = (Threshold(Label.TOXICITY, 0.5), Threshold(Label.THREAT, 0.5))
        self.store.policies.save(Policy("p", 1, both, START, "lea"))
        self.store.panel.set(dict.fromkeys(COMPACT.labels, (COMPACT.key, COMPACT.version)))
        self.store.threads.save([Thread("all", comments=_all_texts())])
        self.store.scores.save(COMPACT, [(text_digest(text), one) for text, one in rows])
        for entry in list(self.store.comments.stream()):
            if entry.comment.thread_id == "all":  # they are there for their texts' scores alone
                made = self.desk.decide([entry.seen], Verdict.APPROVE, reviewer="lea")
                self.log += made

    def _import(self) -> None:
        members = (Comment(name, "t", text, int(name[1:])) for name, text in self.texts.items())
        self.store.threads.save([Thread("t", comments=tuple(members))])

    @rule(name=names, text=texts)
    def edit(self, name: str, text: str) -> None:
        if name in self.texts:
            self.texts[name] = text
            self._import()

    @rule(name=names, who=people)
    def look(self, name: str, who: str) -> None:
        if name not in self.texts:
            return
        item = self.desk.item(name)
        alike = {one.comment_id for one in item.copies}
        if self.in_force(name) is None:
            assert alike == {
                other
                for other in self.texts
                if other != name
                and self.in_force(other) is None
                and together(self.texts[name], self.texts[other])
            }
        else:
            assert alike == set(), "a verdict on what is decided is for it alone"
        self.held[who] = (item.entry.seen, [one.seen for one in item.copies])

    @rule(who=people, verdict=verdicts, alone=st.booleans())
    def decide(self, who: str, verdict: Verdict, alone: bool) -> None:
        """Decide what was looked at some time ago: others may have been faster."""
        if who not in self.held:
            return
        read, copies = self.held[who]
        fresh = [one for one in copies if not alone and self.is_as(one)]
        try:
            made = self.desk.decide([read], verdict, reviewer=who, copies=() if alone else copies)
        except ConflictError:
            assert not self.is_as(read)
            return
        assert self.is_as(read)
        assert [one.comment_id for one in made] == [one.comment_id for one in [read, *fresh]], (
            "what changed meanwhile is left out"
        )
        assert [one.looked for one in made] == [True, *[False] * len(fresh)]
        assert len({one.batch for one in made}) == 1
        self.log += made

    @rule(who=people, alone=st.booleans())
    def skip(self, who: str, alone: bool) -> None:
        if who not in self.held:
            return
        read, copies = self.held[who]
        self.desk.skip(read.comment_id, who, copies=() if alone else copies)
        along = sorted(
            one.comment_id
            for one in copies
            if not alone and one.text_sha256 == text_digest(self.texts[one.comment_id])
        )
        self.skips[who].append([read.comment_id, *along])

    @rule(who=people)
    def take_the_last_skip_back(self, who: str) -> None:
        listed = self.store.skips.recent(who)
        acts = [(one.made.comment_id, one.count) for one in listed]
        assert acts == [(act[0], len(act)) for act in self.skips[who][::-1]][:10]
        if listed:
            assert self.desk.unskip(listed[0].skip) == len(self.skips[who].pop())

    @rule(who=people)
    def undo(self, who: str) -> None:
        undone = self.desk.undo(who)
        logged = [one.decision for one in self.store.decisions.log()]
        rows = logged[len(self.log) :]
        assert {one.undoes for one in rows} == {one.id for one in undone}
        assert len({one.batch for one in undone}) <= 1, "an act at a time, and all of it"
        assert all(one.reviewer == who for one in undone)
        self.log += rows

    @rule()
    def rebuild(self) -> None:
        before = self.read_model()
        self.store.rebuild()
        assert self.read_model() == before

    @invariant()
    def what_is_told_follows_from_the_log(self) -> None:
        if not hasattr(self, "store"):
            return
        assert [logged.decision for logged in self.store.decisions.log()] == self.log
        for name in self.texts:
            entry, decision = self.store.comments.get(name), self.in_force(name)
            assert entry.decision_id == (decision.id if decision else None)
            assert entry.verdict == (decision.verdict if decision else None)
            assert entry.pending == (decision is None)

    @rule(who=people)
    def walk(self, who: str) -> None:
        """Go through the whole queue: all that waits is in it, and what was skipped comes last."""
        waits = [name for name in sorted(self.texts) if self.in_force(name) is None]
        order = [name for act in self.skips[who] for name in act]
        last = {name: place for place, name in enumerate(order)}
        skipped = sorted((name for name in waits if name in last), key=last.__getitem__)
        walked: list[str] = []
        while (step := self.store.queue.next(who, walked[-1] if walked else None)) is not None:
            walked.append(step)
            assert len(walked) <= len(waits)
        assert walked[len(waits) - len(skipped) :] == skipped
        assert set(walked) == set(waits)

    def in_force(self, name: str) -> Decision | None:
        digest = text_digest(self.texts[name])
        about = [one for one in self.log if (one.comment_id, one.text_sha256) == (name, digest)]
        return current_decision(about)

    def is_as(self, seen: Seen) -> bool:
        """Whether a comment is still what somebody saw."""
        now = self.in_force(seen.comment_id)
        same_text = seen.text_sha256 == text_digest(self.texts[seen.comment_id])
        return same_text and seen.decision_id == (now.id if now else None)

    def read_model(self) -> list[dict[str, object]]:
        with self.store._database.read() as connection:
            rows = connection.execute(select(standing).order_by(standing.c.comment_pk))
            return [dict(row) for row in rows.mappings()]


def _all_texts() -> tuple[Comment, ...]:
    return tuple(Comment(f"all-{n}", "all", text, n) for n, text in enumerate(TEXTS))


TestCopies = CopiesMachine.TestCase
TestCopies.settings = settings(
    max_examples=8,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
