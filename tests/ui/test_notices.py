"""What is said where something fails that is outside of what catches a page's errors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest

from triage import ui


def lost() -> None:
    import streamlit as st

    from triage.errors import RightsError
    from triage.ui.notices import drawn_alone

    @st.fragment
    @drawn_alone
    def draw() -> None:
        raise RightsError("your sign-in is over")

    if "seen" in st.session_state:
        st.text("Sign in again.")
    else:
        st.session_state["seen"] = True
        draw()


def broken() -> None:
    import streamlit as st

    from triage.errors import StoreError
    from triage.ui.notices import drawn_alone

    @st.fragment
    @drawn_alone
    def draw() -> None:
        raise StoreError("the disk is full")

    draw()


def test_a_fragment_whose_reader_lost_the_right_has_the_whole_page_say_so() -> None:
    app = AppTest.from_function(lost).run()
    assert not app.exception
    assert [one.value for one in app.text] == ["Sign in again."]


def test_a_fragment_that_fails_says_why() -> None:
    app = AppTest.from_function(broken).run()
    assert not app.exception
    assert [one.value for one in app.error] == ["This cannot be shown."]
    assert [one.value for one in app.text] == ["the disk is full"]


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(Path(ui.__path__[0]).rglob("*.py")):
        yield path.name, ast.parse(path.read_text(encoding="utf-8"))


def fragments(module: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the functions of a module that are drawn alone, and read the workbench."""
    given = {
        call.args[0].id
        for call in ast.walk(module)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "st.fragment"
        and call.args
        and isinstance(call.args[0], ast.Name)
    }
    for found in ast.walk(module):
        if isinstance(found, ast.FunctionDef) and "bench" in {one.arg for one in found.args.args}:
            marks = [ast.unparse(one) for one in found.decorator_list]
            if found.name in given or any(one.startswith("st.fragment") for one in marks):
                yield found


def test_every_fragment_that_reads_the_workbench_is_guarded() -> None:
    found = [(name, one) for name, module in modules() for one in fragments(module)]
    assert {one.name for _, one in found} >= {"_bench", "_followed", "_in_passing"}
    for name, one in found:
        marks = [ast.unparse(mark) for mark in one.decorator_list]
        assert "drawn_alone" in marks, f"{name}: {one.name}"


def test_no_callback_is_a_bare_verb_of_the_workbench() -> None:
    for name, module in modules():
        for call in ast.walk(module):
            if isinstance(call, ast.keyword) and call.arg in ("on_click", "on_change"):
                said = ast.unparse(call.value)
                assert not said.startswith("bench."), f"{name}: {said}"
                assert said != "show_link", f"{name}: it reads the workbench, and may fail"
