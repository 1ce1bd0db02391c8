"""The veil, the break, and the guidelines on the page, over a live workbench."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.wording import rude
from triage.domain.decisions import Verdict
from triage.domain.kindness import Blur
from triage.errors import UsageError
from triage.settings import Settings
from triage.ui.site_text import plain_markdown, without_images
from triage.workbench import Workbench

RULES = "# House rules\n## R1: Be kind\nSay it as you would to a face.\n## R2: No *spam*\n"


def started() -> Workbench:
    bench = Workbench(Settings.from_environment())
    path = Path(bench.settings.database_url.removeprefix("sqlite:///")).with_name("c.csv")
    rows = [f"{n},I will kill you. {text}" for n, text in enumerate(rude(5))]
    path.write_text("\n".join(["id,text", *rows, ""]))
    bench.import_file(path)
    bench.score()
    return bench


def page(name: str = "review") -> AppTest:
    code = (
        f"from triage.ui import {name}\nfrom triage.ui.state import workbench\n"
        f"{name}.page(workbench())"
    )
    app = AppTest.from_string(code, default_timeout=30).run()
    assert not app.exception
    return app


def press(app: AppTest, name: str) -> AppTest:
    (found,) = [one for one in app.button if one.label == name]
    run: AppTest = found.click().run()
    assert not run.exception
    return run


def names(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def test_the_sites_choice_blurs_until_it_is_revealed_and_the_next_is_blurred_again(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("TRIAGE_BLUR", "text")
    started()
    app = page()
    app = press(app, "Reveal")
    assert "Blur" in names(app)
    app = press(app, "Next")
    assert "Reveal" in names(app)


def test_a_reviewers_own_choice_outranks_the_sites_and_can_be_given_up(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("TRIAGE_BLUR", "words")
    bench = started()
    app = press(page(), "Keys")
    (choice,) = [one for one in app.button_group if one.label == "Blurred until you press B"]
    app = choice.set_value("off").run()
    assert not {"Reveal", "Blur"} & set(names(app))
    assert (bench.blur("ana"), bench.blur("bea")) == (Blur.OFF, Blur.WORDS)
    assert "Reveal" not in names(page()), "it is kept for the next session"
    (choice,) = [one for one in app.button_group if one.label == "Blurred until you press B"]
    choice.set_value("site").run()
    assert bench.own_blur("ana") is None
    assert bench.blur("ana") is Blur.WORDS


def test_a_reviewer_chooses_after_how_many_severe_ones_a_milder_one_comes(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("TRIAGE_MILDER_AFTER", "4")
    bench = started()
    app = press(page(), "Keys")
    (choice,) = [one for one in app.button_group if "a milder one" in one.label]
    assert "as the site: after 4" in [one.content for one in choice.proto.options]
    choice.set_value("0").run()
    assert (bench.milder_after("ana"), bench.milder_after("bea")) == (0, 4)
    app = press(page(), "Keys")
    (choice,) = [one for one in app.button_group if "a milder one" in one.label]
    choice.set_value("site").run()
    assert bench.own_milder_after("ana") is None
    with pytest.raises(UsageError, match="1 to 100, or never: 0"):
        bench.set_milder_after("ana", 101)


def test_a_break_is_suggested_after_the_budget_and_again_after_as_many(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("TRIAGE_SEVERE_BUDGET", "2")
    bench = started()

    def decide(count: int) -> None:
        for _ in range(count):
            item = bench.item(str(bench.next_comment("ana")))
            bench.decide([item.entry.seen], Verdict.REJECT, reviewer="ana")

    decide(1)
    app = page()
    assert "Go on" not in names(app)
    decide(1)
    app.run()
    assert any("You have seen 2 severe comments today" in one.value for one in app.text)
    app = press(app, "Go on")
    assert "Go on" not in names(app)
    decide(1)
    assert "Go on" not in names(app.run())
    decide(1)
    assert "Go on" in names(app.run())


def test_guidelines_stand_beside_the_comment_and_their_codes_are_reasons(
    environment: pytest.MonkeyPatch,
) -> None:
    bench = started()
    bench.save_guidelines(RULES, "ana", upon=0)
    first = str(bench.next_comment("ana"))
    app = press(page(), "Rules")
    assert any("Say it as you would to a face." in one.value for one in app.markdown)
    app = press(app, r"R2 No \*spam\*")
    bench.save_guidelines(RULES + "more", "ana", upon=1)
    app.session_state["review.shown_at"] -= 1.0
    press(app, "Reject")
    (decision,) = bench.item(first).log
    assert "R2" in decision.reasons
    assert decision.guidelines == "guidelines@2"


def test_a_lead_edits_the_guidelines_and_a_stale_edit_is_refused(
    environment: pytest.MonkeyPatch,
) -> None:
    bench = started()
    app = page("guidelines")
    app.text_area[0].set_value(RULES).run()
    app = press(app, "Save as version 1")
    assert bench.guidelines() is not None
    stale = page("guidelines")
    bench.save_guidelines(RULES + "by somebody else", "bea", upon=1)
    stale.text_area[0].set_value("mine").run()
    (save,) = [one for one in stale.button if one.label.startswith("Save")]
    save.click().run()
    assert len(bench.guidelines_history()) <= 3
    assert bench.guidelines_history()[1].text.endswith("by somebody else")


def test_only_leads_edit_where_leads_are_named(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TRIAGE_LEADS", "bea, Cem")
    bench = started()
    with pytest.raises(UsageError, match=r"ana may not edit.*bea, Cem"):
        bench.save_guidelines(RULES, "ana", upon=0)
    bench.save_guidelines(RULES, "Cem", upon=0)
    app = page("guidelines")
    assert not app.text_area
    assert any("House rules" in one.value for one in app.markdown)


def test_an_image_in_the_sites_text_is_a_link() -> None:
    assert without_images("![x](https://there/x.png) ![y][z]") == "[x](https://there/x.png) [y][z]"


def test_a_title_is_shown_as_it_is() -> None:
    assert plain_markdown("No *spam* :red[x] $1") == r"No \*spam\* \:red\[x\] \$1"
