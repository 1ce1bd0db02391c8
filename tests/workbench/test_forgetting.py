"""Forgetting and pseudonyms from a real database, at every edge."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.test_cli_import import Run, triage
from tests.test_cli_return import WORDPRESS, decide
from triage.domain.decisions import Verdict
from triage.domain.forgetting import Erased, Retention
from triage.domain.pseudonyms import Pseudonyms
from triage.errors import ConflictError, NotFoundError, UsageError
from triage.export.tables import Export
from triage.settings import Settings
from triage.workbench import Workbench

__all__ = ["triage"]

KEY = "0123456789abcdef" * 2
OWN = Pseudonyms(KEY)
ROWS = """\
id,author,text,created_at
1,Ana Quokkason,"You quokka, go away",2026-03-01T23:30:00Z
2,Bob,A lovely day,2026-03-02T08:00:00Z
3,Ana Quokkason,"Quokkas everywhere",2026-03-03T08:00:00Z
"""
NESTED = """\
A day at the zoo

It rained, and the keepers were in a good mood.


  1. Ana Quokkason
    Posted September 12, 2019 at 8:14 am | Permalink

    Something bit me there


      1. Bob
        Posted September 12, 2019 at 9:14 am | Permalink

        No it did not
"""


def settings_of(folder: Path, **more: object) -> Settings:
    return replace(Settings(f"sqlite:///{folder / 'triage.db'}"), reviewer="lea", **more)


def written(folder: Path) -> Path:
    path = folder / "in.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def bytes_of(folder: Path) -> bytes:
    """Return everything that a database left on the disk: its file, and the logs beside it."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("triage.db*")))


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    made = Workbench(settings_of(tmp_path))
    made.import_file(written(tmp_path))
    return made


def test_no_byte_of_what_is_erased_is_left_in_the_file(bench: Workbench, tmp_path: Path) -> None:
    (entry,) = bench.entries(["1"])
    bench.decide([entry.seen], Verdict.REJECT, reviewer="cem", note="a quokka hater")
    assert b"uokka" in bytes_of(tmp_path)
    bench.forget_author("Ana Quokkason", "lea")
    left = bytes_of(tmp_path)  # the workbench is open still
    assert b"uokka" not in left
    assert b"A lovely day" in left
    assert bench.item("1").comment.text.startswith("[erased ")
    bench.close()


def test_a_log_that_verifies_does_so_after_its_words_were_erased(
    bench: Workbench, tmp_path: Path
) -> None:
    for name in ("1", "2", "3"):
        (entry,) = bench.entries([name])
        bench.decide([entry.seen], Verdict.REJECT, reviewer="cem", note=f"no quokka {name}")
    before = bench.verify()
    assert before.whole
    assert before.head is not None
    bench.forget_author("Ana Quokkason", "lea")
    assert bench.verify([before.head.hash]).whole
    bench.forget_comments(["2"], "lea")
    bench.import_file(tmp_path / "in.csv")
    after = bench.verify([before.head.hash])
    assert after.whole
    assert (before.erased, after.erased) == (0, 3)
    bench.close()


def test_the_same_file_again_brings_nobody_back(bench: Workbench, tmp_path: Path) -> None:
    bench.forget_author("Ana Quokkason", "lea")
    report = bench.import_file(tmp_path / "in.csv")
    assert (report.new, report.unchanged, report.forgotten) == (0, 1, 2)
    assert bench.look_at(tmp_path / "in.csv").forgotten == 2
    again = tmp_path / "again.csv"
    again.write_text(ROWS.replace("\n1,", "\n91,").replace("\n3,", "\n93,"), encoding="utf-8")
    assert bench.import_file(again).forgotten == 2
    assert b"uokka" not in bytes_of(tmp_path)
    bench.close()


def test_a_text_without_ids_brings_nobody_back_either(tmp_path: Path) -> None:
    rows = tmp_path / "in.csv"
    rows.write_text(ROWS.replace("id,", "", 1).replace("\n1,", "\n").replace("\n2,", "\n"))
    with closing(Workbench(settings_of(tmp_path))) as bench:
        bench.import_file(rows)
        first = next(iter(bench.store.comments.stream()))
        bench.forget_comments([first.comment.id], "lea")
        report = bench.import_file(rows)
        assert (report.new, report.forgotten, report.gone) == (0, 1, 0)


def test_what_arrives_over_http_is_asked_too(bench: Workbench) -> None:
    bench.forget_author("Ana Quokkason", "lea")
    rows = [{"id": "7", "author": "Ana Quokkason", "text": "quokka"}, {"id": "8", "text": "hm"}]
    received = bench.receive(json.dumps(rows).encode(), "client")
    assert received.ids == ("8",)
    assert "forgotten here" in str(received.problems[0])
    with pytest.raises(NotFoundError):
        bench.store.comments.get("7")
    bench.close()


def test_a_client_that_sends_what_was_erased_is_told_so(bench: Workbench) -> None:
    rows = [{"id": "7", "text": "quokka"}, {"id": "8", "text": "hm"}]
    bench.receive(json.dumps(rows).encode(), "client")
    bench.forget_comments(["7"], "lea")
    received = bench.receive(json.dumps(rows).encode(), "client")
    assert (received.ids, received.new, received.unchanged) == (("8",), 0, 1)
    assert [one.message for one in received.problems] == [
        "1 comments are forgotten here, and were not stored"
    ]
    bench.close()


def test_exports_hold_what_is_left(bench: Workbench, tmp_path: Path) -> None:
    for name in ("1", "2"):
        (entry,) = bench.entries([name])
        bench.decide([entry.seen], Verdict.REJECT, reviewer="cem", reasons=("insult",), note="hm")
    before = [row["text_sha256"] for row in bench.preview(Export.DECISIONS)]
    bench.forget_author("Ana Quokkason", "lea")
    for what in (Export.DECISIONS, Export.LOG, Export.COMMENTS, Export.ANNOTATIONS):
        path = tmp_path / f"{what}.jsonl"
        bench.export(path, what, include_text=True)
        assert "uokka" not in path.read_text(encoding="utf-8")
    rows = bench.preview(Export.DECISIONS, include_text=True)
    assert [row["text_sha256"] == was for row, was in zip(rows, before, strict=True)] == [
        False,
        True,
    ], "a short text could be tried out by its digest"
    assert [row["verdict"] for row in rows] == ["reject", "reject"]
    assert bench.preview(Export.ANNOTATIONS, include_text=True)[0]["comment_id"] == "2"
    assert len(bench.preview(Export.ANNOTATIONS)) == 1, "an erased text teaches nobody"
    assert "uokka" not in bench.notice("1")
    bench.close()


def test_only_leads_erase(tmp_path: Path) -> None:
    with closing(Workbench(settings_of(tmp_path, leads=("lea",)))) as bench:
        bench.import_file(written(tmp_path))
        with pytest.raises(UsageError, match="TRIAGE_LEADS"):
            bench.forget_author("Bob", "cem")
        assert bench.forget_author("Bob", "lea") == Erased(comments=1, texts=1)


def test_an_erased_comment_takes_no_decision(bench: Workbench) -> None:
    (entry,) = bench.entries(["1"])
    bench.forget_comments(["1"], "lea")
    with pytest.raises(ConflictError, match="was erased"):
        bench.decide([entry.seen], Verdict.REJECT, reviewer="cem")
    (entry,) = bench.entries(["1"])
    with pytest.raises(ConflictError, match="was erased"):
        bench.decide([entry.seen], Verdict.REJECT, reviewer="cem")
    bench.close()


def test_periods_come_from_the_settings_or_are_an_error(tmp_path: Path) -> None:
    bench = Workbench(settings_of(tmp_path))
    with pytest.raises(UsageError, match="TRIAGE_RETAIN_DECIDED"):
        bench.retain("lea")
    month = Retention(undecided=timedelta(days=30))
    late = datetime.now(UTC) + timedelta(days=31)
    with closing(Workbench(settings_of(tmp_path, retention=month), lambda: late)) as bench:
        bench.import_file(written(tmp_path))
        assert bench.retain("lea").comments == 0, "they came just now"
    later = late + timedelta(days=31)
    with closing(Workbench(settings_of(tmp_path, retention=month), lambda: later)) as bench:
        assert bench.retain("lea", dry_run=True).comments == 3
        assert bench.retain("lea").comments == 3
        assert bench.retain("lea").comments == 0


class TestPseudonyms:
    def test_a_name_never_reaches_the_database(self, tmp_path: Path) -> None:
        settings = settings_of(tmp_path, pseudonyms=OWN)
        (tmp_path / "zoo.txt").write_text(NESTED, encoding="utf-8")
        with closing(Workbench(settings)) as bench:
            assert bench.look_at(written(tmp_path)).shown[0].author == OWN.of("Ana Quokkason")
            bench.import_file(tmp_path / "in.csv")
            bench.import_file(tmp_path / "zoo.txt")
            rows = [{"id": "7", "author": "Ana Quokkason", "text": "hello"}]
            bench.receive(json.dumps(rows).encode(), "client")
            (entry,) = bench.entries(["1"])
            assert entry.comment.author == OWN.of("Ana Quokkason")
            assert bench.author_record(entry.comment.author).comments >= 3
            (first, *_) = bench.preview(Export.COMMENTS)
            assert first["author"] == OWN.of("Ana Quokkason")
            left = bytes_of(tmp_path)
        assert b"Quokkason" not in left
        assert b"Bob" not in left
        assert KEY.encode() not in left

    def test_the_same_file_again_changes_nothing(self, tmp_path: Path) -> None:
        with closing(Workbench(settings_of(tmp_path, pseudonyms=OWN))) as bench:
            (tmp_path / "zoo.txt").write_text(NESTED, encoding="utf-8")
            for name, count in (("in.csv", 3), ("zoo.txt", 2)):
                bench.import_file(written(tmp_path).with_name(name))
                again = bench.import_file(tmp_path / name)
                assert (again.new, again.revised, again.unchanged) == (0, 0, count)

    def test_a_database_with_names_is_not_shown_but_rewritten(
        self, bench: Workbench, tmp_path: Path
    ) -> None:
        bench.close()
        with closing(Workbench(settings_of(tmp_path, pseudonyms=OWN))) as named:
            with pytest.raises(UsageError, match="triage pseudonyms apply"):
                named.entries(["1"])
            assert named.use_pseudonyms("lea") == 3
            assert named.use_pseudonyms("lea") == 0
            (entry,) = named.entries(["1"])
            assert entry.comment.author == OWN.of("Ana Quokkason")
            again = named.import_file(tmp_path / "in.csv")
            assert (again.new, again.unchanged) == (0, 3)
        assert b"Quokkason" not in bytes_of(tmp_path)

    def test_a_row_without_an_id_is_known_again_once_names_are_pseudonyms(
        self, tmp_path: Path
    ) -> None:
        path = written(tmp_path)
        path.write_text(f"{ROWS},Bob,Nobody gave me an id,2026-03-04T08:00:00Z\n", "utf-8")
        with closing(Workbench(settings_of(tmp_path))) as bench:
            assert bench.import_file(path).new == 4
        with closing(Workbench(settings_of(tmp_path, pseudonyms=OWN))) as bench:
            bench.use_pseudonyms("lea")
            again = bench.import_file(path)
            assert (again.new, again.unchanged) == (0, 4)

    def test_names_and_pseudonyms_are_refused_rather_than_mixed(self, tmp_path: Path) -> None:
        with closing(Workbench(settings_of(tmp_path, pseudonyms=OWN))) as bench:
            bench.import_file(written(tmp_path))
        with closing(Workbench(settings_of(tmp_path))) as bench:
            assert bench.entries(["1"]), "to read needs no key"
            with pytest.raises(UsageError, match="would bring names"):
                bench.import_file(tmp_path / "in.csv")
            with pytest.raises(UsageError, match="would bring names"):
                bench.receive(b'[{"id": "9", "author": "Eve", "text": "x"}]', "client")
        other = Pseudonyms("another key, as long as a key is to be")
        with closing(Workbench(settings_of(tmp_path, pseudonyms=other))) as bench:
            with pytest.raises(UsageError, match="triage pseudonyms lost-key"):
                bench.entries(["1"])
            assert bench.drop_pseudonyms("lea") == 3
            (entry,) = bench.entries(["1"])
            assert entry.comment.author is None
            bench.import_file(tmp_path / "in.csv")
            (entry,) = bench.entries(["1"])
            assert entry.comment.author == other.of("Ana Quokkason")

    def test_a_thread_without_ids_that_grew_is_known_again_after_the_key_was_lost(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "in.csv"
        rows = [f"Author {n},Remark {n} about the zoo,2026-03-01T12:00:00Z" for n in range(60)]
        path.write_text("\n".join(["author,text,created_at", *rows[:40]]), "utf-8")
        with closing(Workbench(settings_of(tmp_path, pseudonyms=OWN))) as bench:
            assert bench.import_file(path).new == 40
        path.write_text("\n".join(["author,text,created_at", *rows]), "utf-8")
        other = Pseudonyms("another key, as long as a key is to be")
        with closing(Workbench(settings_of(tmp_path, pseudonyms=other))) as bench:
            bench.drop_pseudonyms("lea")
            again = bench.import_file(path)
            assert (again.new, again.revised, again.unchanged) == (20, 0, 40)
            authors = {one.comment.author for one in bench.store.comments.stream()}
            assert authors == {other.of(f"Author {n}") for n in range(60)}

    def test_the_way_back_finds_comments_by_ids_whatever_their_authors_are_called(
        self, triage: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TRIAGE_PSEUDONYMS", "1")
        monkeypatch.setenv("TRIAGE_PSEUDONYMS_KEY", KEY)
        triage("import", WORDPRESS)
        decide("41", Verdict.REJECT, "SPAM")
        triage("forget", "--comment", "41")
        code, out, err = triage("return", "back.xml", "--to", "wxr", "--from", WORDPRESS)
        assert (code, err) == (0, "")
        assert "back.xml: 1 comment for a WordPress export (1 spam)" in out

    @pytest.mark.parametrize("said", ["Ana Quokkason", OWN.of("Ana Quokkason") or ""])
    def test_an_author_is_forgotten_by_name_or_pseudonym(self, tmp_path: Path, said: str) -> None:
        with closing(Workbench(settings_of(tmp_path, pseudonyms=OWN))) as bench:
            bench.import_file(written(tmp_path))
            assert bench.forget_author(said, "lea").comments == 2
            again = tmp_path / "again.csv"
            again.write_text(ROWS.replace("\n1,", "\n91,"), encoding="utf-8")
            assert bench.import_file(again).new == 0


def test_the_command_line_tells_what_it_does_and_what_it_cannot_reach(
    triage: Run, tmp_path: Path
) -> None:
    triage("import", written(tmp_path))
    code, out, err = triage("forget", "--author", "Ana Quokkason", "--dry-run")
    assert (code, err) == (0, "")
    assert out.strip() == (
        "Would be erased: 2 comments (2 texts, 0 notes); 0 decisions about them kept"
    )
    code, out, _ = triage("forget", "--author", "Ana Quokkason")
    assert code == 0
    assert "Erased: 2 comments" in out
    assert "backups" in out
    _, out, _ = triage("forget", "--record")
    assert "author: 2 comments" in out
    assert "Quokkason" not in out
    code, out, _ = triage("import", tmp_path / "in.csv")
    assert "2 are forgotten here, and were left out" in out
    assert triage("forget")[0] == 2
    assert triage("forget", "--comment", "nope")[0] == 1
    code, out, _ = triage("forget", "--author", "Nobody")
    assert "No comment here is under that name" in out
    code, out, _ = triage("retain", "--undecided", "30", "--dry-run")
    assert "Would be erased: 0 comments" in out
    code, _, err = triage("pseudonyms", "apply")
    assert (code, "TRIAGE_PSEUDONYMS_KEY" in err) == (2, True)
