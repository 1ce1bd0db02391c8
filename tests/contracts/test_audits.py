"""What an audit promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from uuid import uuid4

import numpy as np
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select

from triage.domain.audits import AuditDraw
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import DecidedBy, Decision, Flag, FlagSource, Verdict
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import UsageError
from triage.store import BrowseFilter, Store
from triage.store.database import Database
from triage.store.schema import secrets, standing
from triage.tuning.sampling import inclusion, permanent_numbers

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
COMPACT = ScorerInfo("compact", "1f0c", (Label.TOXICITY, Label.THREAT))
OTHER = ScorerInfo("other", "77aa", (Label.TOXICITY,))
HELD = 0.5


class Sampling:
    """The real sampling, for one number of comments."""

    def __init__(self, expected: float) -> None:
        self.expected = expected

    def numbers(self, ids: Sequence[str], salt: str) -> Sequence[float]:
        return [float(one) for one in permanent_numbers(ids, salt)]

    def probabilities(self, closeness: Sequence[float]) -> Sequence[float]:
        return [float(one) for one in inclusion(np.asarray(closeness), self.expected)]


def fill(store: Store, scores: Sequence[float], name: str = "t") -> None:
    """Save comments `<name>0`, `<name>1`, ... with these toxicity scores."""
    members = tuple(Comment(f"{name}{n}", name, f"text {name} {n}", n) for n in range(len(scores)))
    store.threads.save([Thread(name, comments=members)])
    rows = [
        (text_digest(one.text), Scores({Label.TOXICITY: score}))
        for one, score in zip(members, scores, strict=True)
    ]
    store.scores.save(COMPACT, rows)
    store.settle(len(rows))


@pytest.fixture
def site(store: Store) -> Store:
    """40 flagged comments (f0 first in the queue) and 200 that nothing flags (t0 ...)."""
    store.policies.save(Policy("default", 1, (Threshold(Label.TOXICITY, HELD),), NOON, "ada"))
    store.panel.set({Label.TOXICITY: ("compact", "1f0c")})
    fill(store, [0.99 - n / 100 for n in range(40)], "f")
    fill(store, [n / 500 for n in range(200)])
    return store


def draw(store: Store, expected: float) -> AuditDraw:
    return store.audits.draw(Sampling(expected), expected, "ada", NOON)


def drawn(store: Store) -> set[str]:
    return {one.comment_id for one in store.audits.chances() if one.drawn}


def queue(store: Store, by: str = "ada") -> list[str]:
    return list(walk(lambda after: store.queue.next(by, after=after)))


def walk(step: Callable[[str | None], str | None]) -> Iterator[str]:
    here = step(None)
    while here is not None:
        yield here
        here = step(here)


def decide(
    store: Store,
    comment_id: str,
    said: Verdict = Verdict.APPROVE,
    *,
    by: str = "ada",
    **more: object,
) -> Decision:
    entry = store.comments.get(comment_id)
    made = Decision(uuid4().hex, comment_id, entry.text_sha256, said, by, NOON)
    (kept,) = store.decisions.decide([(entry.seen, replace(made, **more))])
    return kept


class TestDraw:
    def test_a_draw_says_what_was_drawn_from_what(self, site: Store) -> None:
        made = draw(site, 50)
        assert (made.by, made.at, made.expected) == ("ada", NOON, 50)
        assert (made.policy, made.scorer) == ("default@1", "compact@1f0c")
        assert made.population == 200
        assert made.drawn == len(drawn(site))
        assert 20 < made.drawn < 80  # six standard deviations
        (audit,) = site.audits.all()
        assert (audit.draw, audit.decided, audit.waiting) == (made, 0, made.drawn)

    def test_every_chance_is_kept_drawn_or_not_and_is_the_samplings_own(self, site: Store) -> None:
        draw(site, 50)
        chances = list(site.audits.chances())
        assert [one.comment_id for one in chances] == [f"t{n}" for n in range(200)]
        near = np.array([n / 500 / HELD for n in range(200)])
        assert [one.probability for one in chances] == pytest.approx(list(inclusion(near, 50)))
        assert sum(one.probability for one in chances) == pytest.approx(50)
        assert all(one.drawn == (one.number < one.probability) for one in chances)

    def test_the_salt_is_made_once_and_decides_who_is_drawn(self, site: Store) -> None:
        draw(site, 20)
        with site._database.read() as connection:
            (salt,) = connection.execute(select(secrets.c.value)).scalars()
        draw(site, 60)
        numbers = {one.comment_id: one.number for one in site.audits.chances()}
        assert list(numbers.values()) == list(permanent_numbers(numbers, salt))
        with site._database.read() as connection:
            assert connection.execute(select(secrets.c.value)).scalars().all() == [salt]

    def test_a_bigger_draw_holds_the_smaller_one_and_a_smaller_one_changes_nothing(
        self, site: Store
    ) -> None:
        first = draw(site, 20)
        few, before = drawn(site), {one.comment_id: one for one in site.audits.chances()}
        second = draw(site, 80)
        many, after = drawn(site), {one.comment_id: one for one in site.audits.chances()}
        assert few < many
        assert (first.drawn, second.drawn) == (len(few), len(many - few))
        assert all(after[name].probability > one.probability for name, one in before.items())
        assert draw(site, 20).drawn == 0
        assert {one.comment_id: one for one in site.audits.chances()} == after
        assert [audit.draw.expected for audit in site.audits.all()] == [20, 80, 20]

    def test_what_was_drawn_and_decided_counts_for_the_next_draw(self, site: Store) -> None:
        # Its chance has to grow as the others' do, or each label would stand for too many.
        draw(site, 20)
        done = sorted(drawn(site))
        for name in done:
            decide(site, name)
        draw(site, 80)
        chances = {one.comment_id: one.probability for one in site.audits.chances()}
        assert sum(chances.values()) == pytest.approx(80)
        assert next(audit.waiting for audit in site.audits.all()) == 0
        assert set(done).isdisjoint(queue(site))

    def test_new_comments_are_drawn_from_later(self, site: Store) -> None:
        draw(site, 200)
        fill(site, [0.1] * 100, "n")
        before = {one.comment_id: one for one in site.audits.chances()}
        made = draw(site, 150)
        assert made.population == 300
        after = {one.comment_id: one for one in site.audits.chances()}
        assert all(after[name] == one for name, one in before.items())
        assert {name for name in drawn(site) if name.startswith("n")}

    def test_nothing_else_is_drawn_from(self, site: Store) -> None:
        site.threads.save([Thread("u", comments=(Comment("unscored", "u", "unscored"),))])
        fill(site, [0.1] * 6, "x")
        site.flags.add(Flag("x0", FlagSource.READER, "eve", NOON))
        decide(site, "x1", via="browse")
        decide(site, "x2", via="batch")
        decide(site, "x3", decided_by=DecidedBy.POLICY)
        decide(site, "x4", Verdict.ESCALATE)
        decide(site, "x5")
        site.decisions.undo_last("ada", NOON)
        draw(site, 1_000)
        known = {one.comment_id for one in site.audits.chances()}
        assert known == {f"t{n}" for n in range(200)} | {"x2", "x3", "x4", "x5"}

    def test_more_comments_than_one_portion_are_drawn_from(self, site: Store) -> None:
        fill(site, [0.1] * 4_500, "m")
        first = draw(site, 1_000)
        assert first.population == 4_700
        assert 800 < first.drawn < 1_200
        second = draw(site, 3_000)
        chances = list(site.audits.chances())
        assert sum(one.probability for one in chances) == pytest.approx(3_000)
        assert first.drawn + second.drawn == sum(one.drawn for one in chances)
        assert site.queue.progress("ada", NOON).pending == 40 + first.drawn + second.drawn

    def test_where_there_is_nothing_to_draw_from_nothing_is_kept(self, store: Store) -> None:
        with pytest.raises(UsageError, match="nothing to draw from"):
            draw(store, 10)
        assert store.audits.all() == []
        with store._database.read() as connection:
            assert connection.execute(select(secrets)).all() == []


class TestQueue:
    def test_what_was_drawn_stands_among_the_flagged_in_the_order_of_its_turn(
        self, site: Store
    ) -> None:
        draw(site, 30)
        here = queue(site)
        assert [name for name in here if name.startswith("f")] == [f"f{n}" for n in range(40)]
        turns = {one.comment_id: one.number / one.probability for one in site.audits.chances()}
        audit = [name for name in here if name.startswith("t")]
        assert set(audit) == drawn(site)
        assert audit == sorted(audit, key=turns.__getitem__)

    def test_about_one_in_ten_is_the_audits_and_nobody_can_count_which(self, store: Store) -> None:
        store.policies.save(Policy("default", 1, (Threshold(Label.TOXICITY, HELD),), NOON, "ada"))
        store.panel.set({Label.TOXICITY: ("compact", "1f0c")})
        fill(store, [1.0 - n / 3_000 for n in range(1_000)], "f")
        fill(store, [0.1] * 300)
        draw(store, 100)
        places = [n for n, name in enumerate(queue(store)[:900]) if name.startswith("t")]
        assert 60 <= len(places) <= 130
        steps = {after - before for before, after in pairwise(places)}
        assert len(steps) > 5
        assert max(steps) <= 19

    def test_back_leads_the_way_that_forth_led(self, site: Store) -> None:
        draw(site, 30)
        back = list(walk(lambda before: site.queue.previous("ada", before=before)))
        assert back == queue(site)[::-1]

    def test_one_threads_queue_holds_that_threads_audit(self, site: Store) -> None:
        draw(site, 30)
        inside = list(walk(lambda after: site.queue.next("ada", after=after, thread_id="t")))
        assert set(inside) == drawn(site)

    def test_a_skip_puts_it_at_the_end_for_that_reviewer_alone(self, site: Store) -> None:
        draw(site, 30)
        first = next(name for name in queue(site) if name.startswith("t"))
        before = queue(site, "bob")
        site.skips.add(first, "ada", NOON)
        assert queue(site) == [name for name in before if name != first] + [first]
        assert queue(site, "bob") == before
        assert site.queue.progress("ada", NOON).skipped_by_me == 1

    def test_a_decision_takes_it_away_and_an_undo_brings_it_back_to_its_place(
        self, site: Store
    ) -> None:
        draw(site, 30)
        before = queue(site)
        first = next(name for name in before if name.startswith("t"))
        decide(site, first)
        assert queue(site) == [name for name in before if name != first]
        (audit,) = site.audits.all()
        assert audit.decided == 1
        site.decisions.undo_last("ada", NOON)
        assert queue(site) == before
        assert site.audits.all()[0].decided == 0

    def test_progress_counts_it(self, site: Store) -> None:
        many = draw(site, 30).drawn
        counts = site.queue.progress("ada", NOON)
        assert (counts.pending, counts.flagged) == (40 + many, 40 + many)
        decide(site, min(drawn(site)))
        counts = site.queue.progress("ada", NOON)
        assert (counts.pending, counts.flagged, counts.decided_by_me) == (39 + many, 40 + many, 1)
        assert site.queue.progress("ada", NOON, thread_id="t").flagged == many

    def test_after_an_import_the_audit_stands_among_the_new_comments_too(self, site: Store) -> None:
        draw(site, 30)
        fill(site, [0.999] * 100, "n")
        assert any(name.startswith("t") for name in queue(site)[:36])

    def test_a_verdict_without_a_look_leaves_it_waiting(self, site: Store) -> None:
        draw(site, 30)
        name = min(drawn(site))
        for via in ("batch", "group"):
            decide(site, name, Verdict.REJECT, via=via)
            assert name in queue(site)
        decide(site, name, by="bob")
        assert name not in queue(site)
        decide(site, name, Verdict.REJECT, via="batch")  # takes no look away
        assert name not in queue(site)
        site.decisions.undo_last("bob", NOON)
        assert name in queue(site)

    @pytest.mark.parametrize("source", FlagSource)
    def test_a_flag_that_is_withdrawn_leaves_it_where_it_stood(
        self, site: Store, source: FlagSource
    ) -> None:
        draw(site, 30)
        before = queue(site)
        for name in sorted(drawn(site))[:3]:
            raised = Flag(name, source, "eve", NOON)
            site.flags.add(raised)
            site.flags.add(replace(raised, raised=False))
            assert queue(site) == before

    @pytest.mark.parametrize("rebuilt", [False, True])
    def test_what_was_decided_when_it_was_drawn_comes_back_behind_the_flagged(
        self, site: Store, rebuilt: bool
    ) -> None:
        draw(site, 20)
        name = min({f"t{n}" for n in range(200)} - drawn(site))
        made = decide(site, name)
        draw(site, 1_000)
        if rebuilt:
            site.rebuild()
        site.decisions.undo(made.id, "ada", NOON)
        here = queue(site)
        assert here.index(name) > here.index("f39")

    def test_an_edit_asks_again(self, site: Store) -> None:
        draw(site, 30)
        name = min(drawn(site))
        decide(site, name)
        site.threads.save([Thread("t", comments=(Comment(name, "t", "another text"),))])
        assert name in queue(site)
        assert name in drawn(site)

    def test_a_policy_that_flags_it_puts_it_where_its_score_belongs(self, site: Store) -> None:
        draw(site, 200)
        before = list(site.audits.chances())
        stricter = Policy("default", 2, (Threshold(Label.TOXICITY, 0.3),), NOON, "ada")
        site.policies.save(stricter)
        flagged = [f"t{n}" for n in range(199, 149, -1)]
        assert [name for name in queue(site) if name in set(flagged)] == flagged
        assert list(site.audits.chances()) == before
        site.policies.save(
            replace(stricter, version=3, thresholds=(Threshold(Label.TOXICITY, 0.5),))
        )
        assert set(flagged) <= set(queue(site))
        assert list(site.audits.chances()) == before
        assert draw(site, 200).drawn == 0

    def test_another_scorer_changes_nothing_about_who_is_drawn(self, site: Store) -> None:
        draw(site, 30)
        before, waiting = list(site.audits.chances()), drawn(site)
        name = min(waiting)
        text = site.comments.get(name).comment.text
        site.scores.save(OTHER, [(text_digest(text), Scores({Label.TOXICITY: 1.0}))])
        site.panel.set({Label.TOXICITY: ("other", "77aa")})
        assert list(site.audits.chances()) == before
        assert set(queue(site)) == waiting
        assert name in queue(site)[:2]  # the only one that is flagged now, and one beside it

    def test_rebuilding_keeps_the_queue_as_it_is(self, site: Store) -> None:
        draw(site, 30)
        for name in queue(site)[3:9]:
            decide(site, name)
        site.settle(1)
        with site._database.read() as connection:
            before = connection.execute(select(standing).order_by(standing.c.comment_pk)).all()
        here = queue(site)
        site.rebuild()
        with site._database.read() as connection:
            after = connection.execute(select(standing).order_by(standing.c.comment_pk)).all()
        assert queue(site) == here
        waiting = [row for row in before if row.pending or row.turn is None]
        assert [row for row in after if row.pending or row.turn is None] == waiting


class TestBlind:
    def test_what_was_drawn_is_blind_until_somebody_looked(self, site: Store) -> None:
        draw(site, 30)
        waiting = drawn(site)
        assert waiting <= site.audits.blind(queue(site))
        name = min(waiting)
        decide(site, name)
        assert site.audits.blind([name]) == frozenset()
        site.decisions.undo_last("ada", NOON)
        assert site.audits.blind([name]) == {name}

    def test_about_as_many_flagged_ones_are_blind_too_and_stay_so(self, store: Store) -> None:
        store.policies.save(Policy("default", 1, (Threshold(Label.TOXICITY, HELD),), NOON, "ada"))
        store.panel.set({Label.TOXICITY: ("compact", "1f0c")})
        fill(store, [0.9] * 1_000, "f")
        fill(store, [0.1] * 100)
        names = [f"f{n}" for n in range(1_000)]
        assert store.audits.blind(names) == frozenset()  # nothing to hide among them
        draw(store, 50)
        decoys = store.audits.blind(names)
        assert 60 < len(decoys) < 165  # a ninth, five standard deviations either way
        draw(store, 60)
        assert store.audits.blind(names) == decoys
        name = min(decoys)
        decide(store, name)
        assert store.audits.blind([name]) == frozenset()

    @pytest.mark.parametrize("source", FlagSource)
    def test_a_flag_uncovers_no_decoy_as_it_uncovers_nothing_that_was_drawn(
        self, site: Store, source: FlagSource
    ) -> None:
        # Else whoever presses F would see which of the blind ones are an audit's.
        draw(site, 30)
        blind = site.audits.blind(queue(site))
        assert drawn(site) < blind
        for name in blind:
            site.flags.add(Flag(name, source, "eve", NOON))
        assert site.audits.blind(blind) == blind

    def test_a_blind_verdict_on_a_drawn_comment_is_the_audits(self, site: Store) -> None:
        draw(site, 30)
        audit, flagged = min(drawn(site)), "f0"
        assert decide(site, audit, score_visible=False).via == "audit"
        assert decide(site, flagged, score_visible=False).via == "review"
        assert decide(site, audit, by="bob", score_visible=False).via == "review"  # a second one

    def test_a_verdict_that_saw_the_scores_is_not(self, site: Store) -> None:
        draw(site, 30)
        first, second = sorted(drawn(site))[:2]
        assert decide(site, first).via == "review"
        assert decide(site, second, via="browse", score_visible=False).via == "browse"

    def test_a_table_of_comments_does_not_tell_who_was_drawn(self, site: Store) -> None:
        wanted = (BrowseFilter(pending=True), BrowseFilter(flagged=True), BrowseFilter())
        before = [list(site.comments.stream(one)) for one in wanted]
        draw(site, 100)
        assert [list(site.comments.stream(one)) for one in wanted] == before


class TestMigration:
    def test_a_database_from_before_keeps_its_queue_and_knows_who_looked(
        self, empty_url: str
    ) -> None:
        database = Database(empty_url)
        with database.write() as connection:
            config = Config()
            config.set_main_option("script_location", "triage.store:migrations")
            config.attributes["connection"] = connection
            command.upgrade(config, "0004_rough")
            at = "'2026-03-01 12:00:00'"
            comment = (
                "INSERT INTO comment "
                "(pk, id, thread_pk, position, source, first_seen_at, revisions)"
            )
            row = (
                "INSERT INTO standing (comment_pk, thread_pk, text_pk, revision, toxicity, route, "
                "flagged, priority, reopened, pending, verdict, decision_pk)"
            )
            thread = (
                "INSERT INTO thread (pk, id, title, article, source, ids, imported_at) "
                f"VALUES (1, 't', '', '', 'a.csv', 'given', {at})"
            )
            decision = (
                "INSERT INTO decision (pk, id, comment_pk, text_pk, verdict, reviewer, at, "
                "reasons, note, decided_by, score_visible, via) "
                f"VALUES (1, 'd1', 3, 3, 'reject', 'ada', {at}, '[]', '', 'person', true, 'review')"
            )
            score = "INSERT INTO score (text_pk, scorer_pk, toxicity, scored_at)"
            named = "'compact', '1f0c', '[\"toxicity\"]', '', '{}'"
            for statement in (
                *(
                    f"INSERT INTO text VALUES ({n}, '{text_digest(f'c{n}')}', 'c{n}', 2)"
                    for n in (1, 2, 3)
                ),
                thread,
                f"INSERT INTO scorer_version VALUES (1, {named}, {at})",
                *(
                    f"{score} VALUES ({n}, 1, {toxicity}, {at})"
                    for n, toxicity in ((1, 0.6), (2, 0.9), (3, 0.1))
                ),
                f"""INSERT INTO panel VALUES (1, '{{"toxicity": ["compact", "1f0c"]}}', {at})""",
                (
                    "INSERT INTO policy "
                    "(pk, name, version, thresholds, created_at, created_by, why) "
                    f"""VALUES (1, 'p', 1, '[["toxicity", 0.5, "review"]]', {at}, 'ada', '')"""
                ),
                *(f"{comment} VALUES ({n}, 'c{n}', 1, {n}, 'a.csv', {at}, 1)" for n in (1, 2, 3)),
                *(f"INSERT INTO revision VALUES ({n}, 1, {n}, {at})" for n in (1, 2, 3)),
                decision,
                f"{row} VALUES (1, 1, 1, 1, 0.6, 'review', true, 0.2, false, true, NULL, NULL)",
                f"{row} VALUES (2, 1, 2, 1, 0.9, 'review', true, 0.8, false, true, NULL, NULL)",
                f"{row} VALUES (3, 1, 3, 1, 0.1, 'pass', false, 0, false, false, 'reject', 1)",
            ):
                connection.exec_driver_sql(statement)
        database.close()
        with Store.open(empty_url) as store:
            assert queue(store) == ["c2", "c1"]
            with store._database.read() as connection:
                looked = select(standing.c.looked).order_by(standing.c.comment_pk)
                assert connection.execute(looked).scalars().all() == [False, False, True]


class TestShadow:
    def test_it_tells_what_another_policy_would_flag_and_whose_rejections_it_would_miss(
        self, site: Store
    ) -> None:
        site.scores.save(COMPACT, [(text_digest("text t 0"), Scores(not_scored="too long"))])
        site.flags.add(Flag("t1", FlagSource.READER, "eve", NOON))
        decide(site, "f0", Verdict.REJECT)
        decide(site, "f39", Verdict.REJECT)
        decide(site, "f38", Verdict.APPROVE)
        decide(site, "f37", Verdict.REJECT, by="bob")
        draw(site, 30)
        stricter = Policy("default", 2, (Threshold(Label.TOXICITY, 0.645),), NOON, "ada")
        told = site.policies.shadow(stricter, "ada")
        assert (told.flagged, told.waiting) == (42, 38)
        assert (told.would_flag, told.would_wait) == (37, 36)
        assert (told.added, told.dropped) == (0, 5)
        assert (told.rejected, told.missed) == (2, 1)
        site.policies.save(stricter)
        after = site.policies.shadow(stricter, "ada")
        assert (after.flagged, after.waiting) == (told.would_flag, told.would_wait)
        milder = Policy("default", 3, (Threshold(Label.TOXICITY, 0.2),), NOON, "ada")
        assert site.policies.shadow(milder, "ada").added == 100 + 5

    def test_of_an_empty_database_it_tells_nothing(self, store: Store) -> None:
        told = store.policies.shadow(Policy("p", 1, (), NOON, "ada"), "ada")
        assert (told.flagged, told.would_flag, told.missed) == (0, 0, 0)
