"""Folders are rated by the scorers that were chosen, wherever the work is done."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import fsspec
import pytest

from tests.scoring.far_side import far_side, perspective, remote
from triage.domain.languages import Others
from triage.domain.pseudonyms import SHORTEST_KEY, Pseudonyms
from triage.domain.scores import Label, Mode
from triage.engines.run import FolderReport
from triage.errors import ScorerError, UsageError
from triage.scoring.learned import LearnedScorer, Taught, packed, version_of
from triage.scoring.panel import Panel
from triage.scoring.registry import load_scorer
from triage.settings import Settings
from triage.store import Adoption, LearnedRecord
from triage.workbench import Engines, Workbench
from triage.workbench.sharding import PanelElsewhere

FAR_SIDE = 'kind = "perspective"\nmodel_version = "1"\n'


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    made = Workbench(Settings(database_url=f"sqlite:///{tmp_path}/t.db", models_dir=tmp_path))
    yield made
    made.close()


@pytest.fixture
def source(tmp_path: Path) -> str:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_text("id,comment_text\n1,You idiot\n2,Thank you\n")
    (folder / "b.jsonl").write_text('{"id": 3, "comment_text": "Nice work"}\n')
    return str(folder)


def elsewhere(bench: Workbench) -> PanelElsewhere:
    """Return what a worker is handed, as it arrives there."""
    made = bench._elsewhere(bench._panel((), bench._choices(None)), bench._choices(None))
    arrived: PanelElsewhere = pickle.loads(pickle.dumps(made))
    return arrived


def test_object_storage_is_read_and_written_as_a_folder_on_disk_is(
    bench: Workbench, source: str, tmp_path: Path
) -> None:
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.put_file(f"{source}/a.csv", "/bucket/in/a.csv")
    memory.put_file(f"{source}/b.jsonl", "/bucket/in/b.jsonl")

    def rated(given: str, output: str) -> FolderReport:
        return bench.rate_many(given, output, workers=1, scorers=["compact"])

    rated(source, str(tmp_path / "out"))
    report = rated("memory://bucket/in", "memory://bucket/out")
    assert (report.files, report.rows, report.known) == (2, 3, 0)
    for name in ("a.csv", "b.jsonl"):
        stored = memory.cat_file(f"/bucket/out/{name}")
        assert stored == (tmp_path / "out" / name).read_bytes()
    assert rated("memory://bucket/in", "memory://bucket/out").known == 2
    memory.pipe_file("/bucket/in/b.jsonl", b'{"id": 4, "comment_text": "Other words"}\n')
    assert rated("memory://bucket/in", "memory://bucket/out").again == 1
    memory.store.clear()


def test_the_text_column_is_that_of_the_first_table_that_can_be_read(
    bench: Workbench, source: str, tmp_path: Path
) -> None:
    (tmp_path / "in" / "0.csv").write_text("")
    report = bench.rate_many(source, str(tmp_path / "out"), workers=1)
    assert (report.files, report.scored) == (2, 3)
    assert [one.where for one in report.failed] == ["0.csv"]


def test_a_worker_makes_the_very_scorers_that_were_chosen(bench: Workbench) -> None:
    handed = elsewhere(bench)
    (scorer,) = handed().scorers
    assert scorer.info == load_scorer("compact", models_dir=None).info
    assert "t.db" not in repr(handed.settings), "no database goes along"


def test_a_worker_with_another_version_of_a_scorer_is_no_help(bench: Workbench) -> None:
    handed = replace(elsewhere(bench), versions=("0123",))
    with pytest.raises(ScorerError, match="where the work began it is @0123"):
        handed()


def test_what_was_learned_goes_along(bench: Workbench) -> None:
    import numpy as np

    from triage.scoring.ngrams import BUCKETS

    base = load_scorer("compact", models_dir=None)
    state = packed({Label.TOXICITY: Taught(np.array([0.5, 1.0, 0.3]), np.zeros(BUCKETS))})
    version = version_of(state, base.info.version)
    handed = replace(
        elsewhere(bench),
        keys=("compact+site",),
        versions=(version,),
        learned={"compact+site": (version, state)},
    )
    (scorer,) = pickle.loads(pickle.dumps(handed))().scorers
    assert isinstance(scorer, LearnedScorer)
    here = LearnedScorer(base, version, lambda: state)
    assert scorer.score(["You idiot"]) == here.score(["You idiot"])


def test_what_was_learned_on_a_remote_scorer_goes_along_with_it_and_no_other(
    tmp_path: Path,
) -> None:
    import numpy as np

    from triage.scoring.ngrams import BUCKETS

    state = packed({Label.TOXICITY: Taught(np.array([0.5, 1.0, 0.3]), np.zeros(BUCKETS))})
    with far_side(perspective) as far:
        asked = remote(tmp_path, far.url, FAR_SIDE)
        other = replace(asked, name="theirs")
        database = f"sqlite:///{tmp_path}/t.db"
        bench = Workbench(Settings(database, scorers=(asked.key,), remotes=(asked, other)))
        below = bench._loaded(asked.key, bench._choices(None))
        version = version_of(state, below.info.version)
        record = LearnedRecord(f"{asked.key}+site", version, asked.key, below.info.version)
        at = datetime(2026, 11, 30, tzinfo=UTC)
        bench.store.learned.adopt(Adoption(asked.key, record, "ada", "better", at), state, {}, None)
        learned = LearnedScorer(below, version, lambda: state)
        handed = bench._elsewhere(Panel((learned,)), bench._choices(None))  # to this process alone
        assert [one.name for one in handed.settings.remotes] == ["ours"]
        (scorer,) = handed().scorers
        assert scorer.score(["You idiot"]) == learned.score(["You idiot"])
        bench.close()


def test_a_worker_is_told_the_settings_that_it_needs_and_no_others(tmp_path: Path) -> None:
    needed = {"scorers", "models_dir", "detoxify", "device", "language", "other_languages"}
    given = Settings(
        f"sqlite:///{tmp_path}/t.db",
        scorers=("compact",),
        models_dir=tmp_path,
        detoxify=Mode.EXACT,
        language="de",
        other_languages=Others.LEAVE,
        allow_download=True,
        reviewer="ada",
        leads=("lea",),
        api_hosts=("example.org",),
        webhook_hosts=("hooks.example.org",),
        pseudonyms=Pseudonyms("k" * SHORTEST_KEY),
        behind_proxy=True,
    )
    bench = Workbench(given)
    told = elsewhere(bench).settings
    bench.close()
    usual = Settings(database_url="")
    for one in fields(Settings):
        wanted = given if one.name in needed else usual
        assert getattr(told, one.name) == getattr(wanted, one.name), one.name


@pytest.mark.parametrize(
    ("engine", "workers"), [(Engines.PROCESSES, 2), (Engines.RAY, None)], ids=["processes", "ray"]
)
def test_a_scorer_with_a_pace_of_its_own_is_asked_by_one_process(
    source: str, tmp_path: Path, engine: Engines, workers: int | None
) -> None:
    with far_side(perspective) as far:
        asked = remote(tmp_path, far.url, FAR_SIDE)
        bench = Workbench(Settings(scorers=(asked.key,), remotes=(asked,)))
        output = str(tmp_path / "out")
        with pytest.raises(UsageError, match="has a pace and a budget, which hold for one process"):
            bench.rate_many(source, output, engine=engine, workers=workers)
        assert bench.rate_many(source, output).scored == 3
        bench.close()
