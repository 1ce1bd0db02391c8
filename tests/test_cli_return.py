"""`triage return`: out of a site, through the desk, and back, until both say the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from tests.test_cli_import import Run, triage
from triage.cli.commands import commands
from triage.domain.comments import SourceState
from triage.domain.decisions import Decision, Verdict
from triage.settings import Settings
from triage.workbench import WAYS, Workbench

__all__ = ["triage"]

EXPORTS = Path(__file__).parent / "intake" / "exports"
WORDPRESS = EXPORTS / "wordpress.xml"


def decide(comment_id: str, verdict: Verdict, *reasons: str) -> Decision:
    bench = Workbench(Settings.from_environment())
    text = bench.store.comments.get(comment_id).text_sha256
    at = datetime.now(UTC)
    made = Decision(uuid4().hex, comment_id, text, verdict, "ana", at, reasons=reasons)
    bench.store.decisions.add(made)
    bench.close()
    return made


def undo(made: Decision) -> None:
    bench = Workbench(Settings.from_environment())
    bench.store.decisions.undo(made.id, "ana", datetime.now(UTC))
    bench.close()


def states() -> dict[str, SourceState | None]:
    bench = Workbench(Settings.from_environment())
    found = {one.comment.id: one.comment.state for one in bench.store.comments.stream()}
    bench.close()
    return found


def test_a_whole_round_trip_ends_where_site_and_desk_agree(triage: Run, tmp_path: Path) -> None:
    triage("import", WORDPRESS)
    decide("41", Verdict.REJECT, "SPAM")
    decide("42", Verdict.APPROVE)
    decide("43", Verdict.REJECT, "insult")  # spam there already: agreed
    decide("44", Verdict.ESCALATE)
    code, out, err = triage("return", "back.xml", "--to", "wxr", "--from", WORDPRESS)
    assert (code, err) == (0, "")
    assert "back.xml: 3 comments for a WordPress export (1 approved, 1 pending, 1 spam)" in out

    before, after = (path.read_bytes().split(b"\n") for path in (WORDPRESS, Path("back.xml")))
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [new.strip() for _, new in changed] == [
        f"<wp:comment_approved><![CDATA[{status}]]></wp:comment_approved>".encode()
        for status in ("spam", "1", "0")
    ]

    triage("import", "back.xml")
    assert states() == {
        "41": SourceState.SPAM,
        "42": SourceState.APPROVED,
        "43": SourceState.SPAM,
        "44": SourceState.PENDING,
    }
    for arguments in (("--to", "wxr", "--from", "back.xml"), ("--to", "wordpress")):
        code, out, _ = triage("return", "again", *arguments)
        assert (code, "Nothing to hand back" in out, Path("again").exists()) == (0, True, False)


def test_a_dry_run_says_what_would_change_and_keeps_nothing(triage: Run, tmp_path: Path) -> None:
    triage("import", WORDPRESS)
    decide("42", Verdict.REJECT, "insult", "R2")
    for _ in range(2):
        code, out, _ = triage("return", "--to", "wordpress", "--dry-run")
        row, counts = out.splitlines()
        assert code == 0
        assert row.startswith("42  pending   -> trash      reject (insult, R2) by ana, 20")
        assert counts == "Would change: 1 comment for WordPress (1 trash)"
    assert triage("return", "--to", "wordpress")[0] == 2


def test_what_was_handed_back_is_not_again_until_it_is_wanted_or_taken_back(triage: Run) -> None:
    triage("import", WORDPRESS)
    made = decide("42", Verdict.APPROVE)
    assert (
        "1 comment for WordPress (1 approved)" in triage("return", "1.sh", "--to", "wordpress")[1]
    )
    assert "become approve 1 0 42\n" in Path("1.sh").read_text()
    assert "Nothing to hand back" in triage("return", "2.sh", "--to", "wordpress")[1]
    triage("return", "3.sh", "--to", "wordpress", "--again")
    assert Path("3.sh").read_text() == Path("1.sh").read_text()
    undo(made)
    out = triage("return", "4.sh", "--to", "wordpress", "--dry-run")[1]
    assert out.startswith("42  approved  -> pending    taken back by ana, ")
    triage("return", "4.sh", "--to", "wordpress")
    assert "become unapprove 0 1 42\n" in Path("4.sh").read_text()
    assert "Nothing to hand back" in triage("return", "5.sh", "--to", "wordpress")[1]


def test_what_cannot_be_said_is_listed_and_the_rest_is_written(triage: Run) -> None:
    triage("import", EXPORTS / "coral.json")
    for name in ("c-1", "c-3", "c-4"):
        decide(name, Verdict.APPROVE)
    code, out, err = triage("return", "back.jsonl", "--to", "coral")
    assert code == 3
    assert "back.jsonl: 1 comment for Coral (1 approved)" in out
    assert '"commentID":"c-1","commentRevisionID":"r2"' in Path("back.jsonl").read_text()
    assert "c-3: it came without the id of its revision, which Coral asks for" in err
    assert "c-4: it was deleted at its source" in err


def test_two_sites_are_never_mixed_in_one_file(triage: Run) -> None:
    triage("import", WORDPRESS)
    triage("import", "--source", "mill", WORDPRESS)
    decide("42", Verdict.APPROVE)
    decide("mill:43", Verdict.REJECT)  # agreed already; yet the file must be for one of the two
    code, _, err = triage("return", "back.sh", "--to", "wordpress")
    assert code == 2
    assert "'' (imported without a name), 'mill'" in err
    assert not Path("back.sh").exists()
    decide("mill:42", Verdict.REJECT)
    triage(
        "return", "mill.sh", "--to", "wordpress", "--source", "mill", "--url", "https://m.example"
    )
    script = Path("mill.sh").read_text()
    assert "become trash trash 0 42\n" in script
    assert "approve 1" not in script
    assert "wp --url=https://m.example" in script


def test_what_does_not_go_together_is_said_and_nothing_is_written(triage: Run) -> None:
    triage("import", WORDPRESS)
    decide("42", Verdict.APPROVE)
    other = EXPORTS / "disqus.xml"
    for arguments, why in (
        (("x.xml", "--to", "wxr"), "name it with --from"),
        (("x.sh", "--to", "wordpress", "--from", WORDPRESS), "takes no export"),
        (("x.jsonl", "--to", "coral", "--url", "https://a.example"), "takes no address"),
        (("x.sh", "--to", "wordpress", "--url", "a\nb"), "no address of a site"),
        (("triage.db", "--to", "wordpress"), "is the database itself"),
        (("x.xml", "--to", "wxr", "--from", other), "is no WordPress export"),
        (("x.xml", "--to", "wxr", "--from", "gone.xml"), "does not exist"),
    ):
        code, _, err = triage("return", *arguments)
        assert (code, why in err.replace("\n", " ")) == (2, True), err
    assert not list(Path().glob("x.*"))
    assert "1 comment for WordPress" in triage("return", "--to", "wordpress", "--dry-run")[1]


def test_the_export_itself_is_never_written_over(triage: Run, tmp_path: Path) -> None:
    own = tmp_path / "own.xml"
    own.write_bytes(WORDPRESS.read_bytes())
    triage("import", own)
    decide("42", Verdict.APPROVE)
    code, _, err = triage("return", own, "--to", "wxr", "--from", own)
    assert (code, "name another file" in err) == (2, True)
    assert own.read_bytes() == WORDPRESS.read_bytes()


def test_what_a_copy_of_an_export_cannot_change_is_said(triage: Run, tmp_path: Path) -> None:
    triage("import", WORDPRESS)
    for name in ("41", "42", "43"):
        decide(name, Verdict.ESCALATE)
    status = b"<wp:comment_approved><![CDATA[%b]]></wp:comment_approved>"
    text = WORDPRESS.read_bytes()
    for old, new in (
        (status % b"1", b""),
        (status % b"0", b"<wp:comment_approved/>"),
        (b"comment_id>44<", b"comment_id>43<"),
    ):
        assert old in text
        text = text.replace(old, new)
    own = tmp_path / "own.xml"
    own.write_bytes(text)
    code, out, err = triage("return", "back.xml", "--to", "wxr", "--from", own)
    told = " ".join(err.split())
    assert (code, "1 comment for a WordPress export (1 pending)" in out) == (3, True)
    for one in ("comment 41 has no", "comment 42 has no", "comment 43 comes again"):
        assert one in told
    assert Path("back.xml").read_bytes() == text.replace(status % b"spam", status % b"0")


def test_an_export_of_another_site_is_told(triage: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.xml"
    other.write_bytes(WORDPRESS.read_bytes().replace(b"comment_id>4", b"comment_id>90"))
    triage("import", WORDPRESS)
    decide("42", Verdict.APPROVE)
    code, _, err = triage("return", "x.xml", "--to", "wxr", "--from", other)
    assert (code, "none of the 1 decided comments is in" in err.replace("\n", " ")) == (2, True)


def test_a_file_that_may_not_have_been_used_yet_is_never_written_over(triage: Run) -> None:
    triage("import", WORDPRESS)
    decide("42", Verdict.APPROVE)
    triage("return", "back.sh", "--to", "wordpress")
    written = Path("back.sh").read_bytes()
    decide("41", Verdict.REJECT)
    code, _, err = triage("return", "back.sh", "--to", "wordpress")
    assert (code, "is there already" in err) == (2, True)
    assert Path("back.sh").read_bytes() == written
    assert "1 comment for WordPress" in triage("return", "--to", "wordpress", "--dry-run")[1]


def test_a_source_or_a_thread_that_there_is_not_is_no_empty_answer(triage: Run) -> None:
    triage("import", "--source", "mill", WORDPRESS)
    decide("mill:42", Verdict.APPROVE)
    ask = ("return", "--to", "wordpress", "--dry-run")
    code, _, err = triage(*ask, "--source", "mil")
    assert (code, "known are: 'mill'" in err.replace("\n", " ")) == (2, True)
    code, _, err = triage(*ask, "--thread", "typo")
    assert (code, "typo" in err) == (2, True)
    assert triage(*ask, "--source", "mill")[0] == 0
    code, out, _ = triage("return", "x.jsonl", "--to", "coral")
    assert (code, "no decided comment came from Coral" in out) == (0, True)


def test_a_site_that_went_back_to_its_old_state_is_told_a_new_decision(triage: Run) -> None:
    triage("import", WORDPRESS)
    undo(decide("42", Verdict.APPROVE))
    decide("42", Verdict.APPROVE)
    triage("return", "1.sh", "--to", "wordpress")
    decide("42", Verdict.APPROVE)
    assert "Nothing to hand back" in triage("return", "2.sh", "--to", "wordpress")[1]
    triage("import", WORDPRESS)  # somebody there made it pending again
    assert "1 comment for WordPress" in triage("return", "2.sh", "--to", "wordpress")[1]
    assert "become approve 1 0 42\n" in Path("2.sh").read_text()


def test_every_way_back_can_be_named() -> None:
    option = next(one for one in commands.commands["return"].params if one.name == "to")
    assert list(option.type.choices) == list(WAYS)
