"""`triage export`: which rows, and as what."""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from triage.cli.commands import commands
from triage.domain.decisions import Verdict
from triage.errors import UsageError
from triage.settings import Settings
from triage.workbench import Workbench

ROWS = """\
id,author,text,created_at,thread
1,ana,"=You, fool",2026-03-01T23:30:00Z,t
2,bo,A lovely day,2026-03-02T08:00:00Z,t
3,ana,Go away,2026-03-03T08:00:00Z,u
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that no test here changes."""
    folder = tmp_path_factory.mktemp("export")
    (folder / "in.csv").write_text(ROWS, encoding="utf-8")
    url = f"sqlite:///{folder / 'triage.db'}"
    with closing(Workbench(Settings(url))) as bench:
        bench.import_file(folder / "in.csv")
        for one, verdict in (("1", Verdict.REJECT), ("3", Verdict.APPROVE)):
            (entry,) = bench.entries([one])
            bench.decide([entry.seen], verdict, reviewer="ada", reasons=("R2",), via="browse")
    return url


def triage(database: str, *arguments: object) -> Result:
    given = ["--database", database, *map(str, arguments)]
    return CliRunner().invoke(commands, given, catch_exceptions=False)


def ids(database: str, tmp_path: Path, *options: str) -> list[str]:
    out = tmp_path / "out.csv"
    assert triage(database, "export", out, *options).exit_code == 0
    with out.open(encoding="utf-8", newline="") as handle:
        return [row["comment_id"] for row in csv.DictReader(handle)]


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ("", "1 3"),
        ("--verdict reject", "1"),
        ("--reviewer ada --reason R2", "1 3"),
        ("--reviewer eve", ""),
        ("--thread u", "3"),
        ("--source other.csv", ""),
        ("--author ana --contains fool", "1"),
        ("--matching ^Go", "3"),
        ("--since 2026-03-02", "1 3"),
        ("--until 2026-03-02", ""),
        ("--what comments", "1 2 3"),
        ("--what comments --since 2026-03-02", "2 3"),
        ("--what comments --until 2026-03-01", "1"),
        ("--what comments --until 2026-03-01T12:00", ""),
        ("--what comments --verdict reject", "1"),
        ("--what log --verdict approve", "3"),
    ],
)
def test_options_say_which_rows_leave(
    database: str, tmp_path: Path, options: str, kept: str
) -> None:
    assert ids(database, tmp_path, *options.split()) == kept.split()


def test_a_day_is_that_of_the_site(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ["--what", "comments", "--since", "2026-03-02"]
    assert ids(database, tmp_path, *options) == ["2", "3"]
    monkeypatch.setenv("TRIAGE_TIMEZONE", "Europe/Berlin")
    assert ids(database, tmp_path, *options) == ["1", "2", "3"], "half past midnight in Berlin"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--score", "insult>=2"], "N from 0 to 1"),
        (["--score", "rude>=0.5"], "labels are toxicity"),
        (["--since", "yesterday"], "--since 'yesterday' is no time"),
        (["--until", "9999-12-31"], "is no time"),
        (["--matching", "("], "the pattern cannot be used"),
        (["--language", "en"], "add --format dataset"),
        (["--format", "dataset", "--language", "en\nlicense: mit"], "is no code of a language"),
        (["--format", "dataset", "--language", "english"], "such as en"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_written(
    database: str, tmp_path: Path, options: list[str], says: str
) -> None:
    with pytest.raises(UsageError, match=says.replace("(", r"\(")):
        triage(database, "export", tmp_path / "out.csv", *options)
    assert not (tmp_path / "out.csv").exists()


def test_a_dataset_is_imported_again_by_its_folder(database: str, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    made = triage(
        database,
        *("export", folder, "--format", "dataset", "--what", "comments", "--include-text"),
        *("--language", "en", "--author", "ana"),
    )
    assert "set: 2 rows\n" in made.output
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "config_name: comments" in card
    assert "one author, who is not named here" in card
    other = f"sqlite:///{tmp_path / 'other.db'}"
    done = triage(other, "import", folder)
    assert (done.exit_code, "2 new" in done.output) == (0, True)
    with closing(Workbench(Settings(other))) as bench:
        texts = [entry.comment.text for entry in bench.entries(["1", "2", "3"])]
    assert texts == ["=You, fool", "Go away"]
