"""Whatever a command prints of what people wrote steers no terminal, and forges no line."""

from __future__ import annotations

import csv
import json
import re
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.hostile.payloads import PAYLOADS
from tests.hostile.site import REVIEWER, fill, named
from triage.cli.commands import commands
from triage.settings import Settings
from triage.workbench import Workbench

# What a terminal obeys, or what turns the direction of a line. A line end and a tab may be printed.
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


csv.field_size_limit(10_000_000)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    """The URL of a site full of payloads, and the comments that hold them."""
    url = f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'site.db'}"
    with closing(Workbench(Settings(database_url=url, reviewer=REVIEWER))) as bench:
        ids = fill(bench)
    return url, ids


@pytest.fixture(scope="module")
def dropped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to import whose fields, name and mistakes are hostile."""
    path = tmp_path_factory.mktemp("files") / "it\x1b[31m \u202e<b>.jsonl"
    with path.open("w", encoding="utf-8", errors="surrogatepass") as handle:
        for number, text in enumerate(PAYLOADS):
            row = {"id": named(f"{number} {text}"), "text": text, "author": text, "title": text}
            handle.write(json.dumps({**row, "thread": named(text)}) + "\n")
        handle.write('{"id": "\x1b[2J", "text": \x1b]0;x\x07\n')
        handle.write(json.dumps({"id": "x", "text": ["\x1b[2J"]}) + "\n")
    return path


def run(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(
        commands, ["--database", url, *arguments], env={"TRIAGE_REVIEWER": REVIEWER}
    )


def said(result: Result) -> str:
    """Return all that was printed; what triage raises on purpose is printed as `main` does it."""
    from triage.cli.printing import inert

    printed = (result.stdout_bytes + result.stderr_bytes).decode("utf-8", "surrogateescape")
    return printed if result.exception is None else printed + inert(str(result.exception)).plain


def test_there_is_something_to_steer_by() -> None:
    assert sum(STEERS.search(text) is not None for text in PAYLOADS) > 100


SHOWING = [
    ("appeal", "list"),
    ("policy", "list"),
    ("policy", "show"),
    ("policy", "diff", "1"),
    ("batch", "toxicity", "0-1", "approve", "--dry-run"),
    ("guidelines",),
    ("audit", "status"),
    ("tune", "toxicity"),
    ("verify",),
    ("token", "list"),
    ("webhook", "list"),
    ("scorers",),
    ("undo",),
    ("notice", "no \x1b[2J comment"),
]


@pytest.mark.parametrize("command", SHOWING, ids=" ".join)
def test_no_command_steers_the_terminal(
    site: tuple[str, list[str]], command: tuple[str, ...]
) -> None:
    printed = said(run(site[0], *command))
    assert printed
    assert STEERS.findall(printed) == []


def test_a_notice_of_every_decided_comment_steers_nothing(site: tuple[str, list[str]]) -> None:
    url, ids = site
    for comment_id in ids[:20:2]:
        assert STEERS.findall(said(run(url, "notice", comment_id))) == []


@pytest.mark.parametrize("what", ["decisions", "log", "comments", "annotations", "appeals"])
def test_an_export_says_nothing_of_what_it_holds_and_its_cells_run_nowhere(
    site: tuple[str, list[str]], what: str, tmp_path: Path
) -> None:
    out = tmp_path / f"{what}.csv"
    printed = said(run(site[0], "export", str(out), "--what", what, "--include-text"))
    assert STEERS.findall(printed) == []
    with out.open(encoding="utf-8", newline="") as handle:
        cells = [cell for row in csv.reader(handle) for cell in row]
    assert len(cells) > 50
    assert [cell for cell in cells if cell.startswith(("=", "@", "\t", "\r", "＝", "＠"))] == []


@pytest.mark.parametrize("options", [("--dry-run",), ()], ids=["look", "import"])
def test_an_import_names_problems_and_people_without_obeying_them(
    dropped: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    ran = run(f"sqlite:///{tmp_path / 'new.db'}", "import", str(dropped), *options)
    printed = said(ran)
    assert len(printed.splitlines()) > 3
    assert STEERS.findall(printed) == []


def test_no_author_forges_a_line_of_its_own(tmp_path: Path) -> None:
    forged = "Saved: approve for 9 comments"
    row = {
        "id": "c",
        "text": f"hello\n{forged}",
        "author": f"Ann\n{forged}",
        "title": f"T\n{forged}",
    }
    (tmp_path / "c.jsonl").write_text(json.dumps(row) + "\n")
    ran = run(f"sqlite:///{tmp_path / 'new.db'}", "import", str(tmp_path / "c.jsonl"), "--dry-run")
    assert forged in ran.stdout
    assert [line for line in ran.stdout.splitlines() if line.startswith(forged)] == []
