"""What a policy decides by itself, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from triage.domain.automatic import Acted, Automatic
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Annotation, DecidedBy, Decision, Flag, FlagSource, Verdict
from triage.domain.foreseen import Foreseen, Side
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError
from triage.store import BrowseFilter, Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
COMPACT = ScorerInfo("compact", "1f0c", (Label.TOXICITY, Label.INSULT))
RANGES = Automatic(
    {Label.TOXICITY: 0.9}, 0.1, audit=0.25, scorers=dict.fromkeys(COMPACT.labels, "compact@1f0c")
)
ON = Policy(
    *("default", 2, (Threshold(Label.TOXICITY, 0.5), Threshold(Label.INSULT, 0.5)), NOON, "lea"),
    automatic=RANGES,
)
HIGH, LOW, BETWEEN = 0.95, 0.05, 0.7


def numbers(ids: Sequence[str], salt: str) -> Sequence[float]:
    """The last two digits of an id, over 100."""
    assert salt
    return [int(one[-2:]) / 100 for one in ids]


@pytest.fixture
def site(store: Store) -> Store:
    """Comments c00 to c99: 50 in the range to reject, 30 to approve, 20 in neither."""
    store.policies.save(replace(ON, version=1, automatic=None))
    store.panel.set(dict.fromkeys(COMPACT.labels, ("compact", "1f0c")))
    fill(store, {n: HIGH if n % 10 < 5 else LOW if n % 10 < 8 else BETWEEN for n in range(100)})
    return store


def fill(store: Store, scores: dict[int, float], thread: str = "t") -> None:
    members = tuple(Comment(f"c{n:02}", thread, f"text {n}", n) for n in scores)
    store.threads.save([Thread(thread, comments=members)])
    store.scores.save(
        COMPACT,
        [
            (text_digest(one.text), Scores(dict.fromkeys(COMPACT.labels, score)))
            for one, score in zip(members, scores.values(), strict=True)
        ],
    )


def turned_on(store: Store) -> Acted:
    store.policies.save(ON)
    return store.automatic.act(numbers, NOON)


def queue(store: Store) -> list[str]:
    found: list[str] = []
    while (one := store.queue.next("ada", after=found[-1] if found else None)) is not None:
        found.append(one)
    return found


def verdicts(store: Store) -> dict[str, str]:
    return {
        one.comment.id: one.verdict.value
        for one in store.comments.stream()
        if one.verdict is not None
    }


def test_nothing_is_decided_before_ranges_are_on_and_a_tally_says_what_would_be(
    site: Store,
) -> None:
    assert site.automatic.act(numbers, NOON) == Acted()
    would = site.automatic.tally(ON, numbers, NOON)
    # Of 25 comments with numbers below .25 those in a range are left to people.
    assert would == Acted(rejected=35, approved=24, audited=21)
    assert verdicts(site) == {}
    assert turned_on(site) == would


def test_what_ranges_hold_is_decided_by_the_policy_and_says_by_which_range(site: Store) -> None:
    turned_on(site)
    made = list(site.decisions.log())
    assert {one.decision.decided_by for one in made} == {DecidedBy.POLICY}
    assert {one.decision.reviewer for one in made} == {"policy:default@2"}
    assert len({one.decision.batch for one in made}) == 1
    by_comment = {one.decision.comment_id: one.decision for one in made}
    assert set(by_comment) == {f"c{n}" for n in range(25, 100) if n % 10 < 8}
    rejected, approved = by_comment["c30"], by_comment["c35"]
    assert (rejected.verdict, rejected.reasons) == (Verdict.REJECT, ("toxicity",))
    assert rejected.note == "by default@2, read by nobody: toxicity 0.9 or more"
    assert (rejected.policy, rejected.scorer, rejected.via) == (
        *("default@2", "compact@1f0c", "rule"),
    )
    assert (approved.verdict, approved.note) == (
        Verdict.APPROVE,
        "by default@2, read by nobody: every label 0.1 or less",
    )


def test_its_share_waits_for_people_unseen_with_the_chance_it_had(site: Store) -> None:
    turned_on(site)
    left = {f"c{n:02}" for n in range(25) if n % 10 < 8}
    chances = {one.comment_id: one for one in site.audits.chances()}
    assert {one for one, found in chances.items() if found.drawn} == left
    assert {found.probability for found in chances.values()} == {0.25}
    assert len(chances) == 80
    assert set(queue(site)) == left | {f"c{n:02}" for n in range(100) if n % 10 >= 8}
    assert site.audits.blind(left) == left
    (draw,) = site.audits.all()
    assert (draw.draw.by, draw.draw.population, draw.draw.drawn) == ("policy:default@2", 80, 21)


def test_twice_does_nothing_new_and_what_comes_later_is_decided_when_its_scores_do(
    site: Store,
) -> None:
    turned_on(site)
    assert site.automatic.act(numbers, NOON) == Acted()
    fill(site, {130: HIGH, 131: LOW, 132: BETWEEN, 101: HIGH}, "u")
    assert site.automatic.act(numbers, NOON, digests=[text_digest("text 130")]) == Acted(1, 0, 0)
    assert site.automatic.act(numbers, NOON) == Acted(0, 1, 1)
    (draw,) = site.audits.all()
    assert (draw.draw.population, draw.draw.drawn) == (83, 22)


def test_what_people_have_to_do_with_is_left_to_them(site: Store) -> None:
    site.flags.add(Flag("c30", FlagSource.READER, "readers", NOON))
    site.claims.take("c31", "ada", NOON, NOON + timedelta(minutes=5))
    say(site, "c32", Verdict.APPROVE, "ada")
    undone = say(site, "c33", Verdict.APPROVE, "ada")
    site.decisions.undo(undone.id, "ada", NOON)
    turned_on(site)
    assert verdicts(site).keys().isdisjoint({"c30", "c31", "c33"})
    assert verdicts(site)["c32"] == "approve"
    later = NOON + timedelta(minutes=6)  # the claim has ended
    assert site.automatic.act(numbers, later) == Acted(1, 0, 0)


def say(store: Store, comment: str, verdict: Verdict, by: str) -> Decision:
    (entry,) = store.comments.among([comment])
    made = Decision(f"{by}-{comment}", comment, entry.comment.text_sha256, verdict, by, NOON)
    store.decisions.add(made)
    return made


def test_a_person_outranks_it_and_it_is_taken_back_as_one_act_and_not_done_again(
    site: Store,
) -> None:
    turned_on(site)
    say(site, "c30", Verdict.APPROVE, "ada")
    assert verdicts(site)["c30"] == "approve"
    taken = site.decisions.undo_all(["policy:default@2"], "lea", NOON)
    assert len(taken) == 59
    assert verdicts(site) == {"c30": "approve"}
    assert {f"c{n}" for n in range(40, 45)} <= set(queue(site))
    assert site.automatic.act(numbers, NOON) == Acted()
    assert site.decisions.undo_all(["policy:default@2"], "lea", NOON) == []


def test_another_scorers_numbers_are_not_what_the_ranges_were_found_for(site: Store) -> None:
    site.policies.save(ON)
    newer = replace(COMPACT, version="2")
    rows = [(text_digest(f"text {n}"), Scores({Label.TOXICITY: 1.0})) for n in range(100)]
    site.scores.save(newer, rows)
    site.panel.set(dict.fromkeys(COMPACT.labels, ("compact", "2")))
    assert site.automatic.act(numbers, NOON) == Acted()


def test_ranges_end_with_their_scorers_and_do_not_come_back_with_them(site: Store) -> None:
    site.policies.save(ON)
    site.panel.set(dict.fromkeys(COMPACT.labels, ("compact", "2")))
    present = site.policies.in_force()
    assert present is not None
    assert (present.ref, present.automatic, present.created_by) == ("default@3", None, "triage")
    assert "scorers changed" in present.why
    assert present.thresholds == ON.thresholds
    site.panel.set(dict.fromkeys(COMPACT.labels, ("compact", "1f0c")))
    assert site.automatic.act(numbers, NOON) == Acted()
    assert site.policies.in_force() == present


def test_ranges_hold_for_who_gives_which_label(site: Store) -> None:
    mixed = {Label.TOXICITY: ("compact", "1f0c"), Label.INSULT: ("other", "1")}
    site.panel.set(mixed)
    seats = {label: "@".join(seat) for label, seat in mixed.items()}
    site.policies.save(replace(ON, automatic=replace(RANGES, scorers=seats)))
    site.panel.set({Label.TOXICITY: ("other", "1"), Label.INSULT: ("compact", "1f0c")})
    present = site.policies.in_force()
    assert present is not None
    assert present.automatic is None


def test_ranges_that_were_put_in_force_for_other_scorers_are_turned_off_once(site: Store) -> None:
    site.policies.save(replace(ON, automatic=replace(RANGES, scorers={Label.TOXICITY: "b@1"})))
    assert site.automatic.act(numbers, NOON) == Acted()
    assert site.automatic.act(numbers, NOON) == Acted()
    assert [one.policy.version for one in site.policies.history()] == [1, 2, 3]


def test_what_people_said_of_a_comment_or_its_text_keeps_the_policy_off(site: Store) -> None:
    """Whatever it was, also what was withdrawn, and also elsewhere or before an edit."""
    (entry,) = site.comments.among(["c30"])
    site.annotations.add(
        Annotation("a", "c30", entry.comment.text_sha256, "ada", NOON, rejected=(Label.TOXICITY,))
    )
    site.flags.add(Flag("c31", FlagSource.REVIEWER, "ada", NOON))
    site.flags.add(Flag("c31", FlagSource.REVIEWER, "ada", NOON, raised=False))
    say(site, "c32", Verdict.APPROVE, "ada")
    say(site, "c33", Verdict.APPROVE, "ada")
    copy, edited = Comment("c92", "u", "text 32", 0), Comment("c33", "t", "text 33.", 33)
    site.threads.save([Thread("u", comments=(copy,)), Thread("t", comments=(edited,))])
    site.scores.save(COMPACT, [(edited.text_sha256, Scores(dict.fromkeys(COMPACT.labels, HIGH)))])
    turned_on(site)
    by_policy = {one.decision.comment_id for one in site.decisions.log()} - {"c32", "c33"}
    assert by_policy.isdisjoint({"c30", "c31", "c92"})
    assert "c33" not in verdicts(site)


def test_what_was_taken_back_is_not_done_again_where_a_dot_was_added(site: Store) -> None:
    turned_on(site)
    site.decisions.undo_all(["policy:default@2"], "lea", NOON)
    edited = Comment("c30", "t", "text 30.", 30)
    site.threads.save([Thread("t", comments=(edited,))])
    site.scores.save(COMPACT, [(edited.text_sha256, Scores(dict.fromkeys(COMPACT.labels, HIGH)))])
    assert site.automatic.act(numbers, NOON) == Acted()


def test_an_undo_of_a_policy_leaves_alone_who_only_calls_themselves_so(site: Store) -> None:
    turned_on(site)
    say(site, "c30", Verdict.APPROVE, "policy:default@2")
    site.decisions.undo_all(["policy:default@2"], "lea", NOON)
    assert verdicts(site) == {"c30": "approve"}


@pytest.mark.parametrize(
    ("margin", "score", "acts"),
    [("0.04", 0.93, False), ("0.04", 0.95, True), (None, 0.95, False)],
)
def test_rough_scores_near_a_limit_decide_nothing_before_they_are_exact(
    site: Store, margin: str | None, score: float, acts: bool
) -> None:
    rough = replace(COMPACT, version="fast-1", details={} if margin is None else {"margin": margin})
    given = [
        (text_digest(f"text {n}"), Scores(dict.fromkeys(COMPACT.labels, score), rough=True))
        for n in range(90, 92)
    ]
    site.scores.save(rough, given)
    site.panel.set(dict.fromkeys(rough.labels, ("compact", "fast-1")))
    seats = dict.fromkeys(rough.labels, "compact@fast-1")
    site.policies.save(replace(ON, automatic=replace(RANGES, scorers=seats)))
    assert site.automatic.act(numbers, NOON).rejected == (2 if acts else 0)
    exact = [(digest, replace(one, rough=False)) for digest, one in given]
    site.scores.save(rough, exact)
    site.automatic.act(numbers, NOON)
    assert set(verdicts(site)) == {"c90", "c91"}


def test_what_an_audit_drew_before_has_the_greater_of_both_chances(site: Store) -> None:
    """Else it would stand for more than it does beside what the range left to people."""
    site.audits.draw(Tenth(), 10, "lea", NOON)
    say(site, "c05", Verdict.REJECT, "ada")  # low, and in its turn
    turned_on(site)
    chances = {one.comment_id: one for one in site.audits.chances()}
    low = [f"c{n:02}" for n in range(100) if 5 <= n % 10 < 8]
    assert {chances[one].probability for one in low} == {0.25}
    assert {one for one in low if chances[one].drawn} == {one for one in low if one < "c25"}
    known = site.evidence.read(NOON)
    ids = site.evidence.ids(known.comment.tolist())
    shares = dict(zip(ids, known.share.tolist(), strict=True))
    assert {shares[one] for one in low} == {0.25}
    site.audits.draw(Tenth(), 10, "lea", NOON)
    assert {shares[f"c{n:02}"] for n in range(100) if n % 10 >= 8} == {0.0}
    assert site.evidence.read(NOON).share.tolist() == known.share.tolist()


class Tenth:
    """A tenth of all, by the numbers of these tests."""

    def numbers(self, ids: Sequence[str], salt: str) -> Sequence[float]:
        return numbers(ids, salt)

    def probabilities(self, closeness: Sequence[float]) -> Sequence[float]:
        return [0.1] * len(closeness)


def test_an_edited_comment_is_decided_anew_by_its_new_text(site: Store) -> None:
    turned_on(site)
    edited = Comment("c40", "t", "text 40, and kinder", 40)
    site.threads.save([Thread("t", comments=(edited,))])
    assert "c40" not in verdicts(site)
    kinder = Scores(dict.fromkeys(COMPACT.labels, LOW))
    site.scores.save(COMPACT, [(edited.text_sha256, kinder)])
    assert site.automatic.act(numbers, NOON) == Acted(0, 1, 0)
    assert verdicts(site)["c40"] == "approve"


def test_the_read_model_follows_from_the_facts_here_too(site: Store) -> None:
    turned_on(site)
    say(site, "c30", Verdict.APPROVE, "ada")
    before = verdicts(site), sorted(queue(site))
    site.rebuild()
    assert before == (verdicts(site), sorted(queue(site)))


def test_ranges_are_kept_with_their_version(site: Store) -> None:
    site.policies.save(ON)
    assert site.policies.in_force() == ON
    assert site.policies.get("default", 1).policy.automatic is None
    with pytest.raises(ConflictError):
        site.policies.save(replace(ON, automatic=None, version=1, created_by="eve", thresholds=()))


def test_what_a_range_left_to_people_is_told_from_what_nothing_flagged(site: Store) -> None:
    turned_on(site)
    assert [one.draw.automatic for one in site.audits.all()] == [True]
    for one in queue(site):
        digest = text_digest(f"text {int(one[1:])}")
        made = Decision(f"d{one}", one, digest, Verdict.REJECT, "ada", NOON, scorer="compact@1f0c")
        site.decisions.add(made)
    sampled = [one for one in site.decisions.current() if one.inclusion is not None]
    ranged = {one.entry.comment.id for one in sampled if one.automatic}
    assert ranged == {f"c{n:02}" for n in range(25) if n % 10 < 5}
    others = {one.entry.comment.id for one in sampled if not one.automatic}
    assert others == {f"c{n:02}" for n in range(25) if 5 <= n % 10 < 8}
    assert {one.inclusion for one in sampled} == {0.25}


class CutShortError(Exception):
    """Somebody pulled the plug."""


def cut_short_after(calls: int) -> Callable[[Sequence[str], str], Sequence[float]]:
    """Return numbers that can be asked for so often."""
    left = iter(range(calls))

    def given(ids: Sequence[str], salt: str) -> Sequence[float]:
        if next(left, None) is None:
            raise CutShortError
        return numbers(ids, salt)

    return given


def test_an_act_that_is_cut_short_says_so_goes_on_and_is_taken_back_as_one(site: Store) -> None:
    """Its 80 comments make eight portions; the first asking is for the count."""
    site.automatic.portion = 10
    agreed = site.automatic.tally(ON, numbers, NOON)
    turning_on = {"upon": "default@1", "agreed": agreed}
    with pytest.raises(CutShortError):
        site.automatic.turn_on(ON, {}, cut_short_after(5), NOON, **turning_on)
    assert site.policies.in_force() == ON
    assert site.automatic.due(ON) == 40
    done = verdicts(site)
    assert 0 < len(done) < agreed.decided
    site.rebuild()
    assert verdicts(site) == done
    rest = site.automatic.act(numbers, NOON)
    assert rest.decided + len(done) == agreed.decided
    assert site.automatic.due(ON) == 0
    (draw,) = site.audits.all()
    assert (draw.draw.population, draw.draw.drawn) == (80, agreed.audited)
    taken = site.decisions.undo_all(["policy:default@2"], "lea", NOON)
    assert len(taken) == agreed.decided
    assert verdicts(site) == {}


def test_an_undo_goes_by_portions_and_one_that_is_cut_short_is_gone_on_with(
    site: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.decisions, "portion", 10)
    turned_on(site)
    told: list[tuple[int, int | None]] = []

    def heard(done: int, of: int | None) -> None:
        told.append((done, of))
        say(site, "c95", Verdict.APPROVE, "ada")  # the last of them: somebody works meanwhile
        raise CutShortError

    with pytest.raises(CutShortError):
        site.decisions.undo_all(["policy:default@2"], "lea", NOON, on_progress=heard)
    assert told == [(10, 59)]
    assert len(verdicts(site)) == 49
    model = verdicts(site), set(queue(site))
    site.rebuild()
    assert (verdicts(site), set(queue(site))) == model
    assert site.automatic.act(numbers, NOON) == Acted(), "what was taken back stays so"
    rest = site.decisions.undo_all(["policy:default@2"], "lea", NOON)
    assert len(rest) == 49
    assert verdicts(site) == {"c95": "approve"}
    undone = [one.decision for one in site.decisions.log() if one.decision.undoes]
    assert len({one.undoes for one in undone}) == len(undone) == 59, "none of them twice"
    assert len({one.batch for one in undone}) == 2, "an act each"
    assert site.chain.verify().whole


def test_what_is_edited_or_taken_back_while_an_undo_goes_on_is_left_alone(
    site: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.decisions, "portion", 30)
    turned_on(site)
    last = {one.decision.comment_id: one.decision for one in site.decisions.log()}

    def meanwhile(done: int, of: int | None) -> None:
        if done == 30:
            site.decisions.undo(last["c95"].id, "bea", NOON)
            edited = Comment("c94", "t", "text 94, quite another one", 94)
            site.threads.save([Thread("t", comments=(edited,))])

    taken = site.decisions.undo_all(["policy:default@2"], "lea", NOON, on_progress=meanwhile)
    assert len(taken) == 57
    assert {"c94", "c95"}.isdisjoint(one.comment_id for one in taken)
    assert verdicts(site) == {}
    assert len({one.decision.batch for one in site.decisions.log() if one.decision.undoes}) == 2


def test_what_others_take_back_meanwhile_is_told_from_nothing_to_take_back(
    site: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever asks goes on to older versions, which nobody asked for."""
    turned_on(site)
    monkeypatch.setattr("triage.store.decisions.standing_of", lambda connection, keys: [])
    with pytest.raises(ConflictError, match="meanwhile"):
        site.decisions.undo_all(["policy:default@2"], "lea", NOON)


def test_where_one_is_left_of_an_undo_that_was_cut_short_the_queue_is_put_in_order(
    site: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.decisions, "portion", 58)
    turned_on(site)

    def stopped(done: int, of: int | None) -> None:
        raise CutShortError

    with pytest.raises(CutShortError):
        site.decisions.undo_all(["policy:default@2"], "lea", NOON, on_progress=stopped)
    assert len(site.decisions.undo_all(["policy:default@2"], "lea", NOON)) == 1
    order = queue(site)
    site.rebuild()
    assert queue(site) == order


def test_portions_do_what_one_would_have_done(site: Store) -> None:
    site.automatic.portion = 7
    agreed = site.automatic.tally(ON, numbers, NOON)
    acted = site.automatic.turn_on(ON, {}, numbers, NOON, upon="default@1", agreed=agreed)
    assert acted == agreed == Acted(rejected=35, approved=24, audited=21)
    assert len({one.decision.batch for one in site.decisions.log()}) == 1
    assert set(queue(site)) == {f"c{n:02}" for n in range(100) if n < 25 or n % 10 >= 8}
    assert site.automatic.due(ON) == 0


def test_nothing_is_decided_that_was_not_counted_when_it_was_agreed_to(site: Store) -> None:
    """What comes, or comes to mean something else, while the act goes on is left to a later one."""
    site.automatic.portion = 10
    agreed = site.automatic.tally(ON, numbers, NOON)
    asked: list[int] = []

    def meanwhile(ids: Sequence[str], salt: str) -> Sequence[float]:
        if not asked:
            edited = Comment("c95", "t", "text 95, worse", 95)
            site.threads.save([Thread("t", comments=(edited,))])
            worse = Scores(dict.fromkeys(COMPACT.labels, HIGH))
            site.scores.save(COMPACT, [(edited.text_sha256, worse)])
            fill(site, {130: HIGH}, "u")
        asked.append(len(ids))
        return numbers(ids, salt)

    acted = site.automatic.turn_on(ON, {}, meanwhile, NOON, upon="default@1", agreed=agreed)
    assert acted == replace(agreed, approved=agreed.approved - 1)
    assert verdicts(site).keys().isdisjoint({"c95", "c130"})
    assert site.automatic.act(numbers, NOON) == Acted(rejected=2)


def test_what_was_cut_short_ends_with_the_version_that_it_was_agreed_for(site: Store) -> None:
    site.automatic.portion = 10
    agreed = site.automatic.tally(ON, numbers, NOON)
    turning_on = {"upon": "default@1", "agreed": agreed}
    with pytest.raises(CutShortError):
        site.automatic.turn_on(ON, {}, cut_short_after(3), NOON, **turning_on)
    done = verdicts(site)
    off = replace(ON, version=3, automatic=None)
    site.policies.save(off)
    assert site.automatic.act(numbers, NOON) == Acted()
    assert (verdicts(site), site.automatic.due(off)) == (done, 0)


def test_what_ranges_would_do_is_shown_from_all_of_it_and_from_its_weak_end(site: Store) -> None:
    """Of what would be rejected one in ten scores barely enough: those are the weak end."""
    barely = dict.fromkeys(range(130, 140), 0.9) | dict.fromkeys(range(140, 195), HIGH)
    fill(site, barely, "u")
    for n in range(160, 163):
        say(site, f"c{n}", Verdict.REJECT, "ada")
    say(site, "c170", Verdict.APPROVE, "ada")
    shown = site.automatic.foresee(ON, numbers, NOON, many=4, chance=Random(1))
    assert shown.acted == site.automatic.tally(ON, numbers, NOON)
    side = shown.sides[Verdict.REJECT]
    assert (side.decided, side.otherwise) == (4, 1)
    assert [one.comment.id for one in side.against] == ["c170"]
    weak = {one.comment.id for one in side.weak}
    assert len(side.anywhere) == len(weak) == 4
    assert weak <= {f"c{n}" for n in range(130, 140)}
    assert weak.isdisjoint(one.comment.id for one in side.anywhere)
    left = {f"c{n:02}" for n in range(200) if n % 100 < 25}
    both = [*side.anywhere, *side.weak, *shown.sides[Verdict.APPROVE].anywhere]
    assert left.isdisjoint(one.comment.id for one in both)
    others = [
        site.automatic.foresee(ON, numbers, NOON, many=4, chance=Random(turn)) for turn in range(8)
    ]
    ids = {
        tuple(one.comment.id for one in shown.sides[Verdict.REJECT].anywhere) for shown in others
    }
    assert len(ids) > 1


def test_ranges_that_hold_nothing_show_nothing(site: Store) -> None:
    high = replace(ON, automatic=replace(RANGES, reject_from={Label.TOXICITY: 0.99}))
    shown = site.automatic.foresee(high, numbers, NOON, many=4, chance=Random(1))
    assert shown.sides[Verdict.REJECT] == Side()
    off = replace(ON, automatic=None)
    assert site.automatic.foresee(off, numbers, NOON, many=4, chance=Random(1)) == Foreseen(Acted())


LEFT = [f"c{n:02}" for n in range(25) if n % 10 < 8]
OTHERS = [f"c{n:02}" for n in range(100) if n % 10 >= 8]


def test_what_is_left_to_people_stands_where_its_number_says_and_not_where_its_scores_would(
    site: Store,
) -> None:
    """At the head there would be nothing else: of such scores nothing else is undecided."""
    turned_on(site)
    here = queue(site)
    assert here[: len(LEFT)] != LEFT  # one of them may be the first, by chance
    assert [one for one in here if one in LEFT] == LEFT  # the numbers of these tests rise
    assert [one for one in here if one in OTHERS] == OTHERS
    heavier = {Label.TOXICITY: 0.9, Label.INSULT: 0.1}
    site.policies.save(replace(ON, version=3, severity=heavier))
    assert [one for one in queue(site) if one in LEFT] == LEFT
    site.rebuild()
    assert queue(site)[: len(LEFT)] != LEFT
    assert [one for one in queue(site) if one in LEFT] == LEFT


def test_whom_a_person_flags_of_it_comes_first_and_then_stands_by_chance_again(site: Store) -> None:
    turned_on(site)
    before = queue(site)
    raised = Flag("c20", FlagSource.REVIEWER, "ada", NOON)
    site.flags.add(raised)
    assert queue(site)[0] == "c20"
    site.flags.add(replace(raised, raised=False))
    assert queue(site) == before


def test_a_veiled_table_does_not_tell_what_was_left_to_people(site: Store) -> None:
    """Flagged ones that wait look alike, whatever their scores, and no filter tells them apart."""
    turned_on(site)
    veiled = BrowseFilter(veiled=True)
    rows = {one.comment.id: one for one in site.comments.page(veiled, limit=200)[0]}
    waiting = {one: rows[one] for one in rows if rows[one].verdict is None}
    assert set(waiting) == {*LEFT, *OTHERS}
    flagged = [one for one in waiting.values() if one.flagged]
    told = {(one.scores, one.route, one.priority, one.asked, one.pending) for one in flagged}
    assert told == {(None, None, 0.0, None, True)}
    assert {one.comment.id for one in flagged} > set(OTHERS)
    assert all(rows[one].scores is not None for one in rows if rows[one].verdict is not None)
    high = BrowseFilter(veiled=True, scores={Label.TOXICITY: (0.5, 1.0)})
    found, total = site.comments.page(high, limit=200)
    assert total == len(found) == 35
    assert all(one.verdict is Verdict.REJECT for one in found)
    assert site.comments.page(replace(high, decided=False)) == ([], 0)
    for descending in (True, False):
        ordered = site.comments.page(veiled, sort=Label.TOXICITY, descending=descending, limit=200)[
            0
        ]
        assert [one.comment.id for one in ordered[-len(waiting) :]] == sorted(waiting)


def test_a_veiled_course_has_no_scores_of_what_waits(site: Store) -> None:
    turned_on(site)
    steps = site.threads.course("t", Label.TOXICITY, veiled=True).steps
    assert {one.comment_id for one in steps if one.score is None} == {*LEFT, *OTHERS}


def test_a_share_waits_until_people_have_looked_at_all_of_it(site: Store) -> None:
    assert not site.audits.share_waits()
    turned_on(site)
    assert site.audits.share_waits()
    for one in LEFT:
        say(site, one, Verdict.REJECT, "ada")
    assert not site.audits.share_waits()
