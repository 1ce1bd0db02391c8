"""The files that go back to the sites: as they are in golden/, and what runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export.returning import AT, returnable, written
from triage.domain.comments import Problem, SourceState
from triage.domain.decisions import Verdict
from triage.domain.returns import Change, Handed, Returnable
from triage.export.returning.due import due
from triage.export.returning.ways import WAYS

HERE = Path(__file__).parent
APPROVE, REJECT, ESCALATE = Verdict.APPROVE, Verdict.REJECT, Verdict.ESCALATE
APPROVED, PENDING, SPAM, DELETED = (
    SourceState.APPROVED,
    SourceState.PENDING,
    SourceState.SPAM,
    SourceState.DELETED,
)

WORDPRESS = (
    returnable(APPROVE, state=PENDING, name="42"),
    returnable(APPROVE, state=SPAM, name="43"),
    returnable(REJECT, "insult", state=APPROVED, name="44"),
    returnable(REJECT, "SPAM", state=APPROVED, name="45"),
    returnable(ESCALATE, state=APPROVED, name="46"),
)
OURS = Handed("d0", None, None, DELETED, APPROVED, AT)
GOLDEN: dict[str, tuple[str, tuple[Returnable, ...]]] = {
    "wordpress": ("wordpress.sh", WORDPRESS),
    "coral": (
        "coral.jsonl",
        (
            returnable(APPROVE, name="0c1f-1", reader="coral"),
            returnable(REJECT, name='"}', reader="coral", state=PENDING),
        ),
    ),
    "discourse": (
        "discourse.jsonl",
        (
            returnable(REJECT, name="71"),
            returnable(APPROVE, name="72", state=PENDING),
            returnable(APPROVE, name="73", handed=OURS),
        ),
    ),
    "disqus": (
        "disqus.jsonl",
        (
            returnable(APPROVE, name="5001", state=PENDING),
            returnable(APPROVE, name="5002", state=DELETED, handed=OURS),
            returnable(REJECT, name="5003", state=APPROVED),
            returnable(REJECT, "spam", name="5004", state=APPROVED),
        ),
    ),
}


@pytest.mark.parametrize("key", GOLDEN)
def test_a_way_back_writes_the_golden_file(key: str) -> None:
    name, decided = GOLDEN[key]
    assert written(WAYS[key], *decided) == (HERE / "golden" / name).read_text()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with comments 41 to 46, all published, and a `wp` that knows them."""
    folder = tmp_path / "bin"
    folder.mkdir()
    shutil.copy(HERE / "fake_wp.py", folder / "wp")
    (folder / "wp").chmod(0o755)
    place = tmp_path / "site.json"
    place.write_text(json.dumps({"comments": {str(one): "1" for one in range(41, 47)}}))
    monkeypatch.setenv("FAKE_WP", str(place))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return place


def run(script: str, folder: Path) -> str:
    path = folder / "return.sh"
    path.write_text(script)
    for command in (["bash", "-n", str(path)], ["sh", str(path)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_script_makes_the_site_agree_and_twice_is_as_good_as_once(
    site: Path, tmp_path: Path
) -> None:
    script = written(WAYS["wordpress"], *WORDPRESS, returnable(REJECT, state=APPROVED, name="99"))
    agreed = {"41": "1", "42": "1", "43": "1", "44": "trash", "45": "spam", "46": "0"}
    for _ in range(2):
        run(script, tmp_path)
        assert json.loads(site.read_text())["comments"] == agreed
    made = [call for call in json.loads(site.read_text())["calls"] if call[1] != "list"]
    assert made == [
        ["comment", "unapprove", "46"],
        ["comment", "spam", "45"],
        ["comment", "trash", "44"],
    ]


def test_what_the_sites_people_changed_since_the_import_stays_and_is_named(
    site: Path, tmp_path: Path
) -> None:
    there = {"41": "1", "42": "spam", "43": "trash", "44": "0", "45": "post-trashed", "46": "1"}
    site.write_text(json.dumps({"comments": there}))
    script = written(
        WAYS["wordpress"],
        returnable(REJECT, state=PENDING, name="41"),  # approved there by now
        returnable(APPROVE, state=PENDING, name="42"),  # marked as spam there by now
        returnable(REJECT, state=PENDING, name="43"),  # as decided already
        returnable(APPROVE, state=PENDING, name="44"),
        returnable(APPROVE, state=SourceState.TRASH, name="45"),  # went with its article
        returnable(ESCALATE, state=SPAM, name="46"),  # approved there by now
    )
    told = run(script, tmp_path)
    assert json.loads(site.read_text())["comments"] == there | {"44": "1", "45": "1"}
    assert sorted(told.splitlines()) == [
        "41: changed there since, to approved; it stays",
        "42: changed there since, to spam; it stays",
        "46: changed there since, to approved; it stays",
    ]


def test_where_no_state_is_known_any_is_taken_and_a_rejection_leaves_what_is_gone(
    site: Path, tmp_path: Path
) -> None:
    site.write_text(json.dumps({"comments": {"41": "spam", "42": "0", "43": "spam"}}))
    ones = [returnable(REJECT, name=one) for one in ("41", "42")]
    assert run(written(WAYS["wordpress"], *ones, returnable(APPROVE, name="43")), tmp_path) == ""
    assert json.loads(site.read_text())["comments"] == {"41": "spam", "42": "trash", "43": "1"}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_the_script_says_in_one_line_which_site_it_is_for(name: str) -> None:
    way = WAYS["wordpress"]
    lines, plain = (
        written(way, returnable(REJECT, state=APPROVED, namespace=one)).split("\n")
        for one in (name, "mill")
    )
    assert plain[2] == "# The site, as its import named it: 'mill'."
    assert (lines[:2], lines[3:]) == (plain[:2], plain[3:])
    assert lines[2].startswith("# ")
    assert lines[2].isascii()
    assert lines[2].isprintable()


def test_many_comments_are_changed_fifty_at_a_time(site: Path, tmp_path: Path) -> None:
    ids = [str(one) for one in range(100, 220)]
    site.write_text(json.dumps({"comments": dict.fromkeys(ids, "1")}))
    script = written(
        WAYS["wordpress"], *(returnable(REJECT, state=APPROVED, name=one) for one in ids)
    )
    run(script, tmp_path)
    after = json.loads(site.read_text())
    assert set(after["comments"].values()) == {"trash"}
    assert [len(call) - 2 for call in after["calls"] if call[1] == "trash"] == [50, 50, 20]


def test_the_address_of_a_site_in_a_network_is_one_word_whatever_is_in_it(
    site: Path, tmp_path: Path
) -> None:
    url = "https://mill-lane.example/'; touch hacked; $(touch hacked) `touch hacked` #"
    one = returnable(REJECT, state=APPROVED, name="41")
    run(written(WAYS["wordpress"], one, url=url), tmp_path)
    after = json.loads(site.read_text())
    assert after["comments"]["41"] == "trash"
    assert all(call[0] == f"--url={url}" for call in after["calls"])
    assert not list(tmp_path.rglob("hacked"))


ids = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip)


@given(st.lists(ids | st.from_regex(r"[0-9]{1,5}", fullmatch=True), min_size=1, unique=True))
def test_an_id_that_is_no_number_reaches_no_shell_and_the_rest_is_kept(names: list[str]) -> None:
    way = WAYS["wordpress"]
    found = list(due((returnable(REJECT, state=APPROVED, name=one) for one in names), way))
    told = [one for one in found if isinstance(one, Change)]
    refused = [one for one in found if isinstance(one, Problem)]
    numbers = [
        one for one in names if one.isascii() and one.isdigit() and one[0] != "0" and len(one) <= 20
    ]
    assert [one.returnable.origin.id for one in told] == numbers
    assert len(refused) == len(names) - len(numbers)
    assert all("is no number" in one.message for one in refused)


@given(ids, ids)
def test_whatever_an_id_holds_it_stays_within_its_string_of_json(one: str, other: str) -> None:
    lines = written(
        WAYS["coral"], *(returnable(APPROVE, name=name, reader="coral") for name in (one, other))
    )
    assert lines.isascii()
    bodies = [json.loads(line) for line in lines.splitlines()]
    assert [body["variables"]["input"]["commentID"] for body in bodies] == [one, other]
    assert len({body["query"] for body in bodies}) == 1
