"""Whatever a text is encoded in, it is read, and what had to be mended is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.domain.comments import Problem
from triage.errors import ReadError
from triage.files.encoding import SAMPLE_BYTES, clean, detect, looks_binary, read_lines

WESTERN = (
    "Ça fait trois étés que la piste est fermée, c’est très décevant.\nDie Straße ist schön.\n"
)


def read(path: Path, data: bytes) -> tuple[list[str], list[Problem]]:
    path.write_bytes(data)
    problems: list[Problem] = []
    return list(read_lines(path, problems.append)), problems


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (WESTERN, "utf-8"),
        (WESTERN, "utf-8-sig"),
        (WESTERN, "utf-16"),
        (WESTERN, "utf-16-le"),
        (WESTERN, "utf-16-be"),
        (WESTERN, "utf-32"),
        (WESTERN, "cp1252"),
        (WESTERN.replace("’", "'"), "latin-1"),
        ("Señor, mañana no habrá café.\n", "latin-1"),
        ("café\n", "latin-1"),
        ("Zażółć gęślą jaźń. Ścieżka rowerowa jest świetna, ale źle oznakowana.\n", "cp1250"),
        ("Велодорожка отличная, но знаки плохие, и дети боятся ездить.\n", "cp1251"),
        ("Ο ποδηλατόδρομος είναι υπέροχος αλλά οι πινακίδες είναι κακές.\n", "cp1253"),
        (
            "自転車レーンは素晴らしいですが、標識が悪いです。子供たちは怖がっています。\n",
            "shift_jis",
        ),
    ],
)
def test_a_text_is_read_in_the_encoding_it_was_written_in(
    tmp_path: Path, text: str, codec: str
) -> None:
    lines, problems = read(tmp_path / "a.txt", text.encode(codec))
    assert "".join(lines) == text
    assert problems == []


def test_newlines_of_every_system_become_one(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", b"one\r\ntwo\rthree\nfour")[0] == [
        "one\n",
        "two\n",
        "three\n",
        "four",
    ]


def test_a_stray_byte_far_into_a_utf8_file_is_mended_and_told_by_line(tmp_path: Path) -> None:
    plain = "A line that is long enough to fill the sample.\n" * (SAMPLE_BYTES // 40)
    data = plain.encode() + b"caf\xe9 \x93quoted\x94\n" + "déjà\n".encode()
    lines, problems = read(tmp_path / "a.txt", data)
    assert lines[-2:] == ["café “quoted”\n", "déjà\n"]
    assert [problem.line for problem in problems] == [len(lines) - 1]
    assert "Windows-1252" in problems[0].message


def test_one_broken_character_does_not_turn_utf8_into_latin1(tmp_path: Path) -> None:
    data = "élève à l’école ".encode() + b"\xff" + " où ça\n".encode()
    lines, problems = read(tmp_path / "a.txt", data)
    assert lines == ["élève à l’école ÿ où ça\n"]
    assert len(problems) == 1


def test_nul_and_lone_surrogates_become_the_replacement_character(tmp_path: Path) -> None:
    assert clean("a\x00b\ud800c") == "a\ufffdb\ufffdc"
    lines, _ = read(
        tmp_path / "a.txt", "déjà vu à l’école, où ça\x00\n".encode() + b"x\xed\xa0\x80y\n"
    )
    assert lines == ["déjà vu à l’école, où ça\ufffd\n", "x\ufffdy\n"]


@settings(deadline=None)  # the first guess at a code page loads its tables
@given(st.binary(max_size=300))
def test_any_bytes_are_read_as_text_that_a_database_takes(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    lines, _ = read(path, data)
    "".join(lines).encode("utf-8")
    assert "\x00" not in "".join(lines)
    assert all(line.endswith("\n") for line in lines[:-1])


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1))
def test_utf8_is_always_taken_for_utf8(text: str) -> None:
    data = text.encode()
    assert data.decode(detect(data)) == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"PK\x03\x04rest", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (bytes(range(32)) * 8, "binary"),
        (b"an ordinary line\n", None),
        ("ordinary\n".encode("utf-16"), None),
    ],
)
def test_what_is_no_text_is_named(head: bytes, what: str | None) -> None:
    found = looks_binary(head)
    assert found is None if what is None else what in str(found)


def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="does not exist: check the name"):
        list(read_lines(tmp_path / "missing.txt", print))
    with pytest.raises(ReadError, match="is a folder: name a file"):
        list(read_lines(tmp_path, print))
