"""A comment keeps the name that its source knows it by, so that a decision finds the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.domain.comments import Origin
from triage.intake import read_file
from triage.intake.reader import ReadOptions

EXPORTS = Path(__file__).parent / "exports"


def origins(path: Path, source: str | None = None) -> dict[str, Origin | None]:
    threads = read_file(path, options=ReadOptions(source=source)).threads
    return {one.id: one.origin for thread in threads for one in thread.comments}


@pytest.mark.parametrize(
    ("name", "comment_id", "origin"),
    [
        ("wordpress.xml", "42", Origin("wxr", "42")),
        ("disqus.xml", "5001", Origin("disqus", "5001")),
        ("discourse.json", "72", Origin("discourse", "72")),
        ("coral.json", "c-1", Origin("coral", "c-1", "r2")),  # of two revisions, the last
        ("coral.json", "c-3", Origin("coral", "c-3")),  # whose revision has no id
        ("reddit.jsonl", "aa1", Origin("reddit", "aa1")),
    ],
)
def test_an_export_tells_where_its_comments_are_found(
    name: str, comment_id: str, origin: Origin
) -> None:
    assert origins(EXPORTS / name)[comment_id] == origin


def test_a_namespace_is_ours_and_no_part_of_the_id_there() -> None:
    assert origins(EXPORTS / "wordpress.xml", "mill")["mill:42"] == Origin("wxr", "42")


def test_an_id_that_we_derived_is_no_id_at_the_source(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    content = (EXPORTS / "wordpress.xml").read_text(encoding="utf-8")
    path.write_text(content.replace("<wp:comment_id>42</wp:comment_id>", ""), encoding="utf-8")
    found = origins(path)
    assert len(found) == 4
    assert [one for one in found.values() if one is None] == [None]


def test_a_table_names_no_site(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n42,hello\n")
    assert origins(path) == {"42": None}
