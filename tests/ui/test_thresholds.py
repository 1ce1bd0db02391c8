"""The Thresholds page over a live workbench in a temporary file, without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from triage.domain.comments import text_digest
from triage.domain.decisions import Verdict
from triage.domain.scores import Label, Scores
from triage.settings import Settings
from triage.store import Adoption, LearnedRecord
from triage.ui.state import Key, Query, workbench
from triage.workbench import Workbench

PAGE = """
from triage.ui import thresholds
from triage.ui.state import workbench
thresholds.page(workbench())
"""
HOSTILE = "you stupid idiot <img src=x onerror=alert(1)> **bold** [link](javascript:alert(1))"


@pytest.fixture
def bench(environment: pytest.MonkeyPatch) -> Iterator[Workbench]:
    bench = Workbench(Settings.from_environment())
    yield bench
    bench.close()


@pytest.fixture
def samples(bench: Workbench) -> Workbench:
    assert bench.load_samples()
    return bench


def opened(target: str = "policy") -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=60)
    app.query_params[Query.TARGET] = target
    return ran(app)


def ran(app: AppTest) -> AppTest:
    run: AppTest = app.run()
    assert not run.exception
    return run


def button(app: AppTest, label: str) -> AppTest:
    found = [one for one in app.button if one.label == label]
    assert found, f"no button {label!r} among {[one.label for one in app.button]}"
    run: AppTest = found[0].click().run()
    assert not run.exception
    return run


def words(app: AppTest) -> str:
    """Return everything that the page says, tables of figures too."""
    html = [re.sub("<[^>]*>", " ", one.proto.body) for one in app.get("html")]
    parts = [*app.text, *app.caption, *app.markdown, *app.header, *app.error]
    return " ".join([*(str(one.value) for one in parts), *map(unescape, html)])


def slider(app: AppTest, label: str, value: float) -> AppTest:
    found = next(one for one in app.slider if one.label == label)
    run: AppTest = found.set_value(value).run()
    assert not run.exception
    return run


def review(bench: Workbench) -> None:
    """Decide all that waits: what holds an insult is rejected."""
    while (waiting := bench.next_comment("ana")) is not None:
        item = bench.item(waiting)
        bad = "idiot" in item.comment.text.lower()
        bench.decide(
            [item.entry.seen],
            Verdict.REJECT if bad else Verdict.APPROVE,
            reviewer="ana",
            reasons=["insult", "toxicity"] if bad else [],
            seconds_spent=9.0,
        )


def test_at_the_threshold_in_force_it_says_what_moving_it_would_show(samples: Workbench) -> None:
    page = opened()
    assert "Move the threshold: here stand the comments" in words(page)
    assert "No comment would come into" not in words(page)


def test_without_an_audit_the_page_says_what_it_takes_and_draws_one(samples: Workbench) -> None:
    app = opened()
    said = words(app)
    assert "cannot be known from flagged comments alone: draw an audit sample of about" in said
    assert "it finds not known needs an audit sample" in " ".join(said.split())
    app = button(app, "Draw the audit sample")
    (audit,) = samples.audits()
    assert audit.draw.by == "ana"
    assert audit.draw.drawn > 0
    assert f"Audit: 0 of {audit.draw.drawn} drawn comments are decided" in " ".join(
        str(one.proto.text) for one in app.get("progress")
    )
    said = words(app)  # a bound of all of them would say nothing
    assert "unreviewed not known more of the audit has to be decided" in " ".join(said.split())
    review(samples)
    said = words(opened())  # so small a site is drawn whole
    assert "all below was reviewed" in said
    assert "there is no more to draw" in said
    assert samples.findings().target().outcome(0.5).recall_low is not None


def test_a_threshold_is_moved_previewed_saved_and_rolled_back(samples: Workbench) -> None:
    review(samples)
    before = samples.count()
    app = slider(opened("insult"), "Threshold, by score", 0.2)
    assert "insult (review): 0.500 → 0.200" in words(app)
    app = button(app, "Preview in the shadow")
    assert "It would flag" in words(app)
    assert "Of your own" in words(app)
    app = button(app, "Save the policy")
    assert [one.value for one in app.error] == ["The policy was not saved."]
    assert "say why" in words(app)
    why = next(one for one in app.text_input if one.key == Key.TUNE_WHY)
    why.set_value("too many insults get through")
    waiting = samples.progress("ana").pending
    app = button(app, "Save the policy")
    policy = samples.policy()
    assert policy.ref == "default@2"
    assert policy.threshold(Label.INSULT).at == 0.2  # type: ignore[union-attr]
    assert (policy.created_by, policy.why) == ("ana", "too many insults get through")
    assert samples.progress("ana").pending > waiting
    assert samples.count() == before
    kept = samples.policy_history()[-1].evidence
    assert kept is not None
    assert kept["target"] == "insult"
    assert kept["saved"]["threshold"] == 0.2  # type: ignore[index]
    assert "This is default@2, which is in force." in words(app)

    look = next(one for one in app.segmented_control if one.key == Key.TUNE_LOOK)
    app = ran(look.set_value("Policies"))
    assert "too many insults get through" in words(app)
    assert "Known when it was saved:" in words(app)
    back = next(one for one in app.text_input if one.key == f"{Key.TUNE_WHY}.back")
    back.set_value("the queue is too long")
    app = button(app, "Roll back to default@1")
    assert samples.policy().ref == "default@3"
    assert samples.policy().threshold(Label.INSULT).at == 0.5  # type: ignore[union-attr]
    assert samples.progress("ana").pending == waiting


def test_the_two_sliders_move_together(samples: Workbench) -> None:
    app = opened("toxicity")
    app = slider(app, "or by percent of comments", 10.0)
    shown = {one.label: one.value for one in app.slider}
    target = samples.findings().target(Label.TOXICITY)
    flagged = target.outcome(shown["Threshold, by score"]).flagged
    assert 0 < flagged <= 0.1 * target.curves.comments
    assert shown["or by percent of comments"] == round(100 * flagged / target.curves.comments, 1)


def test_a_goal_puts_the_slider_where_it_is_met_or_says_that_it_is_not(
    samples: Workbench,
) -> None:
    review(samples)
    app = button(opened("insult"), "Look for it")
    assert "Recall cannot be known from flagged comments alone." in words(app)
    goal = next(one for one in app.segmented_control if one.key == Key.TUNE_GOAL)
    app = button(ran(goal.set_value("be right at least …")), "Look for it")
    assert "No threshold is shown to be that precise" in words(app)
    goal = next(one for one in app.segmented_control if one.key == Key.TUNE_GOAL)
    app = ran(goal.set_value("at most … a day"))
    target = samples.findings().target(Label.INSULT)
    now = target.outcome(0.5).queue_per_day
    wanted = next(one for one in app.number_input if one.label == "Comments a day")
    wanted.set_value(round(now + 5, 1))
    app = button(app, "Look for it")
    at = next(one.value for one in app.slider if one.label == "Threshold, by score")
    assert at < 0.5
    assert now < target.outcome(at).queue_per_day <= round(now + 5, 1)
    goal = next(one for one in app.segmented_control if one.key == Key.TUNE_GOAL)
    app = ran(goal.set_value("cost least"))
    app = button(app, "Look for it")
    assert "it takes 60, and 5 of each kind" in words(app)


def test_the_comments_that_would_move_are_shown_as_the_text_they_are(
    bench: Workbench, tmp_path: Path
) -> None:
    path = tmp_path / "c.csv"
    rows = [f'a{n},"{HOSTILE} {n}"' for n in range(12)] + ["b,what a lovely day"]
    path.write_text("id,text\n" + "\n".join(rows), encoding="utf-8")
    bench.import_file(path)
    bench.score()
    app = slider(opened("insult"), "Threshold, by score", 1.0)
    assert not any("onerror" in one.proto.body for one in app.get("html"))
    assert not any("onerror" in str(one.value) for one in [*app.markdown, *app.caption])
    app = slider(opened(), "All thresholds, % moved", 100.0)
    shown = [one.value for one in app.text if "onerror" in one.value]
    assert len(shown) == 10
    assert all(HOSTILE in one for one in shown)


def test_slices_and_reliability_are_drawn_with_their_counts(samples: Workbench) -> None:
    review(samples)
    app = opened("insult")
    look = next(one for one in app.segmented_control if one.key == Key.TUNE_LOOK)
    app = ran(look.set_value("Slices"))
    frame = app.dataframe[0].value
    assert frame["comments"].sum() == samples.findings().target(Label.INSULT).curves.comments
    kind = next(one for one in app.segmented_control if one.key == Key.TUNE_KIND)
    app = ran(kind.set_value("identity"))
    assert "Nothing tells which identities" in words(app)
    look = next(one for one in app.segmented_control if one.key == Key.TUNE_LOOK)
    app = ran(look.set_value("Do scores keep their word?"))
    assert "30 of 100 carry the label" in words(app)


def looked_at(app: AppTest, what: str) -> AppTest:
    look = next(one for one in app.segmented_control if one.key == Key.TUNE_LOOK)
    return ran(look.set_value(what))


def test_a_change_of_scorer_is_offered_only_where_another_version_rated(
    samples: Workbench,
) -> None:
    look = next(one for one in opened().segmented_control if one.key == Key.TUNE_LOOK)
    assert "Scorer change" not in look.options
    (present,) = samples.store.scores.scorers()
    louder = {
        text_digest(one.comment.text): Scores(
            {label: min(1.0, 2 * score) for label, score in one.scores.values.items()}
        )
        for one in samples.store.comments.stream()
        if one.scores is not None and one.scores.values
    }
    samples.store.scores.save(replace(present, version="louder"), louder.items())
    review(samples)
    app = looked_at(opened(), "Scorer change")
    found = samples.compare("compact@louder")
    changed = sum(found.flips.ways.values())
    assert changed > 0
    assert f"{changed} would get another route: {changed} from pass to review" in words(app)
    shown = [one.value for one in app.text]
    first = samples.flipping(found, stricter=True, limit=1)[0]
    assert any(first.entry.comment.text[:60] in one for one in shown)
    app = looked_at(opened("insult"), "Scorer change")
    assert "AUC now → then" in words(app)
    assert samples.in_use() == (f"{present.key}@{present.version}",)
    assert "which takes the version that is installed" in captions(app)
    # What was learned once is put to use by no command, and the page names none.
    record = LearnedRecord("compact+site", "1", "compact", present.version)
    adoption = Adoption("compact", record, "ada", "it finds more", samples.policy().created_at)
    samples.store.scores.save(replace(present, key="compact+site", version="1"), louder.items())
    seats = samples.store.panel.get()
    learned = dict.fromkeys(seats, ("compact+site", "1"))
    moved = replace(samples.policy(), version=2)
    samples.store.learned.adopt(adoption, b"1", learned, moved)
    app = looked_at(opened(), "Policies")
    assert any("It came with compact+site@1" in one.value for one in app.text)
    for panel, ref, said in (
        (learned, f"compact@{present.version}", "The way back to it, with its thresholds"),
        (seats, "compact+site@1", "is not put to use again"),
    ):
        samples.store.panel.set(panel)
        app = looked_at(opened(), "Scorer change")
        box = next(one for one in app.selectbox if one.label == "Beside the scorer in use")
        app = box.set_value(next(one for one in box.options if one.startswith(ref))).run()
        assert said in captions(app)
        assert "triage score --scorer" not in captions(app)


def captions(app: AppTest) -> str:
    return " ".join(one.value for one in app.caption)


def test_a_scorer_learns_when_somebody_asks_and_says_where_there_is_too_little(
    samples: Workbench,
) -> None:
    review(samples)
    app = looked_at(opened(), "Learn from decisions")
    assert "teaches it nothing and judges it" in words(app)
    app = button(app, "See what there is to learn")
    assert "old against new, on comments that did not teach it" in words(app)
    assert "it takes 60, and 5 of either kind" in words(app)
    assert not any(one.label.startswith("Adopt") for one in app.button)
    assert samples.adoptions() == []


def test_the_way_back_says_that_the_policy_decides_nothing_by_itself_any_more(
    samples: Workbench,
) -> None:
    (below,) = samples.store.scores.scorers()
    record = LearnedRecord("compact+site", "1", below.key, below.version)
    adoption = Adoption(below.key, record, "ada", "it finds more", samples.policy().created_at)
    rows = [
        (text_digest(one.comment.text), one.scores)
        for one in samples.store.comments.stream()
        if one.scores is not None
    ]
    samples.store.scores.save(replace(below, key=record.key, version=record.version), rows)
    panel = dict.fromkeys(samples.store.panel.get(), ("compact+site", "1"))
    samples.store.learned.adopt(adoption, b"1", panel, None)
    ranges = samples.ranges({Label.INSULT: 1.0})
    samples.store.policies.save(replace(samples.policy(), version=2, automatic=ranges))
    app = looked_at(opened(), "Learn from decisions")
    why = next(one for one in app.text_input if one.label == "Why go back")
    app = button(ran(why.set_value("it did not hold")), "Go back to compact as it was")
    said = " ".join(str(one.value) for one in app.toast)
    assert "compact is in use again as it was." in said
    assert f"{samples.policy().ref} is in force. It decides nothing by itself any more" in said


def test_only_leads_draw_and_save(samples: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_LEADS", "lea")
    workbench.clear()
    app = slider(opened("insult"), "Threshold, by score", 0.2)
    assert "Leads save policies." in words(app)
    labels = {one.label for one in app.button}
    assert labels.isdisjoint({"Save the policy", "Draw the audit sample"})
    look = next(one for one in app.segmented_control if one.key == Key.TUNE_LOOK)
    app = ran(look.set_value("Policies"))
    assert not any(one.label.startswith("Roll back") for one in app.button)


def test_an_empty_database_says_how_to_begin(bench: Workbench) -> None:
    assert "No comments yet" in words(opened())


def test_a_lead_changes_what_comes_first(samples: Workbench) -> None:
    app = opened()
    look = next(one for one in app.segmented_control if one.key == Key.TUNE_LOOK)
    app = ran(look.set_value("What comes first"))
    assert "These are the weights of default@1" in words(app)
    number = next(one for one in app.number_input if one.label == "Insult")
    app = ran(number.set_value(30.0))
    assert "insult weighs 0.5 → 30" in words(app)
    next(one for one in app.text_input if one.label == "Why").set_value("insults drive away")
    app = button(app, "Save the weights")
    assert samples.policy().ref == "default@2"
    assert samples.policy().severity[Label.INSULT] == 30.0
    assert samples.policy().thresholds == samples.policy_version(1).policy.thresholds
    first = samples.next_comment("ana")
    assert first is not None
    proposal = samples.item(first).proposal
    assert proposal is not None
    assert proposal.reached[0].threshold.label is Label.INSULT


def test_what_changed_of_late_is_told_for_periods_of_ones_own(samples: Workbench) -> None:
    app = looked_at(opened("insult"), "Change over time")
    days = next(one for one in app.number_input if one.key == Key.TUNE_DAYS)
    assert days.value == 28
    app = ran(days.set_value(1))
    found = samples.periods(
        samples.findings(), samples.findings().target(Label.INSULT), app_threshold(samples), 1
    )
    assert found.said in [one.value for one in app.text]


def app_threshold(bench: Workbench) -> float:
    found = bench.policy().threshold(Label.INSULT)
    assert found is not None
    return found.at


def test_a_lead_reads_what_would_follow_before_the_policy_decides_by_itself(
    samples: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_LEADS", samples.settings.reviewer)
    app = looked_at(opened(), "Automatic action")
    assert "decides nothing by itself" in words(app)
    assert not any(one.label == "See what would follow" for one in app.button)
    labels = next(one for one in app.button_group if "automatic" in str(one.key))
    app = ran(labels.set_value([Label.INSULT]))
    assert not any(one.label.startswith("Let the policy") for one in app.button)
    app = button(app, "See what would follow")
    assert "so how often it is wrong is not known" in words(app)
    assert "Read some of them" in words(app)
    on = next(one for one in app.button if one.label.startswith("Let the policy reject"))
    app = ran(on.click())
    assert "say why" in words(app)
    assert samples.policy().automatic is None
    why = next(one for one in app.text_input if one.label == "Why" and "automatic" in str(one.key))
    why.set_value("beyond doubt")
    on = next(one for one in app.button if one.label.startswith("Let the policy reject"))
    app = ran(on.click())
    own = samples.policy().automatic
    assert own is not None
    assert dict(own.reject_from) == {Label.INSULT: 0.98}
    app = looked_at(opened(), "Automatic action")
    assert "insult 0.98 or more: rejected" in words(app)
    app = button(app, "Turn it off")
    assert "say why" in words(app)
    why = next(one for one in app.text_input if str(one.key).endswith(".off"))
    why.set_value("it is over")
    app = button(app, "Turn it off")
    assert samples.policy().automatic is None
    assert samples.policy().why == "it is over"


def test_where_no_lead_is_named_the_page_says_so_and_has_no_button_that_would_refuse(
    samples: Workbench,
) -> None:
    app = looked_at(opened(), "Automatic action")
    assert "TRIAGE_LEADS=ada,lea" in words(app)
    approves = next(one for one in app.toggle if one.label.startswith("Approve what is low"))
    app = button(ran(approves.set_value(True)), "See what would follow")
    assert "At once it rejects" in words(app)
    assert not any(one.label.startswith("Let the policy") for one in app.button)


def test_what_would_be_decided_is_read_as_it_is_before_anybody_agrees(
    samples: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_LEADS", samples.settings.reviewer)
    app = looked_at(opened(), "Automatic action")
    approves = next(one for one in app.toggle if one.label.startswith("Approve what is low"))
    app = ran(approves.set_value(True))
    limit = next(one for one in app.number_input if one.label == "every label, up to")
    highest = min(one.at for one in samples.policy().thresholds) - 0.01
    app = button(ran(limit.set_value(highest)), "See what would follow")
    count = samples.consequences(samples.ranges({}, highest)).acted.approved
    assert count
    assert f"Would approve: by chance from all {count} comment" in words(app)
    assert "No scorer in use rates sexual explicit" in words(app)
    texts = {one.comment.text for one in samples.store.comments.stream()}
    shown = texts & {one.value for one in app.text}
    assert shown
    assert not any(one.value in texts for one in app.markdown)
    app = button(app, "Other samples")
    assert texts & {one.value for one in app.text}
