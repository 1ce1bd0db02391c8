"""A scorer learns from decisions: tried on what was held out, adopted, and taken back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from click.testing import CliRunner

from triage.cli.commands import commands
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Verdict
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError, NotFoundError, UsageError
from triage.scoring.compact import CompactScorer
from triage.settings import Settings
from triage.store.evidence import UNDECIDED
from triage.tuning.evaluation import area
from triage.workbench import Learned, Lesson, TrialVerdict, Workbench

INFO = CompactScorer().info
SEATS = dict.fromkeys(INFO.labels, ("compact", INFO.version))
SIZE, AUDIT = 500, 160
RERANKING, CALIBRATION = Learned.RERANKING, Learned.CALIBRATION


def rude(comment: str) -> bool:
    """Whether a comment carries insult: every fifth does, and says a word of this site for it."""
    return int(comment[1:]) % 5 == 0


TOPICS = (
    *("harbour", "budget", "school", "ferry", "library", "orchestra", "timetable", "railway"),
    *("bicycle", "newspaper", "mountain", "concert", "swimming", "breakfast", "election", "garden"),
    *("committee", "football", "museum", "weather", "neighbour", "festival", "hospital", "bakery"),
)


def text(n: int) -> str:
    """No two are near copies."""
    about = " ".join(Random(n).sample(TOPICS, 5))
    return f"{'you zorgling talk' if n % 5 == 0 else 'we talk'}: {about}"


def opened(folder: Path, **settings: object) -> Workbench:
    url = f"sqlite:///{folder / 'desk.db'}"
    return Workbench(Settings(database_url=url, reviewer="ada", **settings))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def due(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """500 comments whose scores know little of the truth; all that is flagged is decided.

    The scores are kept under the bundled scorer's version, which so need not run.
    """
    folder = tmp_path_factory.mktemp("due")
    bench = opened(folder)
    rng = np.random.default_rng(2)
    comments = tuple(Comment(f"c{n}", "t", text(n), n) for n in range(SIZE))
    bench.store.threads.save([Thread("t", title="T", comments=comments)])
    bench.store.panel.set(SEATS)
    rows = []
    for n, one in enumerate(comments):
        insult = float(np.clip(rng.beta(2, 3) + 0.08 * (n % 5 == 0), 0, 1))
        values = dict.fromkeys(INFO.labels, 0.01) | {Label.INSULT: insult}
        rows.append((text_digest(one.text), Scores(values)))
    bench.store.scores.save(INFO, rows)
    decide(bench, rude)
    bench.close()
    return folder


@pytest.fixture(scope="module")
def audited(due: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with an audit that is decided."""
    folder = tmp_path_factory.mktemp("audited")
    shutil.copy(due / "desk.db", folder)
    audit(folder, rude)
    return folder


def audit(folder: Path, bad: Callable[[str], bool]) -> None:
    bench = opened(folder)
    bench.draw_audit(AUDIT, "ada")
    decide(bench, bad)
    bench.close()


def decide(bench: Workbench, bad: Callable[[str], bool]) -> None:
    while (waiting := bench.next_comment("ada")) is not None:
        bench.decide(
            [bench.item(waiting).entry.seen],
            Verdict.REJECT if bad(waiting) else Verdict.APPROVE,
            reviewer="ada",
            reasons=["insult"] if bad(waiting) else [],
        )


@pytest.fixture(scope="module")
def decided(audited: Path) -> Iterator[Workbench]:
    """To be read, not written to."""
    bench = opened(audited)
    yield bench
    bench.close()


@pytest.fixture
def bench(audited: Path, tmp_path: Path) -> Iterator[Workbench]:
    shutil.copy(audited / "desk.db", tmp_path)
    bench = opened(tmp_path)
    yield bench
    bench.close()


def only(bench: Workbench) -> Lesson:
    (lesson,) = bench.learn()
    return lesson


def flagged(bench: Workbench) -> set[str]:
    return {one.comment.id for one in bench.store.comments.stream() if one.flagged}


def test_words_of_the_site_are_learned_and_shown_to_find_more(decided: Workbench) -> None:
    lesson = only(decided)
    one = lesson.trials[RERANKING][Label.INSULT]
    assert one.verdict is TrialVerdict.BETTER
    assert one.gain is not None
    assert one.gain.low > 0
    assert one.auc_after is not None
    assert one.auc_before is not None
    assert one.auc_after > one.auc_before + 0.2
    assert decided.better(lesson, RERANKING) == (Label.INSULT,)
    assert lesson.too_few[Label.THREAT].positives == 0
    truth = np.array([rude(f"c{n}") for n in range(SIZE)])
    found = lesson.scores[RERANKING][Label.INSULT]
    queue = int((decided.findings().known.scores[Label.INSULT] >= 0.5).sum())
    hits = truth[np.argsort(-found)[:queue]].sum()
    before = truth[np.argsort(-decided.findings().known.scores[Label.INSULT])[:queue]].sum()
    # What the trial promised on held-out comments is so for all of them.
    assert one.gain.low <= hits - before <= one.gain.high


def test_looking_changes_nothing(decided: Workbench) -> None:
    before = (decided.in_use(), decided.policy(), flagged(decided))
    lesson = only(decided)
    found = decided.compare_lesson(lesson, RERANKING, [Label.INSULT])
    assert found.flips.stricter.size == found.flips.milder.size > 0  # the queue keeps its length
    (one,) = found.by_label
    assert one.found.switch.flagged_after == one.found.switch.flagged_before
    assert (decided.in_use(), decided.policy(), flagged(decided)) == before
    assert decided.adoptions() == []


def test_what_was_learned_is_judged_by_fits_that_have_not_seen_the_comment(
    bench: Workbench,
) -> None:
    lesson = only(bench)
    (one,) = bench.compare_lesson(lesson, RERANKING, [Label.INSULT]).by_label
    trial = lesson.trials[RERANKING][Label.INSULT]
    rows = bench.findings().known.verdict != UNDECIDED
    truth = np.array([rude(f"c{n}") for n in range(SIZE)])[rows]
    unseen = lesson.unseen[RERANKING][Label.INSULT][rows]
    seen = lesson.scores[RERANKING][Label.INSULT][rows]
    assert (unseen != seen).any()
    assert one.found.auc_after == pytest.approx(area(unseen, truth)[0])
    assert one.found.auc_after == pytest.approx(trial.auc_after)

    target = bench.findings().target(Label.INSULT)
    assert "taught the scorer" not in target.said(target.outcome(0.5))
    made = bench.adopt(lesson, RERANKING, "ada", "it finds more")
    target = bench.findings().target(Label.INSULT)
    assert "some of these decisions taught the scorer" in target.said(target.outcome(0.5))
    found = bench.compare("compact")
    assert found.caution.startswith(f"Of {made.ref}: some of these decisions taught")
    assert "- mind: Of " in bench.compare_report(found)


def test_what_an_audit_drew_teaches_nothing(decided: Workbench, due: Path, tmp_path: Path) -> None:
    shutil.copy(due / "desk.db", tmp_path)
    audit(tmp_path, lambda comment: not rude(comment))
    other = opened(tmp_path)
    first, second = only(decided), only(other)
    for kind in Learned:
        one, two = (lesson.taught[kind][Label.INSULT] for lesson in (first, second))
        assert one.beta == pytest.approx(two.beta, abs=1e-9)
        assert one.weights == pytest.approx(two.weights, abs=1e-9)
    assert second.trials[RERANKING][Label.INSULT].verdict is not TrialVerdict.BETTER
    other.close()


def test_a_near_copy_of_what_an_audit_drew_teaches_nothing(due: Path, tmp_path: Path) -> None:
    """It would know the answer: 60 near copies of one audited text, all flagged and rejected."""
    shutil.copy(due / "desk.db", tmp_path)
    bench = opened(tmp_path)
    bench.draw_audit(AUDIT, "ada")
    drawn = bench.findings().known
    one = int(drawn.comment[np.flatnonzero(drawn.drawn)[0]])
    ((_, said),) = next(bench.store.versions.texts([one]))
    wave = tuple(Comment(f"w{5 * n}", "w", f"{said} {n}", n) for n in range(60))
    bench.store.threads.save([Thread("w", title="W", comments=wave)])
    scores = Scores(dict.fromkeys(INFO.labels, 0.01) | {Label.INSULT: 0.9})
    bench.store.scores.save(INFO, [(text_digest(each.text), scores) for each in wave])
    decide(bench, rude)
    lesson = only(bench)
    decided = int((bench.findings().known.verdict != UNDECIDED).sum())
    trial = lesson.trials[RERANKING][Label.INSULT]
    assert trial.trained + trial.audited == decided - len(wave)
    bench.close()


def test_without_an_audit_nothing_is_shown_to_be_better(due: Path) -> None:
    bench = opened(due)
    lesson = only(bench)
    assert lesson.trials[RERANKING][Label.INSULT].verdict is TrialVerdict.UNKNOWN
    with pytest.raises(UsageError, match="name those to adopt all the same"):
        bench.adopt(lesson, RERANKING, "ada", "why not")
    bench.close()


def test_adopting_makes_a_version_whose_queue_is_as_long_and_the_way_back_restores_all(
    bench: Workbench,
) -> None:
    before, queue = bench.policy(), flagged(bench)
    lesson = only(bench)
    made = bench.adopt(lesson, RERANKING, "ada", "it finds more")
    assert made.key == "compact+site"
    assert bench.in_use() == (made.ref,)
    after = flagged(bench)
    assert len(after) == len(queue)
    assert sum(map(rude, after)) > sum(map(rude, queue))
    policy = bench.policy()
    assert policy.version == before.version + 1
    assert policy.threshold(Label.THREAT) == before.threshold(Label.THREAT)
    assert bench.policy_history()[-1].evidence == {"learned": made.ref}
    found = bench.findings().known.scores[Label.INSULT]
    assert found == pytest.approx(lesson.scores[RERANKING][Label.INSULT], abs=1e-6)

    done = bench.roll_back_learned("ada", "it did not hold")
    assert done.learned is None
    assert bench.in_use() == (f"compact@{INFO.version}",)
    assert flagged(bench) == queue
    assert bench.policy().thresholds == before.thresholds
    assert [one.why for one in bench.adoptions()] == ["it finds more", "it did not hold"]
    with pytest.raises(UsageError, match="nothing that was learned is in use"):
        bench.roll_back_learned("ada", "again")


def test_the_way_back_from_a_second_adoption_has_the_thresholds_of_the_scorer_it_goes_back_to(
    bench: Workbench,
) -> None:
    before, queue = bench.policy(), flagged(bench)
    bench.adopt(only(bench), CALIBRATION, "ada", "to mean what they say", [Label.INSULT])
    bench.adopt(only(bench), RERANKING, "ada", "it finds more", [Label.INSULT])
    bench.roll_back_learned("ada", "it did not hold")
    assert bench.in_use() == (f"compact@{INFO.version}",)
    assert bench.policy().thresholds == before.thresholds
    assert flagged(bench) == queue


def test_a_policy_saved_between_two_adoptions_is_not_undone_by_the_way_back(
    bench: Workbench,
) -> None:
    bench.adopt(only(bench), CALIBRATION, "ada", "to mean what they say", [Label.INSULT])
    held = bench.policy().with_threshold(Label.THREAT, 0.9)
    bench.save_policy(held, "ada", "threats are rare")
    bench.adopt(only(bench), RERANKING, "ada", "it finds more", [Label.INSULT])
    queue = len(flagged(bench))
    bench.roll_back_learned("ada", "it did not hold")
    assert len(flagged(bench)) == queue
    assert bench.policy().threshold(Label.THREAT).at == 0.9


def test_what_is_adopted_for_one_label_leaves_what_was_learned_of_another(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    comments = tuple(Comment(f"c{n}", "t", text(n), n) for n in range(120))
    bench.store.threads.save([Thread("t", title="T", comments=comments)])
    bench.store.panel.set(SEATS)
    both = {Label.INSULT: 0.7, Label.OBSCENE: 0.6}
    values = [{one: at + 0.002 * n for one, at in both.items()} for n in range(120)]
    rows = [Scores(dict.fromkeys(INFO.labels, 0.01) | some) for some in values]
    bench.store.scores.save(
        INFO, [(text_digest(one.text), row) for one, row in zip(comments, rows, strict=True)]
    )
    while (waiting := bench.next_comment("ada")) is not None:
        reason = {0: "insult", 1: "obscene"}.get(int(waiting[1:]) % 5)
        bench.decide(
            [bench.item(waiting).entry.seen],
            Verdict.REJECT if reason else Verdict.APPROVE,
            reviewer="ada",
            reasons=[reason] if reason else [],
        )
    bench.adopt(only(bench), RERANKING, "ada", "it finds more", [Label.INSULT])
    learned, at = bench.findings().known.scores, bench.policy().threshold(Label.INSULT)
    below = bench.store.versions.read("compact", INFO.version, list(both)).scores
    bench.adopt(only(bench), RERANKING, "ada", "and more", [Label.OBSCENE])
    now = bench.findings().known.scores
    assert (now[Label.INSULT] == learned[Label.INSULT]).all()
    assert (now[Label.INSULT] != below[Label.INSULT]).any()
    assert (now[Label.OBSCENE] != below[Label.OBSCENE]).any()
    assert bench.policy().threshold(Label.INSULT) == at
    bench.close()


def test_a_calibration_keeps_the_order_and_every_route(bench: Workbench) -> None:
    queue = flagged(bench)
    before = bench.findings().known.scores[Label.INSULT]
    bench.adopt(only(bench), CALIBRATION, "ada", "to mean what they say", [Label.INSULT])
    after = bench.findings().known.scores[Label.INSULT]
    assert (np.argsort(after, kind="stable") == np.argsort(before, kind="stable")).all()
    assert flagged(bench) == queue


def test_the_next_score_goes_on_with_what_was_adopted(bench: Workbench) -> None:
    made = bench.adopt(only(bench), RERANKING, "ada", "it finds more")
    bench.store.threads.save([Thread("u", comments=(Comment("n1", "u", "you zorgling", 0),))])
    assert bench.panel_change() is None
    bench.score()
    assert bench.in_use() == (made.ref,)
    said = bench.store.scores.of("n1")
    assert set(said) == {("compact", INFO.version), (made.key, made.version)}
    learned, below = said[made.key, made.version], said["compact", INFO.version]
    assert learned.values[Label.INSULT] != below.values[Label.INSULT]
    assert learned.values[Label.THREAT] == below.values[Label.THREAT]
    assert bench.explain("you zorgling") is not None
    bench.score(["compact"])  # asked for by its key, it is the scorer as it is
    assert bench.in_use() == (f"compact@{INFO.version}",)


def test_a_run_of_scoring_that_began_before_an_adoption_does_not_undo_it(
    bench: Workbench,
) -> None:
    lesson = only(bench)
    bench.store.threads.save([Thread("u", comments=(Comment("n1", "u", "you zorgling", 0),))])
    made: list[str] = []

    def meanwhile(_done: int, _all: int | None) -> None:
        if not made:
            made.append(bench.adopt(lesson, RERANKING, "ada", "it finds more").ref)

    assert bench.score(on_progress=meanwhile).overtaken
    assert bench.in_use() == (*made,)
    assert not bench.score().overtaken
    assert bench.in_use() == (*made,)


@pytest.mark.parametrize("what", ["policy", "panel"])
def test_what_another_lead_saves_while_comments_get_their_new_scores_is_not_lost(
    bench: Workbench, what: str
) -> None:
    lesson = only(bench)
    changed: list[object] = []

    def meanwhile(_done: int, _all: int | None) -> None:
        if changed:
            return
        if what == "policy":
            held = bench.policy().with_threshold(Label.THREAT, 0.9)
            changed.append(bench.save_policy(held, "bob", "threats are rare"))
        else:
            changed.append(SEATS | {Label.INCIVILITY: ("other", "1")})
            bench.store.panel.set(SEATS | {Label.INCIVILITY: ("other", "1")})

    with pytest.raises(ConflictError, match="learn anew"):
        bench.adopt(lesson, RERANKING, "ada", "it finds more", on_progress=meanwhile)
    assert changed == [bench.policy() if what == "policy" else bench.store.panel.get()]
    assert bench.adoptions() == []


def test_a_policy_that_was_changed_since_is_not_undone_by_the_way_back(bench: Workbench) -> None:
    bench.adopt(only(bench), RERANKING, "ada", "it finds more")
    target = bench.findings().target(Label.INSULT)
    bench.save_tuned(bench.findings(), target, target.curves.thresholds[-20], "ada", "fewer")
    queue = len(flagged(bench))
    bench.roll_back_learned("ada", "it did not hold")
    assert len(flagged(bench)) == queue


def test_only_leads_adopt_with_a_reason_and_from_a_fresh_lesson(
    bench: Workbench, tmp_path: Path
) -> None:
    lesson = only(bench)
    with pytest.raises(UsageError, match="say why"):
        bench.adopt(lesson, RERANKING, "ada", " ")
    with pytest.raises(UsageError, match="nothing was learned of threat"):
        bench.adopt(lesson, RERANKING, "ada", "more", [Label.THREAT])
    target = bench.findings().target(Label.INSULT)
    bench.save_tuned(bench.findings(), target, 0.4, "ada", "more of them")
    with pytest.raises(ConflictError, match="learn anew"):
        bench.adopt(lesson, RERANKING, "ada", "it finds more")
    url = bench.settings.database_url
    guarded = Workbench(Settings(database_url=url, leads=("lea",)))
    with pytest.raises(UsageError, match="TRIAGE_LEADS"):
        guarded.adopt(only(guarded), RERANKING, "ada", "it finds more")
    with pytest.raises(UsageError, match="TRIAGE_LEADS"):
        guarded.roll_back_learned("ada", "no")
    guarded.close()


def test_texts_are_answered_after_an_upgrade_of_the_scorer_below(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.adopt(only(bench), RERANKING, "ada", "it finds more")
    newer = replace(INFO, version="newer")
    monkeypatch.setattr(CompactScorer, "info", property(lambda _: newer))
    (said,), by = bench.score_texts(["we talk about the ferry"])
    assert Label.INSULT in said.values
    assert by[Label.INSULT] == newer


def test_what_came_over_http_is_rated_by_the_scorer_below_too_so_that_the_way_back_is_whole(
    bench: Workbench,
) -> None:
    made = bench.adopt(only(bench), RERANKING, "ada", "it finds more")
    texts = ["you zorgling talk about the ferry", "we talk about the harbour"]
    pieces = [Comment(f"n{n}", "u", one, n) for n, one in enumerate(texts)]
    bench.store.threads.save([Thread("u", title="U", comments=tuple(pieces))])
    bench.score_texts(texts)
    assert bench.save_answers(texts) == []
    said = bench.store.scores.of("n0")
    assert set(said) == {("compact", INFO.version), (made.key, made.version)}
    assert said["compact", INFO.version].values[Label.INSULT] == pytest.approx(
        CompactScorer().score(texts[:1])[0].values[Label.INSULT], abs=1e-6
    )
    bench.roll_back_learned("ada", "it did not hold")
    assert bench.to_rate() == 0
    assert all(one.route is not None for one in bench.entries(["n0", "n1"]))


def test_the_way_back_says_how_many_the_scorer_below_has_still_to_rate(bench: Workbench) -> None:
    made = bench.adopt(only(bench), RERANKING, "ada", "it finds more")
    bench.store.threads.save([Thread("u", comments=(Comment("n1", "u", "you zorgling", 0),))])
    info = ScorerInfo(made.key, made.version, INFO.labels)
    bench.store.scores.save(info, [(text_digest("you zorgling"), Scores({Label.INSULT: 0.9}))])
    assert bench.to_rate() == 0
    bench.roll_back_learned("ada", "it did not hold")
    assert bench.to_rate() == 1
    bench.score()
    assert bench.to_rate() == 0


def test_nothing_is_learned_on_scores_that_are_exact_near_thresholds_only(due: Path) -> None:
    """What is learned bends them: where the thresholds then are, they would be rough."""
    bench = opened(due)
    fast = ScorerInfo("compact", "fast-1", INFO.labels)
    rows = [(text_digest(text(n)), Scores({Label.INSULT: 0.5})) for n in range(SIZE)]
    bench.store.scores.save(fast, rows)
    bench.store.panel.set(dict.fromkeys(INFO.labels, ("compact", "fast-1")))
    lesson = only(bench)
    assert "compact is in use in its fast mode" in lesson.refused
    with pytest.raises(UsageError, match="use its exact mode first"):
        bench.adopt(lesson, RERANKING, "ada", "all the same", [Label.INSULT])
    bench.store.panel.set(SEATS)
    bench.close()


def test_a_learned_scorer_is_known_by_its_key_once_it_is_adopted(bench: Workbench) -> None:
    with pytest.raises(UsageError, match=r"there is no compact\+site"):
        bench.score(["compact+site"])
    with pytest.raises(NotFoundError):
        bench.store.learned.state("compact+site", "1")
    made = bench.adopt(only(bench), RERANKING, "ada", "it finds more")
    bench.score(["compact+site"])
    assert bench.in_use() == (made.ref,)


def test_the_command_says_what_is_better_adopts_it_and_takes_it_back(bench: Workbench) -> None:
    url = bench.settings.database_url

    def triage(*arguments: str) -> str:
        found = CliRunner().invoke(
            commands,
            ["--database", url, "learn", *arguments],
            catch_exceptions=False,
            env={"TRIAGE_REVIEWER": "ada"},
        )
        assert found.exit_code == 0, found.output
        return found.output

    _decide_by_itself(bench)
    said = triage("--adopt", "--why", "it finds more")
    assert _OFF in said
    assert "insult, reranking: better; more of those to be found" in said
    assert "threat: " in said
    assert "compact+site@" in said
    assert bench.in_use()[0].startswith("compact+site@")
    said = triage("--rollback", "--why", "it did not hold")
    assert f"compact is in use again as it is; policy {bench.policy().name}@4" in said
    assert _OFF not in said, "nothing was on"
    record = bench.adopt(only(bench), RERANKING, "ada", "it finds more")
    _decide_by_itself(bench)
    assert _OFF in triage("--rollback", "--why", "it did not hold")
    assert bench.in_use() != (record.ref,)


_OFF = "It decides nothing by itself any more: its ranges were found for the scores before."


def _decide_by_itself(bench: Workbench) -> None:
    """Turn ranges on which hold nothing yet."""
    present = bench.policy()
    ranges = bench.ranges({Label.INSULT: 1.0})
    made = replace(present, version=present.version + 1, automatic=ranges)
    bench.store.policies.save(made)
