"""The command line as a person uses it: real files, a real database, exit codes."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.scoring import marking
from tests.scoring.far_side import SINGLE, Reply, far_side, score_of, single
from triage.cli import main
from triage.domain.comments import text_digest
from triage.domain.scores import Label

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
LABELS = [label.value for label in Label if label is not Label.SEXUAL_EXPLICIT]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def triage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command in an empty folder, as the console script does."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TRIAGE_REVIEWER", "ana")

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["triage", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        code = stopped.value.code
        assert isinstance(code, int | None)
        return Ran(code or 0, printed.out, printed.err)

    return run


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def write_csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_thread_file_becomes_rated_comments(triage: Run, tmp_path: Path) -> None:
    done = triage("import", SEEDS / "bike-lane.txt")
    assert done.code == 0
    assert "bike-lane.txt: nested-text" in done.out
    assert "20 new, 0 edited, 0 already known, in 1 thread" in done.out
    assert (tmp_path / "triage.db").exists()
    scored = triage("score")
    assert "20 texts scored" in scored.out
    assert "0 texts scored" in triage("score").out
    assert triage("export", "all.csv", "--what", "comments").code == 0
    table = rows(tmp_path / "all.csv")
    assert len(table) == 20
    assert all(0 <= float(row[label]) <= 1 for row in table for label in LABELS)


def test_importing_twice_changes_nothing(triage: Run) -> None:
    triage("import", SEEDS / "derby.txt", SEEDS / "patch-notes.csv")
    again = triage("import", SEEDS / "derby.txt", SEEDS / "patch-notes.csv")
    assert again.code == 0
    assert "0 new, 0 edited, 19 already known" in again.out
    assert "0 new, 0 edited, 20 already known" in again.out


def test_an_edited_comment_is_a_revision(triage: Run, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "c.csv", "id,text", "1,first words", "2,other words")
    triage("import", path)
    write_csv(path, "id,text", "1,first words mended", "2,other words")
    assert "0 new, 1 edited, 1 already known" in triage("import", path).out


def test_what_an_earlier_import_held_and_this_one_does_not_is_told_and_kept(
    triage: Run, tmp_path: Path
) -> None:
    lines = (SEEDS / "derby.txt").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "derby.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    triage("import", path)
    path.write_text("\n".join(lines[:-3]), encoding="utf-8")
    done = triage("import", path)
    assert "0 new, 0 edited, 16 already known" in done.out
    assert "3 of an earlier import are not in it any more; kept" in done.out


def test_a_bad_row_is_located_and_the_rest_is_kept(triage: Run, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"id": 1, "text": "good"}\n{"id": 2, "text": \n{"id": 3, "text": "good"}\n')
    done = triage("import", path)
    assert done.code == 3
    assert "2 new" in done.out
    assert "c.jsonl:2:" in done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["import", "nowhere.txt"], "nowhere.txt"),
        (["import", "c.csv", "--column", "text"], "ROLE=NAME"),
        (["import", "c.csv", "--column", "text=words"], "words"),
        (
            ["import", "c.csv", "--reader", "fax"],
            "unknown reader 'fax'; known are auto, nested-text",
        ),
        (["rate", "c.csv", "-o", "out.xlsx"], "end the name in .csv, .jsonl, .parquet"),
        (["rate", "c.csv", "-o", "out.csv", "--text-column", "body"], "it has: id, text"),
        (["rate", "c.csv", "-o", "out.csv", "--scorer", "oracle"], "known are: compact"),
        (["export", "nowhere/out.csv"], "nowhere"),
        (["--database", "mysql://x/y", "score"], "sqlite:///FILE or postgresql"),
    ],
)
def test_a_mistake_is_explained_and_its_exit_code_says_whose_it_was(
    triage: Run, tmp_path: Path, arguments: list[str], says: str
) -> None:
    write_csv(tmp_path / "c.csv", "id,text", "1,hello")
    done = triage(*arguments)
    assert done.code == 2
    assert says in " ".join(done.err.split())
    assert "Traceback" not in done.err


def test_one_unreadable_file_does_not_stop_the_others(triage: Run) -> None:
    done = triage("import", "nowhere.txt", SEEDS / "derby.txt")
    assert done.code == 3
    assert "19 new" in done.out
    assert "nowhere.txt" in done.err


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_rate_keeps_every_row_in_order_in_every_format(
    triage: Run, tmp_path: Path, suffix: str
) -> None:
    source = write_csv(
        tmp_path / "in.csv",
        "id,body,votes",
        'b,"You are an idiot, and a liar",-3',
        "a,,1",
        "c,Thank you for the careful answer,7",
        "d,too,many,fields",
        'e,"You are an idiot, and a liar",0',
    )
    output = tmp_path / f"out.{suffix}"
    done = triage("rate", source, "--output", output, "--id-column", "id")
    assert done.code == 3, "one row was malformed"
    assert "in.csv:5:" in done.err
    if suffix == "csv":
        table = [{k: v or None for k, v in row.items()} for row in rows(output)]
    elif suffix == "jsonl":
        table = [json.loads(line) for line in output.read_text().splitlines()]
    else:
        table = pq.read_table(output).to_pylist()
    assert [row["id"] for row in table] == ["b", "a", "c", "d", "e"]
    assert list(table[0])[:3] == ["id", "body", "votes"]
    assert [bool(row["not_scored"]) for row in table] == [False, True, False, True, False]
    assert float(table[0]["insult"]) > 0.5 > float(table[2]["insult"])
    assert [table[0][label] for label in LABELS] == [table[4][label] for label in LABELS]
    assert all(table[1][label] is None for label in LABELS)
    assert table[0]["scorer"].startswith("compact@")
    assert table[0]["votes"] == "-3", "a plain number is no formula"
    assert not (tmp_path / "triage.db").exists(), "rate needs no database"


def test_rate_renames_an_input_column_that_a_score_needs(triage: Run, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", "text,toxicity", "hello,0.99")
    done = triage("rate", source, "-o", "out.csv")
    assert "toxicity is now toxicity_input" in done.out
    (row,) = rows(tmp_path / "out.csv")
    assert row["toxicity_input"] == "0.99"
    assert float(row["toxicity"]) < 0.5


def test_rate_writes_the_words_that_a_scorer_marks(
    triage: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marking.register(monkeypatch)
    source = write_csv(tmp_path / "in.csv", "id,text", "1,you idiot", "2,", "3,a kind word")
    done = triage("rate", source, "-o", "out.csv", "--scorer", "marking", "--spans")
    assert done.code == 0, done.err
    table = rows(tmp_path / "out.csv")
    assert [row["spans"] for row in table] == ["[[4, 9, 0.9]]", "", "[]"]
    assert [row["where"] for row in table] == ["", "", ""]
    assert "marks the words" in triage("scorers").out


def test_rate_says_which_scorers_mark_words_where_the_chosen_one_does_not(
    triage: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marking.register(monkeypatch, marking="make", unmarking="make_unmarking")
    source = write_csv(tmp_path / "in.csv", "id,text", "1,you idiot")
    done = triage("rate", source, "-o", "out.csv", "--scorer", "unmarking", "--spans")
    assert done.code == 2
    message = " ".join(done.err.split())
    assert "unmarking marks no words" in message
    assert re.search(r"scorers that do: .*\bmarking\b", message)
    assert not (tmp_path / "out.csv").exists()


def test_rate_keeps_a_jsonl_column_that_first_appears_in_the_last_row(
    triage: Run, tmp_path: Path
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "hello"}\n' * 1_500 + '{"text": "bye", "late": [1, 2]}\n')
    assert triage("rate", source, "-o", "out.jsonl").code == 0
    last = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[-1])
    assert last["late"] == [1, 2]


def test_what_a_scorer_puts_off_is_asked_by_the_next_run_and_the_panel_waits_for_it(
    triage: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marking.register(monkeypatch, tired="make_tired")
    lines = [f"{number},you silly number {number}" for number in range(5)]
    triage("import", write_csv(tmp_path / "c.csv", "id,text", *lines))
    triage("score")
    first = triage("score", "--scorer", "tired")
    assert first.code == 3
    assert "tired@1: 3 texts scored" in first.out
    assert "tired: 2 texts left for the next `triage score`: tired" in first.out
    triage("export", "all.csv", "--what", "comments")
    assert all(row["scorer"].startswith("compact@") for row in rows(tmp_path / "all.csv"))
    second = triage("score", "--scorer", "tired")
    assert second.code == 0
    assert "tired@1: 2 texts scored" in second.out
    triage("export", "all.csv", "--what", "comments")
    table = rows(tmp_path / "all.csv")
    assert all((row["scorer"], row["toxicity"]) == ("tired@1", "0.2") for row in table)


def test_new_comments_get_the_scores_in_use_before_another_scorer_begins(
    triage: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marking.register(monkeypatch, marking="make", broken="make_broken")
    path = write_csv(tmp_path / "c.csv", "id,text", "1,hello")
    triage("import", path)
    triage("score", "--scorer", "marking")
    triage("import", write_csv(path, "id,text", "1,hello", "2,you idiot"))
    done = triage("score", "--scorer", "broken", "--scorer", "marking")
    assert done.code == 1
    assert "toxicity: broken@1 in place of marking@1" in done.err
    assert "the weights of broken are missing" in done.err
    assert "What is scored is kept" in done.err
    triage("export", "all.csv", "--what", "comments")
    assert [row["toxicity"] for row in rows(tmp_path / "all.csv")] == ["0.01", "0.9"]


def test_mentions_are_refused_where_no_chosen_scorer_tells_of_any(
    triage: Run, tmp_path: Path
) -> None:
    source = write_csv(tmp_path / "in.csv", "id,text", "1,hello")
    done = triage("rate", source, "-o", "out.csv", "--mentions")
    assert done.code == 2
    message = " ".join(done.err.split())
    assert (
        "compact does not say which identities a text mentions; scorers that do: detox" in message
    )
    assert "detoxify:multilingual" in message
    triage("import", source)
    triage("score")
    done = triage("export", "out.csv", "--what", "mentions")
    assert done.code == 2
    assert "no scorer in use has told which identities" in " ".join(done.err.split())
    assert not (tmp_path / "out.csv").exists()


def test_what_a_rating_puts_off_is_asked_by_the_same_command_again(
    triage: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marking.register(monkeypatch, tired="make_tired")
    source = write_csv(tmp_path / "in.csv", "text", *(f"you silly number {n}" for n in range(5)))
    command = ("rate", source, "-o", "out.csv", "--scorer", "tired")
    first = triage(*command)
    assert first.code == 3
    assert "2 texts left for the same command again: tired" in first.out
    table = rows(tmp_path / "out.csv")
    assert [row["not_scored"] for row in table] == ["", "", "", "tired", "tired"]
    second = triage(*command)
    assert second.code == 0, second.err
    assert "3 texts were rated by an earlier run, and not again" in second.out
    assert [row["toxicity"] for row in rows(tmp_path / "out.csv")] == ["0.2"] * 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def set_up(monkeypatch: pytest.MonkeyPatch, folder: Path, url: str, more: str = "") -> None:
    """Set up `remote:ours` as a person would: a file, and its key in a variable."""
    keyed = 'headers = { Authorization = "Bearer ${OURS_TOKEN}" }'
    write_csv(folder / "remotes.toml", f'[ours]\nurl = "{url}"', SINGLE, keyed, more)
    monkeypatch.setenv("TRIAGE_REMOTE", str(folder / "remotes.toml"))
    monkeypatch.setenv("OURS_TOKEN", "t0k3n")


def test_rate_asks_a_remote_scorer_beside_the_bundled_one(
    triage: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_csv(tmp_path / "in.csv", "id,text", "1,You idiot", "2,", "3,Thank you", "4,bad")
    with far_side() as far:
        far.play = lambda asked: Reply(422) if asked.body["text"] == "bad" else single(asked)
        set_up(monkeypatch, tmp_path, far.url)
        assert "comment texts are sent to 127.0.0.1" in triage("scorers").out
        assert triage("rate", source, "-o", "own.csv").code == 0
        assert far.asked == [], "nothing is sent unless its key was chosen"
        done = triage(
            *("rate", source, "-o", "out.csv", "--scorer", "remote:ours", "--scorer", "compact")
        )
        assert sorted(far.texts) == ["Thank you", "You idiot", "bad"]
        assert far.asked[0].headers["authorization"] == "Bearer t0k3n"
    assert done.code == 0, done.err
    table = rows(tmp_path / "out.csv")
    assert float(table[0]["toxicity"]) == score_of("You idiot", "toxic")
    assert float(table[0]["incivility"]) > 0.5, "what the remote does not report, compact does"
    assert table[1]["not_scored"] == "empty text"
    assert (table[3]["not_scored"], table[3]["toxicity"]) == ("HTTP 422", "")
    assert table[3]["incivility"], "what one scorer refuses loses nothing of another"
    assert table[0]["scorer"].startswith("remote:ours@")
    assert "compact@" in table[0]["scorer"]


def test_score_goes_on_where_the_last_runs_budget_ended(
    triage: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{number},comment number {number}" for number in range(5)]
    triage("import", write_csv(tmp_path / "c.csv", "id,text", *lines))
    triage("score")
    with far_side() as far:
        set_up(monkeypatch, tmp_path, far.url, "budget = 3")
        first = triage("score", "--scorer", "remote:ours")
        assert first.code == 3
        assert "3 texts scored" in first.out
        left = "remote:ours: 2 texts left for the next `triage score`: remote budget of 3"
        assert left in first.out
        triage("export", "all.csv", "--what", "comments")
        assert all(row["scorer"].startswith("compact@") for row in rows(tmp_path / "all.csv"))
        second = triage("score", "--scorer", "remote:ours")
        assert second.code == 0
        assert "2 texts scored" in second.out
        assert len(far.texts) == len(set(far.texts)) == 5, "no text was paid for twice"
    triage("export", "all.csv", "--what", "comments")
    table = rows(tmp_path / "all.csv")
    assert all(row["scorer"].startswith("remote:ours@") for row in table)
    assert all(row["toxicity"] for row in table)


def test_a_far_side_that_is_not_there_is_explained_and_leaves_everything_as_it_was(
    triage: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_csv(tmp_path / "in.csv", "id,text", "1,hello")
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    set_up(monkeypatch, tmp_path, f"http://127.0.0.1:{port}/", "retries = 0")
    done = triage("rate", source, "-o", "out.csv", "--scorer", "remote:ours")
    assert done.code == 1
    message = " ".join(done.err.split())
    assert "remote:ours gave no scores at all: 127.0.0.1: connection refused. Check" in message
    assert "t0k3n" not in done.err
    assert not (tmp_path / "out.csv").exists()


def test_exports_leave_text_out_unless_asked_and_neutralise_formulas(
    triage: Run, tmp_path: Path
) -> None:
    triage("import", SEEDS / "patch-notes.csv")
    triage("export", "bare.csv", "--what", "comments")
    triage("export", "full.csv", "--what", "comments", "--include-text")
    assert "text" not in rows(tmp_path / "bare.csv")[0]
    texts = [row["text"] for row in rows(tmp_path / "full.csv")]
    assert any(text.startswith("'=HYPERLINK(") for text in texts)
    assert not any(text.startswith(("=", "@")) for text in texts)
    hello = next(row for row in rows(tmp_path / "full.csv") if not row["text"].startswith("'"))
    assert hello["text_sha256"] == text_digest(hello["text"])


def test_guidelines_are_put_in_force_from_a_file_and_printed(triage: Run, tmp_path: Path) -> None:
    assert "no guidelines yet" in triage("guidelines").out
    rules = tmp_path / "rules.md"
    rules.write_bytes(b"\xef\xbb\xbf## R1: Be kind\n")
    assert "version 1, 1 rule" in triage("guidelines", rules, "--why", "a start").out
    assert "version 1," in triage("guidelines", rules).out, "the same text is no new version"
    assert triage("guidelines").out.startswith("## R1: Be kind")


@pytest.mark.parametrize(
    ("held", "words"),
    [(b"\xff\xfe\x00", "UTF-8"), (b"x" * 600_000, "too long"), (b" ", "must say something")],
)
def test_a_file_that_cannot_be_guidelines_is_refused(
    triage: Run, tmp_path: Path, held: bytes, words: str
) -> None:
    rules = tmp_path / "rules.md"
    rules.write_bytes(held)
    ran = triage("guidelines", rules)
    assert (ran.code, words in ran.err) == (2, True)
    assert "no guidelines yet" in triage("guidelines").out


def test_an_export_never_replaces_the_database(triage: Run, tmp_path: Path) -> None:
    triage("import", SEEDS / "derby.txt")
    done = triage("export", "triage.db", "--format", "csv")
    assert done.code == 2
    assert "is the database itself" in done.err
    assert "19 already known" in triage("import", SEEDS / "derby.txt").out


def test_rate_never_replaces_its_input(triage: Run, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", "id,text", "1,hello")
    (tmp_path / "link.csv").symlink_to(source)
    for output in ("in.csv", "link.csv"):
        done = triage("rate", source, "-o", output)
        assert done.code == 2
        assert "is the input itself" in done.err
    assert rows(source) == [{"id": "1", "text": "hello"}]


def test_a_busy_port_is_named_with_the_way_out(triage: Run) -> None:
    with socket.create_server(("localhost", 0)) as server:
        done = triage("serve", "--port", server.getsockname()[1])
    assert done.code == 2
    assert "--port" in done.err


def test_the_api_is_served_on_the_same_database_and_to_this_machine_only(
    triage: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[tuple[list[str], str]] = []
    monkeypatch.setattr(
        os,
        "execve",
        lambda _program, command, env: served.append((command, env["TRIAGE_DATABASE_URL"])),
    )
    triage("--database", "sqlite:///other.db", "api", "--port", "8099")
    ((command, database),) = served
    assert command[1:] == ["-m", "triage.api", "--host=127.0.0.1", "--port=8099", "--workers=1"]
    assert database == "sqlite:///other.db"
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = triage("api", "--port", server.getsockname()[1])
    assert done.code == 2
    assert "--port" in done.err


def test_scorers_lists_what_is_here_and_how_to_get_the_rest(triage: Run) -> None:
    done = triage("scorers")
    assert done.code == 0
    assert "compact" in done.out
    assert "detoxify:original" in done.out


def test_a_database_of_ones_own_is_not_mixed_with_the_samples(
    triage: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[list[str]] = []
    monkeypatch.setattr(os, "execve", lambda _program, command, _env: served.append(command))
    triage("import", write_csv(tmp_path / "mine.csv", "id,text", "1,hello"))
    monkeypatch.setattr(sys, "argv", ["triage", "demo"])
    main_returns_after_serving(monkeypatch)
    triage("export", "all.csv", "--what", "comments")
    assert len(rows(tmp_path / "all.csv")) == 1
    assert "app.py" in served[0][4]


def main_returns_after_serving(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit):
        main()


def test_ctrl_c_before_anything_is_rated_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text\n" + "".join(f"{i},words and words {i}\n" for i in range(300_000)))
    running = subprocess.Popen(
        [sys.executable, "-m", "triage.cli", "rate", source, "-o", tmp_path / "out.csv"],
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "out.csv.resume").exists():
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "Interrupted" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


def test_a_file_cannot_steer_the_terminal(triage: Run, tmp_path: Path) -> None:
    article = "\n".join(f"The council met on day {day} and minutes were taken." for day in range(6))
    talk = "\n".join(f"I think you \x1b]0;owned\x07\x1b[2J are wrong, {n}?" for n in range(9))
    (tmp_path / "a\x1b[31m.txt").write_text(f"{article}\n{talk}\n")
    (tmp_path / "b.jsonl").write_text('{"id": "\\u001b[2J", "text": "x"}\n')
    for name in ("a\x1b[31m.txt", "b.jsonl"):
        done = triage("import", tmp_path / name)
        assert "\x1b" not in done.out + done.err
        assert "\x07" not in done.out + done.err


def test_what_was_left_out_is_told_also_when_a_later_file_cannot_be_read(
    triage: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1, "text": "good"}\n{"id": 2,\n')
    write_csv(tmp_path / "b.csv", "id,body", "1,hello")
    done = triage("import", "a.jsonl", "b.csv", "--column", "text=text")
    assert done.code == 3
    assert "a.jsonl:2:" in done.err
    assert "b.csv" in done.err


def test_a_file_name_cannot_steer_a_real_terminal(tmp_path: Path) -> None:
    name = "a\x1b]0;owned\x07[bold].csv"
    (tmp_path / name).write_text("id,text\n" + "".join(f"{n},words\n" for n in range(3_000)))
    parent, child = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "triage.cli", "import", name],
        stdout=child,
        stderr=child,
        cwd=tmp_path,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(child)
    seen = b""
    with suppress(OSError):  # a closed terminal reads as an error
        while part := os.read(parent, 65_536):
            seen += part
    os.close(parent)
    assert running.wait(60) == 0
    assert b"owned" in seen
    assert b"\x1b]0;" not in seen
    assert b"[bold]" in seen


def test_a_terminal_without_unicode_does_not_stop_the_work(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "triage.cli", "import", SEEDS / "derby.txt"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "19 new" in done.stdout


def test_scores_are_held_against_the_labels_of_a_file(triage: Run, tmp_path: Path) -> None:
    path = tmp_path / "labelled.csv"
    texts = ["You complete idiot, go away", "Thanks, that helped a lot", "What a stupid moron"]
    rows = [f"{text!r},{number}\n" for number, text in zip((1, 0, 1), texts, strict=True)]
    path.write_text("text,toxicity\n" + "".join(rows * 5).replace("'", '"'))
    out = tmp_path / "report.json"
    ran = triage("evaluate", path, "--label-column", "toxicity", "-o", out, "-o", tmp_path / "r.md")
    assert ran.code == 0, ran.err
    assert "- AUC: 1.000" in ran.out
    report = json.loads(out.read_text())
    assert (report["labels"], report["positives"], report["auc"]) == (15, 10, 1.0)
    assert report["about"]["scores"].startswith("compact@")
    assert (tmp_path / "r.md").read_text().strip() in ran.out
    assert not (tmp_path / "triage.db").exists(), "the database is not touched"


def test_scores_may_come_from_a_column_and_bad_rows_are_listed(triage: Run, tmp_path: Path) -> None:
    path = tmp_path / "labelled.csv"
    path.write_text("rude,p\nyes,0.9\nno,0.2\nperhaps,0.5\n")
    ran = triage("evaluate", path, "--label-column", "rude", "--score-column", "p")
    assert ran.code == 3
    assert "- scores: column p" in ran.out
    assert "labelled.csv:4: rude is 'perhaps'" in ran.err


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--label-column", "rude"), "say which it stands for"),
        (("--label-column", "gone", "--score-column", "p"), "has no column 'gone'"),
        (
            ("--label-column", "rude", "--score-column", "p", "--scorer", "compact"),
            "leave --scorer",
        ),
        (("--label-column", "rude", "--score-column", "p", "-o", "r.txt"), ".json or .md"),
        (("--label-column", "rude", "--label", "toxicity"), "no column looks like the text"),
        (
            ("--label-column", "rude", "--label", "sexual_explicit", "--text-column", "p"),
            "does not report sexual explicit",
        ),
        (("--label-column", "p", "--score-column", "rude"), "no row with both"),
    ],
)
def test_an_evaluation_that_cannot_be_says_why(
    triage: Run, tmp_path: Path, options: tuple[str, ...], why: str
) -> None:
    path = tmp_path / "labelled.csv"
    path.write_text("rude,p\nyes,0.9\nno,0.2\n")
    ran = triage("evaluate", path, *options)
    assert ran.code == 2
    assert why in ran.err


def test_what_no_scorer_reads_is_counted_and_sent_to_review_or_left(
    triage: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "c.csv").write_text(
        "id,text\n"
        "1,Je suis passé devant le pont ce matin et la rambarde manque toujours.\n"
        "2,Wer diesen Kreisverkehr geplant hat musste ihn nie zu Fuß überqueren.\n"
        "3,What a lovely day it was on the river this morning.\n4,ok\n",
        encoding="utf-8",
    )
    assert triage("import", "c.csv").code == 0
    said = triage("score").out
    assert "2 comments not scored, in languages that no scorer in use reads" in said
    assert "German 1, French 1" in said
    assert "TRIAGE_OTHER_LANGUAGES=review" in said
    assert "2 comments to review" in said
    monkeypatch.setenv("TRIAGE_OTHER_LANGUAGES", "leave")
    said = triage("score").out
    assert "left out of the queue (TRIAGE_OTHER_LANGUAGES=leave)" in said
    assert "0 comments to review" in said
    assert triage("export", "out.csv", "--what", "comments").code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["comment_id"]: row for row in csv.DictReader(file)}
    told = [(rows[name]["language"], rows[name]["not_scored"]) for name in "1234"]
    assert told == [("fr", "language: fr"), ("de", "language: de"), ("en", ""), ("und", "")]
    assert rows["1"]["toxicity"] == ""
    assert rows["3"]["toxicity"] != ""
