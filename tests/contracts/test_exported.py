"""What leaves: filters hold for every table, and the sample says how likely each comment was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.contracts.test_audits import decide, draw, drawn, site
from triage.domain.comments import Comment, Thread
from triage.domain.decisions import (
    Annotation,
    Decision,
    Flag,
    FlagSource,
    Verdict,
)
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import NotFoundError, UsageError
from triage.store import BrowseFilter, Store

__all__ = ["site"]  # the fixture

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
A = Comment("a", "t", "You fool", 0, author="Ana", created_at=NOON)
B = Comment("b", "t", "A lovely day", 1, author="Bo", created_at=NOON + HOUR)
C = Comment("c", "u", "Go away", 0, created_at=None)


def decision(name: str, about: Comment, **more: object) -> Decision:
    given: dict[str, object] = {"verdict": Verdict.REJECT, "reviewer": "ada", "at": NOON} | more
    return Decision(name, about.id, about.text_sha256, **given)  # type: ignore[arg-type]


@pytest.fixture
def decided(store: Store) -> Store:
    """Three comments in two threads of two files; d1 is undone, d2 and d3 stand."""
    store.threads.save([Thread("t", source="one.csv", comments=(A, B))])
    store.threads.save([Thread("u", source="two.csv", comments=(C,))])
    compact = ScorerInfo("compact", "1", (Label.INSULT,))
    store.panel.set({Label.INSULT: ("compact", "1")})
    scores = {A: 0.9, B: 0.1, C: 0.6}
    store.scores.save(
        compact, [(one.text_sha256, Scores({Label.INSULT: at})) for one, at in scores.items()]
    )
    store.decisions.add(decision("d1", A, reasons=("R2",), reviewer="bob"))
    store.decisions.undo("d1", "bob", NOON + HOUR)
    store.decisions.add(decision("d2", A, reasons=("insult", "R2"), at=NOON + 2 * HOUR))
    store.decisions.add(
        decision("d3", C, verdict=Verdict.APPROVE, reviewer="bob", at=NOON + 3 * HOUR)
    )
    return store


CASES = [
    (BrowseFilter(), "d2 d3", "d1 d2 d3 -"),
    (BrowseFilter(thread_id="t"), "d2", "d1 d2 -"),
    (BrowseFilter(source="two.csv"), "d3", "d3"),
    (BrowseFilter(decided_by="bob"), "d3", "d1 d3 -"),
    (BrowseFilter(verdict=Verdict.REJECT), "d2", "d1 d2"),
    (BrowseFilter(reason="R2"), "d2", "d1 d2"),
    (BrowseFilter(reason="r2"), "", ""),
    (BrowseFilter(reason="R"), "", ""),
    (BrowseFilter(reason="insult"), "d2", "d2"),
    (BrowseFilter(author="Ana"), "d2", "d1 d2 -"),
    (BrowseFilter(pattern="fo+l"), "d2", "d1 d2 -"),
    (BrowseFilter(scores={Label.INSULT: (0.6, 1.0)}), "d2 d3", "d1 d2 d3 -"),
    (BrowseFilter(scores={Label.INSULT: (0.7, 1.0)}), "d2", "d1 d2 -"),
    (BrowseFilter(decided_since=NOON + 3 * HOUR), "d3", "d3"),
    (BrowseFilter(decided_before=NOON + 2 * HOUR), "", "d1 -"),
    (BrowseFilter(since=NOON), "d2", "d1 d2 -"),
]


@pytest.mark.parametrize(("wanted", "current", "log"), CASES)
def test_a_filter_holds_for_decisions_in_force_and_for_each_of_the_log(
    decided: Store, wanted: BrowseFilter, current: str, log: str
) -> None:
    in_force = [one.decision.id for one in decided.decisions.current(wanted)]
    assert in_force == current.split()
    logged = [one.decision for one in decided.decisions.log(wanted)]
    shown = ["-" if one.verdict is None else one.id for one in logged]
    assert sorted(shown) == sorted(log.split())


def test_comments_are_filtered_by_source_and_by_what_was_decided_when(decided: Store) -> None:
    def kept(**wanted: object) -> list[str]:
        found = decided.comments.stream(BrowseFilter(**wanted))  # type: ignore[arg-type]
        return [entry.comment.id for entry in found]

    assert kept(source="one.csv") == ["a", "b"]
    assert kept(decided_since=NOON + 3 * HOUR) == ["c"]
    assert kept(reason="R2") == ["a"]
    assert decided.comments.count(BrowseFilter(source="one.csv", reason="R2")) == 1
    assert decided.comments.sources() == ["one.csv", "two.csv"]
    assert decided.decisions.reasons() == ["R2", "insult"]


def test_annotations_are_filtered_by_who_made_them_when_and_about_what(decided: Store) -> None:
    for name, about, at in (("n1", A, NOON), ("n2", B, NOON + HOUR)):
        made = Annotation(name, about.id, about.text_sha256, name, at, (Label.INSULT,))
        decided.annotations.add(made)

    def kept(**wanted: object) -> list[str]:
        found = decided.annotations.log(BrowseFilter(**wanted))  # type: ignore[arg-type]
        return [one.annotation.id for one in found]

    assert kept() == ["n1", "n2"]
    assert kept(decided_by="n2") == ["n2"]
    assert kept(decided_since=NOON + HOUR) == ["n2"]
    assert kept(reason="insult", author="Ana") == ["n1"]
    assert kept(verdict=Verdict.REJECT) == ["n1"]


def test_a_pattern_that_cannot_be_used_is_refused_before_anything_is_written(
    decided: Store,
) -> None:
    wanted = BrowseFilter(pattern="(")
    for rows in (
        decided.decisions.current(wanted),
        decided.decisions.log(wanted),
        decided.annotations.log(wanted),
    ):
        with pytest.raises(UsageError, match="pattern"):
            next(iter(rows))


def test_a_readers_report_counts_where_it_came_before_the_decision(decided: Store) -> None:
    def reported() -> dict[str, bool]:
        return {one.decision.id: one.reported for one in decided.decisions.current()}

    assert reported() == {"d2": False, "d3": False}
    decided.flags.add(Flag("a", FlagSource.READER, "readers", NOON))
    decided.flags.add(Flag("c", FlagSource.READER, "readers", NOON + 4 * HOUR))
    decided.flags.add(Flag("c", FlagSource.REVIEWER, "ada", NOON))
    assert reported() == {"d2": True, "d3": False}


def test_an_audit_leaves_with_the_probability_of_the_sample_as_far_as_it_is_reviewed(
    site: Store,
) -> None:
    draw(site, 20)
    chances = {one.comment_id: one for one in site.audits.chances() if one.drawn}
    in_turn = sorted(chances, key=lambda one: chances[one].number / chances[one].probability)
    decide(site, "f0", Verdict.REJECT)
    for one in [*in_turn[:5], in_turn[7]]:
        decide(site, one, Verdict.APPROVE)
    found = {one.entry.comment.id: one.inclusion for one in site.decisions.current()}
    first_open = chances[in_turn[5]]
    reached = first_open.number / first_open.probability
    assert found.pop("f0") is None
    assert found.pop(in_turn[7]) is None, "decided out of turn, it does not count yet"
    assert found == pytest.approx({one: chances[one].probability * reached for one in in_turn[:5]})
    for one in drawn(site) - set(found) - {in_turn[7]}:
        decide(site, one, Verdict.APPROVE)
    whole = {one.entry.comment.id: one.inclusion for one in site.decisions.current()}
    assert {one: whole[one] for one in chances} == pytest.approx(
        {one: chance.probability for one, chance in chances.items()}
    )


def test_a_batch_after_an_audit_is_no_audit_any_more(site: Store) -> None:
    draw(site, 20)
    for one in drawn(site):
        decide(site, one, Verdict.APPROVE)
    again = min(drawn(site))
    decide(site, again, Verdict.REJECT, via="batch")
    found = {one.entry.comment.id: one.inclusion for one in site.decisions.current()}
    assert {one for one, chance in found.items() if chance is None} == {again}


def test_one_decision_in_force_is_found_by_its_comment(decided: Store) -> None:
    found = decided.decisions.in_force("a")
    assert found is not None
    assert found.decision.id == "d2"
    assert decided.decisions.in_force("b") is None
    with pytest.raises(NotFoundError):
        decided.decisions.in_force("nowhere")


def test_authors_are_found_in_a_text_in_any_case(decided: Store) -> None:
    odd = Comment("o", "o", "Odd", 0, author="50%_\\")
    shouted = Comment("p", "o", "Loud", 1, author="ÉVA")
    decided.threads.save([Thread("o", comments=(odd, shouted))])
    assert decided.authors.within("What Ana and Bo did") == ["Ana", "Bo"]
    assert decided.authors.within("ana, éva, 50%") == ["Ana", "ÉVA"]
    assert decided.authors.within("an a") == []
    assert decided.authors.within("by 50%_\\") == ["50%_\\"]
