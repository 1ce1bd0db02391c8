from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.comments import text_digest
from triage.domain.decisions import (
    Annotation,
    DecidedBy,
    Decision,
    Flag,
    FlagSource,
    Span,
    Verdict,
    asks_again,
    current_decision,
    in_force_in_turn,
    run_of,
    standing_flags,
    taken_back,
)
from triage.domain.scores import Label

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DIGEST = text_digest("some text")


def decision(
    name: str,
    verdict: Verdict | None = Verdict.APPROVE,
    by: DecidedBy = DecidedBy.PERSON,
    undoes: str | None = None,
) -> Decision:
    return Decision(name, "c", DIGEST, verdict, "ana", NOW, decided_by=by, undoes=undoes)


def test_the_last_decision_stands() -> None:
    log = [decision("1"), decision("2", Verdict.REJECT)]
    assert current_decision(log) == log[1]
    assert current_decision([]) is None


def test_a_human_verdict_outranks_the_policy_also_when_the_policy_comes_later() -> None:
    person = decision("1", Verdict.APPROVE)
    policy = decision("2", Verdict.REJECT, DecidedBy.POLICY)
    assert current_decision([person, policy]) == person


def test_an_undo_brings_back_what_stood_before() -> None:
    first, second = decision("1"), decision("2", Verdict.REJECT)
    assert current_decision([first, second, decision("3", None, undoes="2")]) == first


def test_an_undone_undo_changes_nothing() -> None:
    first = decision("1")
    log = [first, decision("2", None, undoes="1"), decision("3", None, undoes="2")]
    assert current_decision(log) == first


@given(st.lists(st.sampled_from([*Verdict, None]), max_size=12))
def test_undoing_everything_leaves_nothing(verdicts: list[Verdict | None]) -> None:
    log: list[Decision] = []
    for index, verdict in enumerate(verdicts):
        if verdict is not None:
            log.append(decision(str(index), verdict))
    log += [decision(f"u{one.id}", None, undoes=one.id) for one in list(log)]
    assert current_decision(log) is None


@given(st.lists(st.tuples(st.sampled_from(Verdict), st.sampled_from(DecidedBy), st.booleans())))
def test_the_last_that_came_into_force_is_in_force(
    made: list[tuple[Verdict, DecidedBy, bool]],
) -> None:
    log: list[Decision] = []
    for index, (verdict, by, undone) in enumerate(made):
        log.append(decision(str(index), verdict, by))
        if undone:
            log.append(decision(f"u{index}", None, undoes=str(index)))
    turn = in_force_in_turn(log)
    assert (turn[-1] if turn else None) == current_decision(log)


def test_a_decision_carries_a_verdict_or_undoes_one() -> None:
    with pytest.raises(ValueError, match="carries a verdict"):
        decision("1", None)
    with pytest.raises(ValueError, match="carries a verdict"):
        decision("1", Verdict.REJECT, undoes="0")


def test_a_label_is_not_confirmed_and_rejected_at_once() -> None:
    with pytest.raises(ValueError, match="not both"):
        Annotation("1", "c", DIGEST, "ana", NOW, (Label.INSULT,), (Label.INSULT,))


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 3), (5, 2)])
def test_a_span_runs_forward(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="span"):
        Span(start, end)


def flag(raised: bool = True, by: str = "bea") -> Flag:
    return Flag("c", FlagSource.REVIEWER, by, NOW, raised)


def test_a_flag_after_the_decision_asks_again_and_one_before_it_is_answered() -> None:
    assert asks_again([decision("1"), flag()])
    assert not asks_again([flag(), decision("1")])


def test_a_withdrawn_flag_asks_for_nothing() -> None:
    assert not asks_again([decision("1"), flag(), flag(raised=False)])
    assert asks_again([decision("1"), flag(), flag(raised=False, by="cem")])


def test_a_decision_after_the_flag_answers_it() -> None:
    assert not asks_again([decision("1"), flag(), decision("2", Verdict.REJECT)])


def test_each_persons_last_word_is_the_flag_that_stands() -> None:
    assert standing_flags([flag(), flag(by="cem"), flag(raised=False)]) == (flag(by="cem"),)


def test_only_an_undo_that_stands_takes_back() -> None:
    undo = decision("2", None, undoes="1")
    assert taken_back([decision("1"), undo]) == {"1"}
    assert taken_back([decision("1"), undo, decision("3", None, undoes="2")]) == {"2"}


def test_a_reason_is_not_given_and_refused_at_once() -> None:
    with pytest.raises(ValueError, match="not both"):
        replace(decision("1"), reasons=("insult",), refused=("threat", "insult"))


def test_a_removal_began_with_the_first_rejection_in_a_row() -> None:
    rejected = [decision(one, Verdict.REJECT) for one in "12"]
    assert [one.id for one in run_of(rejected)] == ["1", "2"]
    restored = [*rejected, decision("3", Verdict.APPROVE), decision("4", Verdict.REJECT)]
    assert [one.id for one in run_of(restored)] == ["4"]
    assert run_of([]) == []


def test_what_was_taken_back_or_outranked_never_was_in_force() -> None:
    first = decision("1", Verdict.REJECT)
    undone = [first, decision("2", None, undoes="1"), decision("3", Verdict.REJECT)]
    assert [one.id for one in run_of(undone)] == ["3"]
    client = replace(decision("2", Verdict.APPROVE), decided_by=DecidedBy.CLIENT)
    last = decision("3", Verdict.REJECT)
    assert in_force_in_turn([first, client, last]) == [first, last]
    assert in_force_in_turn([client, last]) == [client, last]
