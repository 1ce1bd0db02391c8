"""Detoxify's fast mode through the workbench: what is judged by a threshold is rated exactly."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.scoring.tiny_detoxify import PROSE, needs_detoxify, write_original
from triage.domain.checks import utc_now
from triage.domain.policy import DEFAULT_THRESHOLDS, Policy, Threshold
from triage.domain.scores import Label, Mode, ScorerInfo, Scores
from triage.scoring.detoxify import DetoxifyScorer
from triage.scoring.models.card import Card
from triage.scoring.models.shelf import Shelf
from triage.settings import Settings
from triage.workbench import Workbench

pytestmark = needs_detoxify

KEY = "detoxify:original"
WORDS = PROSE.split()
TEXTS = [" ".join(WORDS[start : start + 3]) for start in range(len(WORDS) - 3)]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with `original` in it, converted for both modes."""
    models_dir = tmp_path_factory.mktemp("models")
    write_original(models_dir)
    Shelf(models_dir).convert("original")
    return models_dir


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.csv"
    with path.open("w", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(["id", "text"])
        rows.writerows(enumerate(TEXTS))
    return path


@pytest.fixture
def bench(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    url = f"sqlite:///{tmp_path / 'triage.db'}"
    opened = Workbench(
        Settings(database_url=url, scorers=(KEY,), models_dir=models, detoxify=Mode.FAST)
    )
    yield opened
    opened.close()


def stored(bench: Workbench) -> dict[str, Scores]:
    """Return text -> its scores by the one version that rated any."""
    (version,) = bench.store.scores.scorers()
    return {
        entry.comment.text: bench.store.scores.of(entry.comment.id)[version.key, version.version]
        for entry in bench.page(limit=1000)[0]
    }


def move_to(bench: Workbench, *at: Threshold) -> None:
    bench.store.policies.save(Policy("default", 2, at, utc_now(), "ada"))


def test_what_is_stored_near_a_threshold_of_the_policy_is_exact_before_and_after_it_moves(
    bench: Workbench, models: Path, texts: Path
) -> None:
    card = Card.read(models / "original").int8
    assert card is not None
    exact = dict(
        zip(TEXTS, DetoxifyScorer("original", models_dir=models).score(TEXTS), strict=True)
    )

    def check(thresholds: tuple[Threshold, ...]) -> int:
        """Hold what is stored against what it must be; return how many are rough."""
        rough = 0
        for text, scores in stored(bench).items():
            gaps = [
                abs(scores.values[one.label] - one.at)
                for one in thresholds
                if one.label in scores.values
            ]
            rough += scores.rough
            if scores.rough:
                assert min(gaps) > card.margin
            else:
                assert scores.values == pytest.approx(dict(exact[text].values), abs=1e-5)
        return rough

    bench.import_file(texts)
    report = bench.score()
    assert report.again == ()
    assert report.scored[0][0].version.startswith("fast-")
    before = check(DEFAULT_THRESHOLDS)
    assert 0 < before < len(TEXTS)

    lying = sorted(one.values[Label.TOXICITY] for one in stored(bench).values() if one.rough)
    moved = (Threshold(Label.TOXICITY, lying[len(lying) // 2]),)
    move_to(bench, *moved)
    report = bench.score()
    ((info, count),) = report.again
    assert info.key == KEY
    assert report.scored[0][1] == 0, "nothing else is rated anew"
    assert check(moved) == before - count < before
    assert bench.score().again == (), "once is enough"


def test_scores_in_force_keep_their_mode_until_another_is_asked_for(
    bench: Workbench, models: Path, texts: Path, tmp_path: Path
) -> None:
    bench.import_file(texts)
    bench.score(mode=Mode.EXACT)
    told: list[ScorerInfo] = []
    report = bench.score(mode=Mode.AUTO, on_scorer=told.append)
    assert report.scored[0][1] == 0
    assert "exact mode, as the scores in force" in told[0].note
    assert bench.score(mode=Mode.FAST).scored[0][1] > 0
    report = bench.score(mode=Mode.AUTO, on_scorer=told.append)
    assert report.scored[0][1] == 0
    assert "fast mode, as the scores in force" in told[1].note
    elsewhere = Workbench(replace(bench.settings, detoxify=Mode.AUTO))
    assert elsewhere.score().scored[0][1] == 0
    elsewhere.close()


def test_a_file_is_rated_exactly_near_the_default_thresholds(
    bench: Workbench, models: Path, texts: Path, tmp_path: Path
) -> None:
    card = Card.read(models / "original").int8
    assert card is not None
    outputs = {}
    for mode in (Mode.EXACT, Mode.FAST):
        path = tmp_path / f"{mode}.csv"
        report = bench.rate(texts, path, mode=mode)
        with path.open() as handle:
            outputs[mode] = list(csv.DictReader(handle))
    assert report.scorers[0].startswith(f"{KEY}@fast-"), "the mode is in every row's scorer"
    labels = [one for one in Label if one.value in outputs[Mode.EXACT][0]]
    same = near = 0
    for exact, fast in zip(outputs[Mode.EXACT], outputs[Mode.FAST], strict=True):
        gaps = [abs(float(exact[one]) - float(fast[one])) for one in labels]
        at = {one.label: one.at for one in DEFAULT_THRESHOLDS}
        same += max(gaps) < 1e-5
        if min(abs(float(fast[one]) - at[one]) for one in labels) < card.margin:
            near += 1
            assert max(gaps) < 1e-5
    assert 0 < near <= same < len(TEXTS)
    assert not (tmp_path / "triage.db").exists(), "the database is not touched"


def test_a_page_that_asks_what_would_change_waits_for_no_trial(
    models: Path, texts: Path, tmp_path: Path
) -> None:
    own = tmp_path / "models"
    shutil.copytree(models, own, ignore=shutil.ignore_patterns(".*"))
    url = f"sqlite:///{tmp_path / 'page.db'}"
    opened = Workbench(Settings(database_url=url, scorers=(KEY,), models_dir=own))
    try:
        opened.import_file(texts)
        opened.score(("compact",))
        change = opened.panel_change(trial=False)
        assert change is not None
        assert change.keys == (("compact",), (KEY,))
        assert list(own.glob(".*")) == []
        opened.panel_change()
        assert len(list(own.glob(".original.trial-*.json"))) == 1
    finally:
        opened.close()
