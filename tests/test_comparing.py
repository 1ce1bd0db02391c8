"""A version of a scorer beside the one in use, held against what happens when it is put to use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Verdict
from triage.domain.policy import Route, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import UsageError
from triage.settings import Settings
from triage.workbench import Workbench

LABELS = (Label.TOXICITY, Label.INSULT, Label.THREAT)
OLD, NEW = ScorerInfo("own", "1", LABELS), ScorerInfo("own", "2", LABELS)
OTHER = ScorerInfo("other", "9", (Label.THREAT, Label.OBSCENE))
SIZE, UNREAD, UNRATED = 200, 5, 9


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A site of 200 comments; the new version has to rate 9 yet, the old cannot read 5."""
    bench = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'desk.db'}"))
    rng = np.random.default_rng(5)
    comments = tuple(Comment(f"c{n}", "t", f"text {n}", n) for n in range(SIZE))
    bench.store.threads.save([Thread("t", title="T", comments=comments)])
    bench.store.panel.set(dict.fromkeys(LABELS, ("own", "1")))
    policy = bench.policy()
    held = (*policy.thresholds, Threshold(Label.TOXICITY, 0.8, Route.HOLD))
    bench.store.policies.save(replace(policy, version=2, thresholds=held))
    old = rng.beta(0.5, 1.5, (SIZE, 3))
    new = np.clip(old + rng.normal(0, 0.15, old.shape), 0, 1)
    digests = [text_digest(one.text) for one in comments]
    rows = [given(row) for row in old]
    rows[:UNREAD] = [Scores(not_scored="not readable")] * UNREAD
    bench.store.scores.save(OLD, zip(digests, rows, strict=True))
    bench.store.scores.save(NEW, zip(digests[:-UNRATED], map(given, new), strict=False))
    yield bench
    bench.close()


def given(row: np.ndarray) -> Scores:
    return Scores(dict(zip(LABELS, map(float, row), strict=True)))


def route_of(bench: Workbench) -> dict[str, str]:
    return {one.comment.id: one.route.value for one in bench.store.comments.stream() if one.route}


def test_the_flip_list_is_what_flips_when_the_version_is_put_to_use(bench: Workbench) -> None:
    found = bench.compare("own@2")
    assert (found.compared, found.unrated) == (SIZE - UNRATED, (0, UNRATED))
    listed = {
        one.entry.comment.id: (one.was.value, one.becomes.value)
        for stricter in (True, False)
        for one in bench.flipping(found, stricter=stricter, limit=SIZE)
    }
    before = route_of(bench)
    bench.store.panel.set(dict.fromkeys(LABELS, ("own", "2")))
    after = route_of(bench)
    rated = [f"c{n}" for n in range(SIZE - UNRATED)]
    assert listed == {one: (before[one], after[one]) for one in rated if before[one] != after[one]}
    assert {"review", "hold"} <= {becomes for _, becomes in listed.values()}


def test_who_did_not_rate_is_said_of_each_side(bench: Workbench) -> None:
    later = tuple(Comment(f"n{n}", "u", f"new {n}", n) for n in range(3))
    bench.store.threads.save([Thread("u", title="U", comments=later)])
    by_new = [(text_digest(one.text), Scores({Label.TOXICITY: 0.9})) for one in later[:2]]
    bench.store.scores.save(NEW, by_new)
    found = bench.compare("own@2")
    assert (found.compared, found.unrated) == (SIZE - UNRATED, (3, UNRATED + 1))
    said = "3 not rated by the old one; 10 not rated by the new one"
    assert f"- left out: {said}\n" in bench.compare_report(found)
    back = bench.compare("own@1", "own@2")
    assert back.left_out == ["10 not rated by the old one", "3 not rated by the new one"]


def test_looking_changes_nothing(bench: Workbench) -> None:
    before = route_of(bench)
    found = bench.compare("own@2")
    bench.flipping(found, stricter=True)
    bench.compare_report(found)
    assert route_of(bench) == before
    assert bench.in_use() == ("own@1",)


def test_each_label_is_told_at_the_threshold_in_force_and_at_a_queue_of_the_same_length(
    bench: Workbench,
) -> None:
    for one in bench.compare("own@2").by_label:
        assert one.before is not None
        assert one.after is not None
        assert one.level is not None
        assert (one.before.flagged, one.after.flagged) == (
            one.found.switch.flagged_before,
            one.found.switch.flagged_after,
        )
        assert one.level.flagged == one.before.flagged
        assert one.before.comments == one.after.comments == SIZE - UNRATED - UNREAD


def test_comments_to_be_decided_unseen_are_counted_and_not_listed(bench: Workbench) -> None:
    bench.draw_audit(100, "ada")
    drawn = {one.comment_id for one in bench.store.audits.chances() if one.drawn}
    found = bench.compare("own@2")
    listed = {
        one.entry.comment.id
        for stricter in (True, False)
        for one in bench.flipping(found, stricter=stricter, limit=SIZE)
    }
    assert found.veiled > 0
    assert listed.isdisjoint(drawn)
    while (waiting := bench.next_comment("ada")) is not None:
        bench.decide([bench.item(waiting).entry.seen], Verdict.APPROVE, reviewer="ada")
    assert bench.compare("own@2").veiled == 0


def test_another_scorer_is_compared_on_the_labels_that_it_would_take(bench: Workbench) -> None:
    digests = [text_digest(f"text {n}") for n in range(SIZE)]
    low = Scores({Label.THREAT: 0.01, Label.OBSCENE: 0.9})
    bench.store.scores.save(OTHER, [(one, low) for one in digests])
    found = bench.compare("other")
    assert found.labels == (Label.THREAT, Label.OBSCENE)
    assert [one.found.label for one in found.by_label] == [Label.THREAT]  # nobody rates the other
    assert found.flips.after[Route.PASS] < found.flips.before[Route.PASS]
    (only,) = bench.compare("other", label=Label.THREAT).by_label
    assert only.after is not None
    assert only.after.flagged == 0
    back = bench.compare("own@1", "own@2", label=Label.THREAT)
    assert back.before.name == "own@2"


def test_versions_that_could_be_looked_at_are_those_not_in_use(bench: Workbench) -> None:
    assert [one.ref for one in bench.rivals(bench.findings())] == ["own@2"]
    bench.store.panel.set(dict.fromkeys(LABELS, ("own", "2")))
    assert [one.ref for one in bench.rivals(bench.findings())] == ["own@1"]


def test_what_cannot_be_compared_says_what_can(bench: Workbench, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"own@3 rated no comment here; .*own@1, own@2"):
        bench.compare("own@3")
    with pytest.raises(UsageError, match="with itself"):
        bench.compare("own@1")
    with pytest.raises(UsageError, match="nothing to compare for obscene"):
        bench.compare("own@2", label=Label.OBSCENE)
    with pytest.raises(UsageError, match=r"end it in \.json or \.md"):
        bench.compare_report(bench.compare("own@2"), outputs=[tmp_path / "r.pdf"])


def test_the_report_is_written_as_json_and_as_markdown_with_curves(
    bench: Workbench, tmp_path: Path
) -> None:
    text, data = tmp_path / "r.md", tmp_path / "r.json"
    found = bench.compare("own@2")
    printed = bench.compare_report(found, outputs=[text, data])
    assert "| comments whose route changes |" in printed
    assert "(r.svg)" in text.read_text(encoding="utf-8")
    ElementTree.parse(tmp_path / "r.svg")
    report = json.loads(data.read_text(encoding="utf-8"))
    assert sum(report["ways"].values()) == sum(found.flips.ways.values())
    assert [one["label"] for one in report["labels"]] == [label.value for label in LABELS]
    assert len(report["listed"]["stricter"]) == 10
