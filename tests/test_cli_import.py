"""`triage import` on what sites really have: it says what it chose, and keeps what it can."""

from __future__ import annotations

import csv
import gzip
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from triage.cli import main
from triage.intake import READERS

EXPORTS = Path(__file__).parent / "intake" / "exports"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def triage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command in an empty folder; return exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
        monkeypatch.delenv(name)

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["triage", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        return int(stopped.value.code or 0), printed.out, printed.err

    return run


def test_it_says_which_reader_it_chose_and_why(triage: Run) -> None:
    code, out, _ = triage("import", EXPORTS / "wordpress.xml")
    assert code == 0
    assert "wordpress.xml: wxr, WordPress export (WXR 1.2), because it is RSS" in out
    assert "4 new, 0 edited, 0 already known, in 1 thread" in out


def test_a_named_reader_is_used_and_an_unknown_one_is_told_the_known_ones(triage: Run) -> None:
    code, out, _ = triage("import", "--reader", "reddit", EXPORTS / "reddit.jsonl")
    assert (code, "because you named the reader" in out) == (0, True)
    code, _, err = triage("import", "--reader", "facebook", EXPORTS / "reddit.jsonl")
    assert code == 2
    assert all(key in err.replace("\n", " ") for key in READERS)


def test_every_export_may_be_packed_into_one_archive_and_be_imported_again(
    triage: Run, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(EXPORTS.iterdir()):
            archive.write(path, path.name)
        archive.writestr("notes.pdf", b"%PDF-1.7 and so on")
    code, out, err = triage("import", "all.zip")
    assert code == 3
    readers = [line.split(": ")[1].split(",")[0] for line in out.splitlines() if ": " in line]
    assert readers == ["coral", "discourse", "disqus", "reddit", "wxr", "youtube"]
    assert "22 new, 0 edited, 0 already known" in out
    assert "all.zip/notes.pdf" in err
    assert "looks like a PDF" in err
    assert "0 new, 0 edited, 22 already known" in triage("import", "all.zip")[1]
    packed = tmp_path / "wordpress.xml.gz"
    packed.write_bytes(gzip.compress((EXPORTS / "wordpress.xml").read_bytes()))
    assert "0 new, 0 edited, 4 already known" in triage("import", packed)[1]


def test_states_are_exported_and_reports_wait_for_a_review(triage: Run, tmp_path: Path) -> None:
    triage("import", EXPORTS / "coral.json")
    triage("export", "all.csv", "--what", "comments")
    with (tmp_path / "all.csv").open(newline="") as handle:
        states = {row["comment_id"]: row["state"] for row in csv.DictReader(handle)}
    assert states == {"c-1": "", "c-2": "pending", "c-3": "rejected", "c-4": "deleted"}
    from triage.settings import Settings
    from triage.workbench import Workbench

    bench = Workbench(Settings(database_url="sqlite:///triage.db"))
    assert bench.store.comments.get("c-2").pending
    assert not bench.store.comments.get("c-1").pending
    bench.close()


def test_an_import_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    from triage.settings import Settings
    from triage.workbench import Workbench

    rows = "".join(f'{{"id": "n{n}", "text": "text {n}"}}\n' for n in range(5_000))
    (tmp_path / "a.jsonl").write_text(rows)
    bench = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}"))

    def stop(done: int, _: int | None) -> None:
        if done >= 4_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.import_file(tmp_path / "a.jsonl", on_progress=stop)
    again = bench.import_file(tmp_path / "a.jsonl")
    bench.close()
    assert (again.new, again.revised, again.unchanged) == (1_000, 0, 4_000)


def test_an_archive_without_anything_to_read_is_refused(triage: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(100))
    code, _, err = triage("import", "a.zip")
    assert (code, "holds nothing that can be read" in err) == (2, True)


def test_a_dry_run_says_what_is_understood_and_stores_nothing(triage: Run, tmp_path: Path) -> None:
    code, out, _ = triage("import", "--dry-run", EXPORTS / "wordpress.xml")
    assert code == 0
    assert "wordpress.xml: wxr, WordPress export (WXR 1.2), because it is RSS" in out
    assert "4 comments in 1 thread by 3 authors, from 2025-03-02 to 2025-03-03" in out
    assert "Mrs. Quill, 2025-03-02 10:15: Lovely ducks." in out
    assert "would bring 4 new, 0 edited, 0 already known. Nothing was stored." in out
    triage("import", EXPORTS / "wordpress.xml")
    assert (
        "would bring 0 new, 0 edited, 4 already known"
        in triage("import", "--dry-run", EXPORTS / "wordpress.xml")[1]
    )
    table = tmp_path / "odd.csv"
    table.write_text("what,author\nhello,ann\n,bob\n")
    code, out, err = triage("import", "--dry-run", table)
    assert (code, out) == (2, "")
    assert "Not read: odd.csv: none of its columns is named like a comment's text" in err
    said = ("--column", "text=what", "--column", "author=")
    code, out, err = triage("import", "--dry-run", *said, table)
    assert (code, "(no author): hello" in out) == (0, True)
