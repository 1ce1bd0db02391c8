"""Texts of a document are found byte by byte, and the rest of it stays what it was."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import ReadError
from triage.files.xml_places import Edit, Place, places, write_edited


def found(path: Path, content: str | bytes, name: str = "s") -> list[Place]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(places(path, lambda tag: tag == name))


def edited(path: Path, ones: list[Place], instead: bytes) -> bytes:
    to = BytesIO()
    edits = [
        Edit(one.start, one.end, instead)
        for one in ones
        if one.start is not None and one.end is not None
    ]
    write_edited(path, edits, to)
    return to.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.xml"


@pytest.mark.parametrize(
    "content",
    ["1", "<![CDATA[1]]>", "&#49;", "<!-- 1? -->1", " 1 ", "<?no 2?>1", "<![CDATA[]]>1"],
)
def test_what_stands_in_an_element_is_replaced_and_nothing_else(path: Path, content: str) -> None:
    before, after = "<?xml version='1.0'?>\n<a><b/>x é <s>", "</s >\r\n<t>1</t></a>\n"
    [place] = found(path, before + content + after)
    assert place.text.strip() == "1"
    assert edited(path, [place], b"0") == (before + "0" + after).encode()


def test_an_empty_element_and_one_with_others_in_it_have_no_text_to_change(path: Path) -> None:
    ones = found(path, "<a><s/><s></s><s >1<b/></s><s>1</s></a>")
    assert [one.start is None for one in ones] == [True, True, True, False]
    assert {one.depth for one in ones} == {2}


def test_a_name_carries_its_namespace_whatever_the_prefix(path: Path) -> None:
    content = '<a xmlns:w="urn:w"><w:s>1</w:s></a>'
    assert [one.name for one in found(path, content, "{urn:w}s")] == ["{urn:w}s"]


@pytest.mark.parametrize(
    "junk",
    [b"\x00", b"\x0b\x1f", b"\xff\xfe", "é\u2028".encode(), b"\xe9", "日本".encode("shift_jis")],
)
def test_bytes_that_no_xml_may_hold_move_nothing_and_stay(path: Path, junk: bytes) -> None:
    before, after = b"<a><![CDATA[" + junk + b"]]><s>", b"</s>" + junk.replace(b"\0", b"") + b"</a>"
    [place] = found(path, before + b"1" + after)
    assert edited(path, [place], b"spam") == before + b"spam" + after


def test_a_mark_of_byte_order_stays(path: Path) -> None:
    [place] = found(path, b"\xef\xbb\xbf<s>1</s>")
    assert edited(path, [place], b"0") == b"\xef\xbb\xbf<s>0</s>"


def test_places_hold_beyond_what_is_read_at_once(path: Path) -> None:
    rows = [f"<r><t>{'é' * (11 * number % 3_000)}</t><s>{number}</s></r>" for number in range(300)]
    ones = found(path, "<a>" + "".join(rows) + "</a>")
    data = path.read_bytes()
    assert [data[one.start : one.end].decode() for one in ones] == [str(n) for n in range(300)]
    assert edited(path, [], b"") == data


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(
    lambda text: text.replace("]]>", "").encode()
)


@given(st.lists(st.tuples(texts, st.sampled_from([b"0", b"1", b"spam"])), max_size=5))
def test_whatever_the_texts_are_the_edits_are_the_only_difference(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[bytes, bytes]]
) -> None:
    def document(*statuses: bytes) -> bytes:
        pairs = zip(rows, statuses, strict=True)
        inside = b"".join(
            b"<r><![CDATA[" + text + b"]]></r><s>" + status + b"</s>" for (text, _), status in pairs
        )
        return b"<a>" + inside + b"</a>"

    path = tmp_path_factory.mktemp("xml") / "a.xml"
    ones = found(path, document(*(status for _, status in rows)))
    assert [one.text.encode() for one in ones] == [status for _, status in rows]
    assert edited(path, ones, b"trash") == document(*([b"trash"] * len(rows)))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<a><s>1</s>", "not well-formed XML"),
        ("<a><s>1</b></a>", "not well-formed XML"),
        ("hello", "not well-formed XML"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a><s>&x;</s></a>', "a document type"),
        ("<a>" * 200, "nested more than 100 deep"),
        ("<a " + "b" * 3_000_000, "more than 1 MiB"),
        ("<a>" + "".join(f"<{'n' * 900}{n}/>" for n in range(1_300)), "of different names"),
        ("<a/>".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04" + b"x" * 100, "a ZIP archive"),
    ],
)
def test_what_is_broken_or_hostile_is_refused(path: Path, content: str | bytes, why: str) -> None:
    with pytest.raises(ReadError, match=why):
        found(path, content)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="does not exist"):
        list(places(tmp_path / "no.xml", bool))
