"""The read model against the facts: whatever happens, it says what the domain's own rules say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)
from sqlalchemy import select

from tests.emptied import empty_store
from triage.domain.automatic import Automatic
from triage.domain.batches import ScoreRange
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import (
    DecidedBy,
    Decision,
    Flag,
    FlagSource,
    Verdict,
    current_decision,
    looked_at,
    taken_back,
)
from triage.domain.entries import Entry, Seen
from triage.domain.kindness import severe_from
from triage.domain.policy import Policy, Proposal, Route, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.domain.urgency import (
    ASKED_BY_READER,
    ASKED_BY_REVIEWER,
    UNREADABLE,
    amplified,
    waited,
)
from triage.errors import ConflictError, UsageError
from triage.review.batches import decide_batch
from triage.store import Picked
from triage.store.schema import audits, comments, standing

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LABELS = (Label.TOXICITY, Label.THREAT)
SCORERS = {
    ref: ScorerInfo(*ref, LABELS) for ref in (("compact", "1"), ("compact", "2"), ("other", "1"))
}

ids = st.sampled_from(["a", "b", "c"])
texts = st.sampled_from(["", "one", "two"])
people = st.sampled_from(["ada", "bob"])
vias = st.sampled_from(["review", "browse", "batch", "group"])
numbers = st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0])
scores = st.one_of(
    st.dictionaries(st.sampled_from(LABELS), numbers, min_size=1).map(Scores),
    st.sampled_from(["empty text", "too long"]).map(lambda why: Scores(not_scored=why)),
)
thresholds = st.lists(
    st.builds(
        Threshold, st.sampled_from(LABELS), numbers, st.sampled_from([Route.REVIEW, Route.HOLD])
    ),
    unique_by=lambda threshold: (threshold.label, threshold.route),
    max_size=4,
).map(tuple)
reaches = st.sampled_from([None, 0, 9, 10**7])
weights = st.dictionaries(st.sampled_from(LABELS), st.sampled_from([0.1, 1.0, 5.0]))
panels = st.dictionaries(st.sampled_from(LABELS), st.sampled_from(sorted(SCORERS)))


class Sampling:
    """Every comment has a third for its number, and the chance that is asked for."""

    def __init__(self, chance: float) -> None:
        self.chance = chance

    def numbers(self, ids: Sequence[str], salt: str) -> Sequence[float]:
        return [{"a": 0.3, "b": 0.1, "c": 0.6}[name] for name in ids]

    def probabilities(self, closeness: Sequence[float]) -> Sequence[float]:
        assert all(0.0 <= one <= 1.0 for one in closeness)
        return [self.chance for _ in closeness]


class StandingMachine(RuleBasedStateMachine):
    """Does anything in any order, and keeps the facts in plain lists beside the store."""

    decisions: Bundle[str] = Bundle("decisions")

    @initialize(
        shown=st.fixed_dictionaries({"a": texts, "b": texts}),
        panel=panels,
        given=st.fixed_dictionaries({"": scores, "one": scores, "two": scores}),
    )
    def open(
        self,
        shown: dict[str, str],
        panel: dict[Label, tuple[str, str]],
        given: dict[str, Scores],
    ) -> None:
        self.store = empty_store()
        self.texts: dict[str, list[str]] = {}
        self.scored: dict[tuple[str, tuple[str, str]], Scores] = {}
        self.panel: Mapping[Label, tuple[str, str]] = {}
        self.policy: Policy | None = None
        self.events: list[Decision | Flag] = []
        self.looks: dict[str, Seen] = {}
        self.reaches: dict[str, int | None] = {}
        self.chances: dict[str, float] = {}
        self.drawn: dict[str, float] = {}
        self.picked: dict[str, tuple[Picked, dict[str, str]]] = {}
        self.files: dict[str, dict[str, str]] = {}
        self.skipped: dict[str, list[str]] = {"ada": [], "bob": []}
        self.numbers = count(1)
        self.import_or_edit(shown, None)
        for ref in SCORERS:
            self.score(ref, given)
        self.choose_the_panel(panel)
        self.change_the_policy((Threshold(Label.TOXICITY, 0.5), Threshold(Label.THREAT, 0.7)), {})

    @property
    def log(self) -> list[Decision]:
        return [event for event in self.events if isinstance(event, Decision)]

    @property
    def flags(self) -> list[Flag]:
        return [event for event in self.events if isinstance(event, Flag)]

    def current(self, comment_id: str) -> str:
        return self.texts[comment_id][-1]

    @rule(shown=st.dictionaries(ids, texts, min_size=1), reach=reaches)
    def import_or_edit(self, shown: dict[str, str], reach: int | None) -> None:
        members = tuple(Comment(name, "t", text, reach=reach) for name, text in shown.items())
        self.store.threads.save([Thread("t", comments=members)])
        for name, text in shown.items():
            self.reaches[name] = self.reaches.get(name) if reach is None else reach
            revisions = self.texts.setdefault(name, [])
            if not revisions or revisions[-1] != text:
                revisions.append(text)

    @rule(by=people)
    def keep_a_file(self, by: str) -> None:
        self.files[by] = {name: self.current(name) for name in self.texts}

    @rule(by=people)
    def import_the_file_again(self, by: str) -> None:
        kept = self.files.get(by, {})
        changed = {name for name, text in kept.items() if self.current(name) != text}
        members = tuple(Comment(name, "t", text) for name, text in kept.items())
        saved = self.store.threads.save([Thread("t", comments=members)])
        assert (saved.new, saved.revised, saved.problems) == (0, len(changed), ())
        assert saved.unchanged == len(kept) - len(changed)
        for name in changed:
            self.texts[name].append(kept[name])

    @rule(ref=st.sampled_from(sorted(SCORERS)), given=st.dictionaries(texts, scores, min_size=1))
    def score(self, ref: tuple[str, str], given: dict[str, Scores]) -> None:
        known = {text for revisions in self.texts.values() for text in revisions}
        rows = [(text, one) for text, one in given.items() if text in known]
        self.store.scores.save(SCORERS[ref], [(text_digest(text), one) for text, one in rows])
        self.scored |= {(text, ref): one for text, one in rows}

    @rule(panel=panels)
    def choose_the_panel(self, panel: dict[Label, tuple[str, str]]) -> None:
        self.store.panel.set(panel)
        self.panel = panel

    @rule(chosen=thresholds, weights=weights)
    def change_the_policy(self, chosen: tuple[Threshold, ...], weights: dict[Label, float]) -> None:
        number = next(self.numbers)
        self.policy = Policy("default", number, chosen, NOW, "ada", severity=weights)
        self.store.policies.save(self.policy)

    @rule(name=ids, by=people, source=st.sampled_from(FlagSource), raised=st.booleans())
    def flag(self, name: str, by: str, source: FlagSource, raised: bool) -> None:
        if name in self.texts:
            self.events.append(Flag(name, source, by, NOW, raised))
            self.store.flags.add(self.flags[-1])

    @rule(
        target=decisions,
        names=st.lists(ids, min_size=1, max_size=3),
        said=st.sampled_from(Verdict),
        by=people,
        kind=st.sampled_from(DecidedBy),
        via=vias,
    )
    def decide(self, names: list[str], said: Verdict, by: str, kind: DecidedBy, via: str) -> object:
        made = [
            Decision(
                f"d{next(self.numbers)}",
                name,
                text_digest(self.current(name)),
                said,
                by,
                NOW,
                decided_by=kind,
                via=via,
            )
            for name in names
            if name in self.texts
        ]
        self.store.decisions.add_many(made)
        self.events += made
        return multiple(*(decision.id for decision in made))

    @rule(name=ids)
    def look(self, name: str) -> None:
        if name in self.texts:
            self.looks[name] = self.store.comments.get(name).seen

    @rule(
        target=decisions,
        names=st.sets(ids, min_size=1),
        said=st.sampled_from(Verdict),
        by=people,
        shown=st.booleans(),
    )
    def decide_upon_a_look(self, names: set[str], said: Verdict, by: str, shown: bool) -> object:
        seen = [look for name, look in sorted(self.looks.items()) if name in names]
        batch = f"b{next(self.numbers)}" if len(seen) > 1 else None
        acts = [
            Decision(
                f"d{next(self.numbers)}",
                one.comment_id,
                one.text_sha256,
                said,
                by,
                NOW,
                score_visible=shown,
                batch=batch,
            )
            for one in seen
        ]
        audited = {name for name in self.drawn if not shown and not self.looked(name)}
        fresh = {name: self.in_force(name) for name in self.texts}
        current = all(
            one.text_sha256 == text_digest(self.current(one.comment_id))
            and one.decision_id == getattr(fresh[one.comment_id], "id", None)
            for one in seen
        )
        try:
            made = self.store.decisions.decide(zip(seen, acts, strict=True))
        except ConflictError:
            assert not current
            return multiple()
        assert current
        assert [replace(one, policy=None, scorer=None, via="review") for one in made] == acts
        assert all((one.via == "audit") == (one.comment_id in audited) for one in made)
        self.events += made
        return multiple(*(decision.id for decision in made))

    @rule(target=decisions, said=st.sampled_from(Verdict), by=people)
    def review_the_next(self, said: Verdict, by: str) -> object:
        name = self.store.queue.next(by)
        if name is None:
            return multiple()
        seen = self.store.comments.get(name).seen
        made = Decision(f"d{next(self.numbers)}", name, seen.text_sha256, said, by, NOW)
        made = replace(made, score_visible=name not in self.store.audits.blind([name]))
        audited = name in self.drawn and not self.looked(name)
        (kept,) = self.store.decisions.decide([(seen, made)])
        assert kept.via == ("audit" if audited else "review")
        self.events.append(kept)
        return kept.id

    @rule(by=people, label=st.sampled_from(LABELS), ends=st.tuples(numbers, numbers))
    def pick_a_batch(self, by: str, label: Label, ends: tuple[float, float]) -> None:
        within = ScoreRange(label, min(ends), max(ends))
        picked = self.store.batches.pick(within)
        held = {name: self.current(name) for name in self.texts if self.fits(name, within)}
        assert picked.tally.comments == len(held)
        self.picked[by] = (picked, held)

    @rule(target=decisions, by=people, said=st.sampled_from([Verdict.APPROVE, Verdict.REJECT]))
    def confirm_the_batch(self, by: str, said: Verdict) -> object:
        if by not in self.picked:
            return multiple()
        picked, held = self.picked[by]
        left = {
            name
            for name, text in held.items()
            if self.current(name) == text and self.fits(name, picked.within)
        }
        try:
            report = decide_batch(self.store, picked, said, reviewer=by, at=NOW)
        except ConflictError:
            assert not left
            return multiple()
        assert (report.decided, report.left_out) == (len(left), len(held) - len(left))
        made = [logged.decision for logged in self.store.decisions.log()][len(self.log) :]
        assert {one.comment_id for one in made} == left
        assert {(one.verdict, one.reviewer, one.via) for one in made} == {(said, by, "batch")}
        assert len({one.batch for one in made}) == 1
        assert all(self.in_force(name) is None for name in left), "no verdict was overruled"
        self.events += made
        return multiple(*(one.id for one in made))

    @rule(
        target=decisions,
        by=people,
        label=st.sampled_from(LABELS),
        faster=st.sets(ids),
        text=texts,
        said=st.sampled_from([Verdict.APPROVE, Verdict.REJECT]),
    )
    def confirm_a_batch_when_others_were_faster(
        self, by: str, label: Label, faster: set[str], text: str, said: Verdict
    ) -> object:
        self.pick_a_batch(by, label, (0.0, 1.0))
        open_ = sorted(name for name in faster if name in self.texts)
        edited, decided = open_[:1], open_[1:]
        if edited:
            self.import_or_edit({edited[0]: text}, None)
        for name in decided:
            self.look(name)
        made = self.decide_upon_a_look(set(decided), Verdict.ESCALATE, "bob", True)
        return multiple(*made.values, *self.confirm_the_batch(by, said).values)

    def fits(self, name: str, within: ScoreRange) -> bool:
        """Whether a comment may be part of a batch: undecided, in the range, not an audit's."""
        given = self.effective(self.current(name))
        score = given.values.get(within.label) if given else None
        undecided = self.in_force(name) is None and name not in self.drawn
        return undecided and score is not None and within.low <= score <= within.high

    @rule(chosen=decisions, by=people)
    def undo_an_act(self, chosen: str, by: str) -> None:
        (one,) = (made for made in self.log if made.id == chosen)
        undone = taken_back(self.log)
        act = [
            made
            for made in self.log
            if made.reviewer == by
            and made.verdict is not None
            and (made.id == chosen or (one.batch is not None and made.batch == one.batch))
            and made.text_sha256 == text_digest(self.current(made.comment_id))
            and made.id not in undone
        ]
        if one.text_sha256 != text_digest(self.current(one.comment_id)):
            act = []
        assert self.store.decisions.undo_act(chosen, by, NOW) == act
        undoing = [logged.decision for logged in self.store.decisions.log()][len(self.log) :]
        assert [made.undoes for made in undoing] == [made.id for made in act]
        self.events += undoing

    @rule(by=people)
    def undo_the_last_act(self, by: str) -> None:
        left = [
            one
            for one in self.log
            if one.reviewer == by
            and one.verdict is not None
            and one.text_sha256 == text_digest(self.current(one.comment_id))
            and one.id not in taken_back(self.log)
        ]
        act = [one for one in left if one.batch and one.batch == left[-1].batch] or left[-1:]
        assert self.store.decisions.undo_last(by, NOW) == act
        undoing = [logged.decision for logged in self.store.decisions.log()][len(self.log) :]
        assert [one.undoes for one in undoing] == [one.id for one in act]
        self.events += undoing

    @rule(target=decisions, undone=consumes(decisions), by=people)
    def undo(self, undone: str, by: str) -> object:
        (decision,) = (one for one in self.log if one.id == undone)
        edited = decision.text_sha256 != text_digest(self.current(decision.comment_id))
        if edited or undone in taken_back(self.log):
            try:
                self.store.decisions.undo(undone, by, NOW)
            except ConflictError:
                return multiple(undone)
            raise AssertionError("an undo about an edited text, or a second one, went through")
        self.events.append(self.store.decisions.undo(undone, by, NOW))
        return self.log[-1].id

    @rule(name=ids, by=people)
    def skip(self, name: str, by: str) -> None:
        if name in self.texts:
            self.store.skips.add(name, by, NOW)
            self.skipped[by] = [one for one in self.skipped[by] if one != name] + [name]

    @rule(chance=st.sampled_from([0.2, 0.5, 0.7, 1.0]))
    def draw(self, chance: float) -> None:
        entries = {entry.comment.id: entry for entry in self.store.comments.stream()}
        pool = {
            name
            for name, entry in entries.items()
            if entry.scores is not None
            and not entry.flagged
            and (name in self.chances or self.open_to_a_draw(name))
        }
        try:
            made = self.store.audits.draw(Sampling(chance), 1.0, "ada", NOW)
        except UsageError:
            assert not pool
            return
        before = set(self.drawn)
        for name in pool:
            number = Sampling(chance).numbers([name], "")[0]
            self.chances[name] = max(chance, self.chances.get(name, 0.0))
            if number < self.chances[name]:
                self.drawn[name] = number / self.chances[name]
        assert (made.population, made.drawn) == (len(pool), len(set(self.drawn) - before))

    @rule(share=st.sampled_from([0.2, 0.5]))
    def let_the_policy_act(self, share: float) -> None:
        """It rejects by the scores of now, but nothing that people ever spoke of."""
        assert self.policy is not None
        if Label.TOXICITY not in self.panel:  # else there is nothing to act on
            self.choose_the_panel({**self.panel, Label.TOXICITY: ("compact", "1")})
        seats = {label: "@".join(seat) for label, seat in self.panel.items()}
        own = Automatic({Label.TOXICITY: 0.3}, audit=share, scorers=seats)
        chosen = (Threshold(Label.TOXICITY, 0.3),)
        acting = replace(self.policy, version=next(self.numbers), thresholds=chosen, automatic=own)
        self.store.policies.save(acting)
        known = {one.id for one in self.log}
        spoken = {one.comment_id for one in self.flags}
        spoken |= {one.comment_id for one in self.log if one.decided_by is not DecidedBy.POLICY}
        acted = self.store.automatic.act(Sampling(0.0).numbers, NOW)
        logged = [one.decision for one in self.store.decisions.log()]
        made = [one for one in logged if one.id not in known]
        assert {one.decided_by for one in made} <= {DecidedBy.POLICY}
        assert spoken.isdisjoint(one.comment_id for one in made)
        self.events += made
        before = set(self.drawn)
        for one in self.store.audits.chances():
            assert one.probability in {share, self.chances.get(one.comment_id)}
            assert one.probability >= self.chances.get(one.comment_id, 0.0)
            self.chances[one.comment_id] = one.probability
            if one.drawn:
                self.drawn[one.comment_id] = one.number / one.probability
        assert (acted.decided, acted.audited) == (len(made), len(set(self.drawn) - before))
        self.policy = replace(acting, version=next(self.numbers), automatic=None)
        self.store.policies.save(self.policy)

    @rule()
    def rebuild(self) -> None:
        before = self.read_model()
        self.store.rebuild()
        assert self.read_model() == before

    def read_model(self) -> list[dict[str, object]]:
        """Return all of it but where a drawn comment stands among the others: that is no fact."""
        with self.store._database.read() as connection:
            found = connection.execute(select(standing).order_by(standing.c.comment_pk))
            rows = [dict(row) for row in found.mappings()]
            held = select(audits.c.comment_pk).where(audits.c.range_pk.is_not(None))
            in_a_range = set(connection.execute(held).scalars())
        for row in rows:
            flagged = row["flagged"] and row["comment_pk"] not in in_a_range
            if row["turn"] is not None and row["asked"] is None and not flagged:
                del row["place"], row["beside"]
            else:
                assert row["beside"] == row["comment_pk"]
        return rows

    @invariant()
    def the_read_model_follows_from_the_facts(self) -> None:
        if not hasattr(self, "store"):
            return
        entries = {entry.comment.id: entry for entry in self.store.comments.stream()}
        assert entries.keys() == self.texts.keys()
        for name, entry in entries.items():
            assert entry.comment.text == self.current(name)
            assert entry.revision == len(self.texts[name])
            given = self.effective(self.current(name))
            assert entry.scores == given
            proposal = self.policy.propose(given) if self.policy and given else None
            assert entry.route == (proposal.route if proposal else None)
            asked = self.asked(name)
            assert entry.asked == asked
            by_policy = proposal is not None and proposal.route is not Route.PASS
            assert entry.flagged == (by_policy or asked is not None)
            assert entry.comment.reach == self.reaches[name]
            assert entry.priority == pytest.approx(_priority(proposal, asked, entry.comment.reach))
            decision = self.in_force(name)
            assert entry.decision_id == (decision.id if decision else None)
            assert entry.verdict == (decision.verdict if decision else None)
            asked_again = decision is not None and self.flagged_since(decision)
            assert entry.pending == ((entry.flagged and decision is None) or asked_again)

    @invariant()
    def the_queue_holds_what_waits_and_what_was_skipped_comes_last(self) -> None:
        if not hasattr(self, "store"):
            return
        entries = {entry.comment.id: entry for entry in self.store.comments.stream()}
        audit = {name for name in self.drawn if not self.looked(name)}
        left = self.left_by_a_range()
        waiting = {name for name, entry in entries.items() if entry.pending} | audit
        assert audit <= self.store.audits.blind(entries)
        for by, skipped in self.skipped.items():
            there = self.walk(by, forward=True)
            assert self.walk(by, forward=False) == there[::-1]
            late = [name for name in skipped if name in waiting]
            assert there[len(there) - len(late) :] == late
            early = there[: len(there) - len(late)]
            assert set(early) == waiting - set(late)
            assert len(there) == len(set(there))
            by_scores = [name for name in early if name not in left]
            places = [_place(entries[name]) for name in by_scores if entries[name].flagged]
            assert all(one >= after - 1e-6 for one, after in pairwise(places))
            counts = self.store.queue.progress(by, NOW)
            assert counts.pending == len(waiting)
            asked = {name for name, entry in entries.items() if entry.flagged} | set(self.drawn)
            assert counts.flagged == len(asked)

    def left_by_a_range(self) -> set[str]:
        """Return what a policy left to people by chance, which is also where it stands."""
        held = (
            select(comments.c.id)
            .join(audits, audits.c.comment_pk == comments.c.pk)
            .join(standing, standing.c.comment_pk == comments.c.pk)
            .where(audits.c.range_pk.is_not(None), audits.c.draw_pk.is_not(None))
            .where(standing.c.asked.is_(None))
        )
        with self.store._database.read() as connection:
            return set(connection.execute(held).scalars())

    @invariant()
    def the_milder_ones_are_what_waits_and_is_not_severe(self) -> None:
        if not hasattr(self, "store"):
            return
        limits = severe_from(self.policy) if self.policy else {}
        entries = {entry.comment.id: entry for entry in self.store.comments.stream()}
        severe = {
            name
            for name, entry in entries.items()
            if entry.scores is not None
            and any(entry.scores.values.get(label, -1.0) >= at for label, at in limits.items())
        }
        assert {name for name in entries if self.store.queue.severe(name)} == severe
        waiting = {name for name, entry in entries.items() if entry.pending}
        for by, skipped in self.skipped.items():
            milder = waiting - severe - set(skipped) - set(self.drawn)
            assert set(self.store.queue.milder(by, free_at=NOW)) == milder

    @invariant()
    def a_chance_never_falls_and_nobody_drawn_is_let_go(self) -> None:
        if hasattr(self, "store"):
            kept = list(self.store.audits.chances())
            assert {one.comment_id: one.probability for one in kept} == self.chances
            assert {one.comment_id for one in kept if one.drawn} == self.drawn.keys()
            told = self.store.audits.all()
            assert sum(audit.draw.drawn for audit in told) == len(self.drawn)
            assert sum(audit.decided for audit in told) == sum(map(self.looked, self.drawn))

    def walk(self, by: str, *, forward: bool) -> list[str]:
        """Return the whole queue of a reviewer, one step after another."""
        found: list[str] = []
        while len(found) <= len(self.texts):
            here = found[-1] if found else None
            step = self.store.queue.next if forward else self.store.queue.previous
            if (following := step(by, here)) is None:
                return found
            found.append(following)
        raise AssertionError(f"the queue goes round in a circle: {found}")

    @invariant()
    def the_log_only_grows(self) -> None:
        if hasattr(self, "store"):
            assert [logged.decision for logged in self.store.decisions.log()] == self.log

    def in_force(self, name: str) -> Decision | None:
        return current_decision(self.about(name))

    def about(self, name: str) -> list[Decision]:
        digest = text_digest(self.current(name))
        return [one for one in self.log if (one.comment_id, one.text_sha256) == (name, digest)]

    def looked(self, name: str) -> bool:
        return looked_at(self.about(name))

    def open_to_a_draw(self, name: str) -> bool:
        decision = self.in_force(name)
        undecided = decision is None or decision.verdict is Verdict.ESCALATE
        return undecided or not self.looked(name)

    def flagged_since(self, decision: Decision) -> bool:
        words: dict[tuple[FlagSource, str], tuple[int, bool]] = {}
        for place, event in enumerate(self.events):
            if isinstance(event, Flag) and event.comment_id == decision.comment_id:
                words[event.source, event.by] = (place, event.raised)
        made = self.events.index(decision)
        return any(raised and place > made for place, raised in words.values())

    def effective(self, text: str) -> Scores | None:
        by_label = {
            label: self.scored[text, self.panel[label]]
            for label in Label
            if label in self.panel and (text, self.panel[label]) in self.scored
        }
        values = {
            label: one.values[label] for label, one in by_label.items() if label in one.values
        }
        if values:
            return Scores(values)
        reasons = [one.not_scored for one in by_label.values() if one.not_scored is not None]
        return Scores(not_scored=reasons[0]) if reasons else None

    def asked(self, name: str) -> FlagSource | None:
        last = {(flag.source, flag.by): flag for flag in self.flags if flag.comment_id == name}
        sources = {flag.source for flag in last.values() if flag.raised}
        return next((source for source in FlagSource if source in sources), None)


def _place(entry: Entry) -> float:
    first = 1e6 if entry.asked is FlagSource.REVIEWER else 0.0
    return first + entry.priority + waited(entry.arrived_at, NOW)


def _priority(proposal: Proposal | None, asked: FlagSource | None, reach: int | None) -> float:
    reasons = [0.0]
    if proposal is not None:
        reasons += [one.harm for one in proposal.reached[:1]]
        reasons += [UNREADABLE] * (proposal.not_scored is not None)
    if asked is not None:
        reasons.append(ASKED_BY_REVIEWER if asked is FlagSource.REVIEWER else ASKED_BY_READER)
    return max(reasons) * amplified(reach)


TestStanding = StandingMachine.TestCase
TestStanding.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
