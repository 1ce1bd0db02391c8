"""What is known at a threshold, in numbers and in sentences; and the plots."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from triage.tuning.curves import UNKNOWN, Curves, Evidence
from triage.tuning.drift import Slice
from triage.tuning.outcomes import AuditState, Bar, Outcome, Workload, known, outcome
from triage.tuning.plots import beside, drawing
from triage.tuning.reliability import reliability
from triage.tuning.tune_report import TuneReport, as_json, as_markdown

LOAD = Workload(queue=3, queue_per_day=1.5, hours_per_day=None)


def curves(*, audited: bool) -> Curves:
    score = np.array([0.9, 0.8, 0.7, 0.3, 0.2, 0.1])
    label = np.array([1, 0, 1, 1 if audited else UNKNOWN, 0 if audited else UNKNOWN, UNKNOWN])
    chance = np.where(score >= 0.5, 1.0, 0.5 if audited else 0.0)
    return Curves(Evidence(score, label.astype(np.int8), chance))


def at_half(*, audited: bool) -> Outcome:
    return outcome(curves(audited=audited), 0.5, LOAD)


def test_without_an_audit_recall_is_unknown_and_so_are_misses() -> None:
    one = at_half(audited=False)
    assert (one.flagged, one.share, one.reviewed) == (3, 0.5, 3)
    assert one.precision == pytest.approx(2 / 3)
    assert (one.recall, one.recall_low, one.missed_per_1000, one.missed_per_1000_most) == (
        None,
    ) * 4
    said = known(one, "should be rejected", 0.95)
    assert "cannot be known from flagged comments alone" in said
    assert "3 reviewed, which is few" in said


def test_with_an_audit_the_bound_is_stated_and_how_often_it_is_true() -> None:
    one = at_half(audited=True)
    assert one.recall == pytest.approx(2 / (2 + 2))  # one miss at 1 in 2
    assert one.missed_per_1000 == pytest.approx(1000 * 2 / 3)
    assert one.recall_low is not None
    assert 0 < one.recall_low <= one.recall
    said = known(replace(one, waiting=7), "carry “threat”", 0.9)
    assert f"at least {100 * one.recall_low:.0f} of 100 that carry “threat”" in said
    assert "90% of such audits (2 audited below)" in said
    assert "7 comments below it are due for review" in said


def test_what_was_all_reviewed_is_no_bound_but_a_count() -> None:
    score = np.array([0.9, 0.8, 0.3, 0.2])
    one = outcome(Curves(Evidence(score, np.array([1, 0, 1, 0], np.int8), np.ones(4))), 0.5, LOAD)
    assert one.all_known
    said = known(one, "should be rejected", 0.95)
    assert "It finds 50 of 100 that should be rejected: all that lies below was reviewed." in said
    assert not at_half(audited=True).all_known
    assert not at_half(audited=False).all_known


def test_nothing_reviewed_is_said_so() -> None:
    nobody = Evidence(np.array([0.9]), np.array([UNKNOWN], np.int8), np.array([1.0]))
    said = known(outcome(Curves(nobody), 0.5, LOAD), "should be rejected", 0.95)
    assert said.startswith("Nobody has reviewed a comment above this threshold")


def test_a_queue_that_is_half_done_is_said_to_flatter() -> None:
    score = np.array([0.9, 0.8, 0.7, 0.6])
    label = np.array([1, 1, UNKNOWN, UNKNOWN], np.int8)
    half = outcome(Curves(Evidence(score, label, np.ones(4))), 0.5, LOAD)
    assert half.due == 2
    assert "2 that are flagged are not decided yet" in known(half, "should be rejected", 0.95)
    done = outcome(Curves(Evidence(score[:2], label[:2], np.ones(2))), 0.5, LOAD)
    assert "not decided yet" not in known(done, "should be rejected", 0.95)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (AuditState(0, 0, 0, 0, 9), "No audit sample was drawn yet."),
        (AuditState(90, 10, 4, 4, 0), "Audit: 4 of 10 drawn comments are decided."),
        (
            AuditState(90, 10, 4, 3, 2),
            (
                "Audit: 4 of 10 drawn comments are decided; 3 in their turn, and only those count; "
                "2 comments came after the draw: recall is unknown for them."
            ),
        ),
    ],
)
def test_the_audit_says_how_far_it_is(state: AuditState, words: str) -> None:
    assert state.said == words


def test_weighted_bands_stand_for_as_many_comments_as_their_labels_do() -> None:
    truth, score = np.array([1.0, 0.0, 1.0]), np.array([0.11, 0.13, 0.95])
    low, high = reliability(truth, score, weights=np.array([1.0, 3.0, 5.0]))
    assert (low.labels, low.share) == (2, pytest.approx(0.25))
    assert low.mean_score == pytest.approx((0.11 + 3 * 0.13) / 4)
    (alike,) = reliability(truth[:2], score[:2], weights=np.array([7.0, 7.0]))
    (plain,) = reliability(truth[:2], score[:2])
    assert (alike.share_low, alike.share_high) == pytest.approx((plain.share_low, plain.share_high))
    assert high.share == 1.0


@pytest.mark.parametrize("audited", [True, False])
def test_the_plots_are_well_formed_and_draw_only_what_is_known(audited: bool) -> None:
    grid = curves(audited=audited).at(np.linspace(0, 1, 101))
    svg = drawing([Bar(0.0, 0.5, 0, 2, 1), Bar(0.5, 1.0, 3, 0, 0)], grid, [("in force", 0.5)])
    tree = ElementTree.fromstring(svg)
    lines = tree.findall("{http://www.w3.org/2000/svg}polyline")
    (recall,) = [one for one in lines if one.get("stroke") == "#c2504f"]
    # Below the lowest score nothing is left to miss: so far it is known without an audit.
    assert len(str(recall.get("points")).split()) == (101 if audited else 11)
    assert "nan" not in svg


def test_two_versions_are_drawn_beside_each_other_by_the_share_flagged() -> None:
    grid = curves(audited=True).at(np.linspace(0, 1, 11))
    share = np.linspace(0.0, 0.5, 11)
    tree = ElementTree.fromstring(beside([("insult", share, (grid, grid))]))
    lines = tree.findall("{http://www.w3.org/2000/svg}polyline")
    dashed = [one for one in lines if one.get("stroke-dasharray")]
    assert len(lines) == 2 * len(dashed) > 0


def test_a_report_is_json_and_markdown_with_its_plots_named() -> None:
    one = at_half(audited=False)
    report = TuneReport(
        title="Thresholds: threat",
        about={"policy": "a|b@1"},
        together=False,
        columns=[("in force", one)],
        said="So it is.",
        answer="Not proven.",
        audit=AuditState(0, 0, 0, 0, 3),
        grid=[one],
        bars=[Bar(0.0, 1.0, 3, 0, 3)],
        bands=[],
        slices={"thread": [Slice("a_b", 3, 2, 0, 0, float("nan"), 0.0, 1.0)]},
        confidence=0.95,
    )
    found = json.loads(as_json(report))
    assert found["columns"][0][1]["recall_low"] is None
    assert found["columns"][0][1]["flagged"] == 3
    assert found["slices"]["thread"][0]["share"] is None
    text = as_markdown(report, "report.svg")
    assert "![Scores, precision and recall](report.svg)" in text
    assert "a\\|b@1" in text
    assert "| recall, at least | not known |" in text
    assert "| a\\_b | 3 | 2 | 66.7% | 0 | 0 | not known |" in text
    assert "svg" not in as_markdown(report)
