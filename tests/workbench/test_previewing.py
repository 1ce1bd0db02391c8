"""Looking into a file: what it holds, what an import would bring, and that nothing is stored."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage.errors import ReadError, UsageError
from triage.settings import Settings
from triage.workbench import Preview, Workbench, previewing

EXPORTS = Path(__file__).parents[1] / "intake" / "exports"
FLAT = [
    "The bridge is open",
    "It cost a million, officials said.",
    "lol what?",
    "You must be kidding!",
]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    bench = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'desk.db'}"))
    yield bench
    bench.close()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A portion that a test's file can pass: 3,000 comments or 200,000 characters."""
    monkeypatch.setattr(previewing, "_MOST_COMMENTS", 3_000)
    monkeypatch.setattr(previewing, "_MOST_CHARACTERS", 200_000)


def table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return path


def test_it_says_what_is_in_a_file_and_stores_nothing(bench: Workbench) -> None:
    seen = bench.look_at(EXPORTS / "wordpress.xml")
    assert seen.whole
    assert (seen.comments, seen.thread_count, seen.authors) == (4, 1, 3)
    assert (seen.new, seen.revised, seen.unchanged) == (4, 0, 0)
    assert seen.reader == "wxr"
    assert "because it is RSS" in seen.parts[0].why
    assert seen.first_at == datetime(2025, 3, 2, 10, 15, tzinfo=UTC)
    assert seen.states == {"approved": 1, "pending": 1, "spam": 1, "trash": 1}
    assert [one.title for one in seen.threads] == ["Ducks & drakes"]
    assert seen.shown[0].text.startswith("Lovely ducks.")
    assert bench.count() == 0
    assert bench.threads() == []


def test_what_is_known_what_was_edited_and_what_is_gone_is_told_as_the_import_does(
    bench: Workbench, tmp_path: Path
) -> None:
    path = table(tmp_path / "c.csv", "id,text", "1,same", "2,before")
    bench.import_file(path)
    seen = bench.look_at(table(path, "id,text", "1,same", "2,after", "3,new"))
    assert (seen.new, seen.revised, seen.unchanged) == (1, 1, 1)
    report = bench.import_file(path)
    assert (report.new, report.revised, report.unchanged) == (1, 1, 1)
    plain = table(tmp_path / "plain.csv", "text,author", "one,a", "two,b", "three,c")
    bench.import_file(plain)
    assert bench.look_at(table(plain, "text,author", "one,a", "three,c")).gone == 1


def test_another_comment_under_a_known_id_is_told_before_it_is_refused(
    bench: Workbench, tmp_path: Path
) -> None:
    bench.import_file(table(tmp_path / "a.csv", "id,text,author", "1,mine,ann"))
    seen = bench.look_at(table(tmp_path / "b.csv", "id,text,author", "1,yours,bob"))
    assert seen.new == seen.revised == 0
    assert "by another author" in seen.problems[0].message
    assert bench.look_at(tmp_path / "b.csv", source="other").new == 1


def test_problems_come_with_their_lines_and_the_rest_is_counted(
    bench: Workbench, tmp_path: Path
) -> None:
    seen = bench.look_at(
        table(tmp_path / "c.csv", "id,text,date", "1,a,2024-01-01", "1,b,", "3,c,?")
    )
    assert [(one.line, one.where) for one in seen.problems] == [(3, "c.csv"), (4, "c.csv")]
    assert (seen.comments, seen.undated) == (2, 1)


def test_columns_can_be_corrected_and_left_out(bench: Workbench, tmp_path: Path) -> None:
    path = table(tmp_path / "c.csv", "nr,what was said,author,who", "1,hello,x,ann", "2,bye,x,bob")
    seen = bench.look_at(path)
    assert seen.lacking
    assert seen.columns is not None
    assert seen.columns.names == ("nr", "what was said", "author", "who")
    assert seen.columns.chosen == {"author": "author"}
    assert "text=NAME" in seen.problems[0].message
    assert str(seen.problems[0]).startswith("c.csv: none of its columns")
    mapped = bench.look_at(path, columns={"text": "what was said", "author": "who"})
    assert [one.author for one in mapped.shown] == ["ann", "bob"]
    bare = bench.look_at(path, columns={"text": "what was said", "author": ""})
    assert bare.authors == 0
    assert bare.columns is not None
    assert "author" not in bare.columns.chosen
    with pytest.raises(UsageError, match="no column 'nobody'"):
        bench.look_at(path, columns={"text": "nobody"})


def test_the_end_of_an_article_can_be_moved(bench: Workbench, tmp_path: Path) -> None:
    path = table(tmp_path / "page.txt", *FLAT)
    seam = bench.look_at(path).seam
    assert seam is not None
    assert seam.lines == tuple(FLAT)
    assert seam.first_comment == seam.likely[0][0] == 3
    assert sum(chance for _, chance in seam.likely) == pytest.approx(1.0)
    moved = bench.look_at(path, first_comment=4)
    assert [one.text for one in moved.shown] == FLAT[3:]
    assert moved.seam is not None
    assert moved.seam.first_comment == 4
    assert moved.seam.likely == seam.likely


def test_another_reader_is_used_where_one_is_named(bench: Workbench, tmp_path: Path) -> None:
    path = table(tmp_path / "c.txt", "text,author", "hello,ann", "bye,bob")
    assert bench.look_at(path, reader="csv").comments == 2
    assert set(bench.readers()) >= {"csv", "flat-text", "wxr"}
    with pytest.raises(ReadError, match="cannot be read"):
        bench.look_at(path, reader="wxr")


def csv_with_ids(path: Path, count: int) -> Path:
    return table(path, "id,text", *(f'{n},"comment,\n{n}"' for n in range(count)))


def csv_without_ids(path: Path, count: int) -> Path:
    return table(path, "text", *(f"comment {n}" for n in range(count)))


def json_lines(path: Path, count: int) -> Path:
    return table(path, *(json.dumps({"id": n, "text": f"comment {n}"}) for n in range(count)))


def json_array(path: Path, count: int) -> Path:
    rows = [{"id": n, "text": f"comment {n}"} for n in range(count)]
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def discourse(path: Path, count: int) -> Path:
    posts = [
        {"id": n, "post_number": n, "topic_id": 1, "raw": f"comment {n}", "username": "x"}
        for n in range(1, count + 1)
    ]
    path.write_text(json.dumps({"id": 1, "post_stream": {"posts": posts}}), encoding="utf-8")
    return path


def wordpress(path: Path, count: int) -> Path:
    head, one = (EXPORTS / "wordpress.xml").read_text(encoding="utf-8").split("<item>", 1)
    item = "<item>" + one.split("</item>")[0]
    comment = (
        "<wp:comment><wp:comment_id>{0}</wp:comment_id>"
        "<wp:comment_content>comment {0}</wp:comment_content></wp:comment>"
    )
    more = "".join(comment.format(n) for n in range(100_000, 100_000 + count))
    path.write_text(f"{head}{item}{more}</item></channel></rss>", encoding="utf-8")
    return path


LARGE = {
    "ids.csv": csv_with_ids,
    "plain.csv": csv_without_ids,
    "lines.jsonl": json_lines,
    "array.json": json_array,
    "topic.json": discourse,
    "site.xml": wordpress,
}


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.usefixtures("small")
def test_of_a_large_file_the_first_portion_is_read_without_a_complaint(
    bench: Workbench, tmp_path: Path, name: str, packed: bool
) -> None:
    path = LARGE[name](tmp_path / name, 12_000)
    if packed:
        path = tmp_path / f"{name}.gz"
        path.write_bytes(gzip.compress((tmp_path / name).read_bytes()))
    seen = bench.look_at(path)
    assert not seen.whole
    assert 500 < seen.comments < 6_000
    assert seen.new == seen.comments
    assert seen.problems == ()
    assert bench.look_at(LARGE[name](tmp_path / name, 50)).whole


@pytest.mark.usefixtures("small")
def test_where_the_portion_ends_before_the_first_comment_nobody_says_there_is_none(
    bench: Workbench, tmp_path: Path
) -> None:
    whole = (EXPORTS / "wordpress.xml").read_text(encoding="utf-8")
    path = tmp_path / "site.xml"
    path.write_text(
        whole.replace("<item>", f"<description>{'x ' * 200_000}</description><item>", 1)
    )
    seen = bench.look_at(path)
    assert (seen.whole, seen.comments, seen.problems) == (False, 0, ())


def test_a_preview_of_several_files_has_a_part_for_each(bench: Workbench, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("a.csv", "id,text\n1,x\n")
        archive.writestr("b.csv", "id,text\n2,y\n")
        archive.writestr("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(200))
    seen: Preview = bench.look_at(tmp_path / "all.zip")
    assert [part.name for part in seen.parts] == ["all.zip/a.csv", "all.zip/b.csv"]
    assert seen.reader == "csv"
    assert seen.columns is not None
    assert seen.comments == 2
    assert [one.where for one in seen.problems] == ["all.zip/photo.png"]
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.writestr("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(200))
    with pytest.raises(ReadError, match="holds nothing that can be read"):
        bench.look_at(tmp_path / "none.zip")


ONE = (
    "<wp:comment><wp:comment_id>{}</wp:comment_id><wp:comment_content>Hello there"
    "</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>"
)
WXR = (
    '<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
    "<wp:wxr_version>1.2</wp:wxr_version><item>{}</item></channel></rss>"
)


def test_a_file_that_takes_long_is_looked_at_no_longer_although_it_brings_no_comments(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All but the last comment have one id: they are never enough comments."""
    path = tmp_path / "same.xml"
    path.write_text(WXR.format("".join([ONE.format(7)] * 3_000 + [ONE.format(8)])))
    seen = bench.look_at(path)
    assert (seen.whole, seen.comments) == (True, 2)
    monkeypatch.setattr(previewing, "_MOST_SECONDS", 0.0)
    seen = bench.look_at(path)
    assert (seen.whole, seen.comments) == (False, 1)


def test_however_late_it_is_the_first_rows_are_seen(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "_MOST_SECONDS", 0.0)
    rows = [f"{n},hello {n}" for n in range(300)]
    seen = bench.look_at(table(tmp_path / "a.csv", "id,text", *rows))
    assert not seen.whole
    assert 0 < seen.comments <= 100
    assert bench.look_at(table(tmp_path / "b.csv", "id,text", *rows[:50])).whole
