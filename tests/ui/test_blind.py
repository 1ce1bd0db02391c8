"""The blind display over a live workbench: what an audit drew gives itself away nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.wording import kind, rude
from triage.domain.decisions import Verdict
from triage.settings import Settings
from triage.ui.state import Query, workbench
from triage.ui.words import strongest
from triage.workbench import Workbench

RUDE, KIND = rude(100), kind(20)
TAG = re.compile("[0-9a-f]{16,}")
SHOWN = "listitem"  # a bar's part


@pytest.fixture
def bench(environment: pytest.MonkeyPatch, tmp_path: Path) -> Workbench:
    """A hundred flagged comments, each in a thread of its own, and twenty that nothing flags."""
    bench = Workbench(Settings.from_environment())
    path = tmp_path / "c.csv"
    rows = [f"id-{n},{text},thread-{n},by-{n}" for n, text in enumerate([*RUDE, *KIND])]
    path.write_text("\n".join(["id,text,thread,author", *rows, ""]))
    bench.import_file(path)
    bench.score()
    return bench


def painted(app: AppTest) -> list[str]:
    """Return everything that the page hands to the browser, each element as one text."""

    def walk(block: Any) -> Iterator[str]:
        for child in block.children.values():
            if hasattr(child, "children"):
                yield str(child.proto)
                yield from walk(child)
            else:
                yield f"{child.type} {child.proto}"

    return list(walk(app._tree))


def page(comment_id: str, code: str = "review") -> AppTest:
    lines = f"from triage.ui import {code}\nfrom triage.ui.state import workbench\n"
    app = AppTest.from_string(f"{lines}{code}.page(workbench())", default_timeout=30)
    app.query_params[Query.COMMENT] = comment_id
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, name: str) -> AppTest:
    (found,) = [one for one in app.button if one.label == name]
    app.session_state["review.shown_at"] -= 1.0  # nobody's finger rests on the key
    run: AppTest = found.click().run()
    assert not run.exception
    return run


def drawn(bench: Workbench) -> list[str]:
    return [one.comment_id for one in bench.store.audits.chances() if one.drawn]


def decoys(bench: Workbench) -> list[str]:
    return sorted(bench.store.audits.blind([f"id-{n}" for n in range(len(RUDE))]))


def like_any(app: AppTest, comment_id: str) -> list[str]:
    """Return the page with whatever names this very comment taken out."""
    number = comment_id.removeprefix("id-")
    own = ([*RUDE, *KIND][int(number)], comment_id, f"thread-{number}", f"by-{number}")
    found = [TAG.sub("#", one) for one in painted(app)]
    for name in own:
        found = [one.replace(name, "OWN") for one in found]
    return found


@pytest.mark.parametrize("opened", [(), ("Thread",), ("Labels", "Keys")])
def test_a_drawn_comment_and_a_hidden_flagged_one_are_the_same_page(
    bench: Workbench, opened: tuple[str, ...]
) -> None:
    bench.draw_audit(20, "ana")
    audit, decoy = drawn(bench)[0], decoys(bench)[0]
    pages = []
    for name in (audit, decoy):
        app = page(name)
        for label in opened:
            app = press(app, label)
        pages.append(like_any(app, name))
    assert pages[0] == pages[1]
    told = "\n".join(pages[0])
    assert "OWN" in told
    assert SHOWN not in told
    assert "<mark" not in told
    assert ":material/check_box:" not in told


def test_an_ordinary_flagged_comment_shows_its_scores_marks_and_reasons(bench: Workbench) -> None:
    bench.draw_audit(20, "ana")
    plain = next(f"id-{n}" for n in range(len(RUDE)) if f"id-{n}" not in decoys(bench))
    told = "\n".join(painted(page(plain)))
    assert SHOWN in told
    assert ":material/check_box:" in told
    assert bench.item(plain).proposed


def test_a_blind_verdict_is_logged_as_such_and_the_scores_are_there_afterwards(
    bench: Workbench,
) -> None:
    bench.draw_audit(20, "ana")
    for name, via in ((drawn(bench)[0], "audit"), (decoys(bench)[0], "review")):
        press(page(name), "Reject")
        (decision,) = bench.item(name).log
        assert (decision.score_visible, decision.via) == (False, via)
        assert decision.reasons == decision.refused == ()
        after = page(name)
        assert SHOWN in "\n".join(painted(after))
        assert any(one.value.startswith("ana rejected") for one in after.text)


def test_an_ordinary_verdict_says_that_the_scores_were_visible(bench: Workbench) -> None:
    press(page("id-0"), "Reject")
    (decision,) = bench.item("id-0").log
    assert (decision.score_visible, decision.via) == (True, "review")


def test_an_earlier_verdict_without_a_look_does_not_show(bench: Workbench) -> None:
    name = f"id-{len(RUDE)}"
    seen = bench.item(name).entry.seen
    bench.decide([seen], Verdict.REJECT, reviewer="bob", via="batch")
    bench.draw_audit(20, "ana")
    app = page(name)
    assert not any("bob" in one for one in painted(app))
    press(app, "Approve")
    assert bench.item(name).log[-1].via == "audit"
    assert any("bob rejected" in one.value for one in page(name).text)


def test_the_unfolded_thread_shows_no_score_of_what_is_decided_blind(
    bench: Workbench, tmp_path: Path
) -> None:
    path = tmp_path / "more.csv"
    path.write_text(f"id,text,thread\nx,{RUDE[0]}!,u\ny,{KIND[0]}!,u\nz,{KIND[1]}!,u\n")
    bench.import_file(path)
    bench.score()
    bench.draw_audit(1_000, "ana")
    assert bench.store.audits.blind(["x", "y", "z"]) >= {"y", "z"}
    app = press(page("y"), "Thread")
    shown = [strongest(one) for one in bench.entries(["x"]) if one.scores]
    rows = [one.value for one in app.caption if one.value.startswith("undecided")]
    assert rows == [" · ".join(["undecided", *shown]), "undecided", "undecided"]
    buttons = [one for one in app.button if (one.key or "").startswith("thread-approve")]
    buttons[-1].click().run()
    (decision,) = bench.item("z").log
    assert (decision.via, decision.score_visible) == ("thread", False)


def test_browse_shows_a_drawn_comment_like_any_other(bench: Workbench) -> None:
    def told() -> list[str]:
        return [TAG.sub("#", one) for one in painted(page("id-0", "browse"))]

    before = told()
    bench.draw_audit(20, "ana")
    assert told() == before


def test_a_desk_in_blind_mode_hides_all_scores_until_decided(
    bench: Workbench, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("TRIAGE_BLIND", "1")
    workbench.clear()
    app = page("id-0")
    assert SHOWN not in "\n".join(painted(app))
    press(app, "Reject")
    (decision,) = bench.item("id-0").log
    assert (decision.score_visible, decision.via) == (False, "review")
    assert SHOWN in "\n".join(painted(page("id-0")))


def test_a_reviewers_own_choice_outranks_the_sites(
    bench: Workbench, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("TRIAGE_BLIND", "1")
    workbench.clear()
    app = press(page("id-0"), "Keys")
    (choice,) = [one for one in app.button_group if one.label == "Scores are hidden"]
    app = choice.set_value("off").run()
    assert SHOWN in "\n".join(painted(app))
    assert bench.own_blind("ana") is False
    assert SHOWN in "\n".join(painted(page("id-0"))), "it is kept for the next session"
    (choice,) = [one for one in app.button_group if one.label == "Scores are hidden"]
    choice.set_value("site").run()
    assert bench.own_blind("ana") is None
