"""The Review page marks the words behind a score, as soon as they are known and while wanted."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from html import escape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.scoring import marking
from tests.scoring.marking import Marking
from triage.domain.languages import UNKNOWN, Coverage
from triage.domain.scores import Label, Scorer, ScorerInfo, Scores
from triage.errors import ScorerError
from triage.settings import Settings
from triage.ui.marks import Marks
from triage.ui.review.blind import marks_of
from triage.ui.state import workbench
from triage.workbench import Workbench

SOON = 10.0  # seconds, for a machine that is busy
HOSTILE = (
    "<img src=x onerror=alert(1)> you *silly* [idiot](javascript:alert(2))\r\n  & 🤡 &amp; stupid"
)
GERMAN = "Wer diesen Kreisverkehr geplant hat, musste ihn nie mit dem Kinderwagen überqueren."
PAGE = (
    "from triage.ui import review\nfrom triage.ui.state import workbench\nreview.page(workbench())"
)


class Held(Marking):
    """Rates at once what it was let rate; else waits to be let go."""

    go = threading.Event()

    def score(self, texts: Sequence[str]) -> list[Scores]:
        assert self.go.wait(SOON)
        return super().score(texts)


class Damaged(Marking):
    """Has rated once, and cannot be loaded now."""

    broken = False

    def score(self, texts: Sequence[str]) -> list[Scores]:
        if self.broken:
            raise ScorerError("weights/*.npz was altered")
        return super().score(texts)


@pytest.fixture
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.setenv("TRIAGE_REVIEWER", "ana")
    monkeypatch.setenv("TRIAGE_SCORERS", "marking")
    marking.register(monkeypatch)
    workbench.clear()
    return monkeypatch


def scored(tmp_path: Path, *texts: str) -> Workbench:
    """Import and rate texts; the last one comes first in the queue of equals."""
    bench = Workbench(Settings.from_environment())
    path = tmp_path / "c.csv"
    rows = [f'{number},"{text.replace(chr(34), chr(34) * 2)}"' for number, text in enumerate(texts)]
    path.write_text("\n".join(["id,text", *rows, ""]), encoding="utf-8", newline="")
    bench.import_file(path)
    bench.score()
    return bench


def use(patch: pytest.MonkeyPatch, scorer: type[Marking]) -> None:
    def make(*, models_dir: Path | None, allow_download: bool) -> Scorer:
        return scorer()

    patch.setattr(marking, "make", make)


def page() -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=30).run()
    assert not app.exception
    return app


def settled(app: AppTest) -> AppTest:
    """Draw the page until no words are being looked for, as the browser does."""
    deadline = time.monotonic() + SOON
    while any("looking for the words" in said for said in texts(app)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
        app.run()
        assert not app.exception
    return app


def texts(app: AppTest) -> list[str]:
    return [one.value for one in app.text]


def comment(app: AppTest) -> str:
    (html,) = [one.proto.body for one in app.get("html") if 'class="marked"' in one.proto.body]
    return str(html)


def said(app: AppTest) -> str:
    """Return what stands below the comment."""
    bodies = [one.proto.body for one in app.get("html")]
    return "\n".join([*texts(app), *(body for body in bodies if 'class="legend"' in body)])


def press_mark_words(app: AppTest) -> AppTest:
    (switch,) = [one for one in app.button if one.label == "Mark words"]
    return switch.click().run()


def test_the_words_are_marked_by_weight_and_the_legend_names_the_scorer(
    registered: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scored(tmp_path, "you silly idiot, this is stupid")
    app = settled(page())
    assert '<mark class="faint">silly</mark> <mark class="strong">idiot</mark>' in comment(app)
    assert '<mark class="plain">stupid</mark>' in comment(app)
    assert "what the scorer read as toxic · marking" in said(app)
    assert "is highest in" not in said(app), "a short text has no parts"


def test_a_hostile_text_stays_text_with_words_marked(
    registered: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = scored(tmp_path, HOSTILE).item("0").comment.text
    html = comment(settled(page()))
    assert html.count("<mark") == 3
    bare = html
    for step in ("faint", "plain", "strong"):
        bare = bare.replace(f'<mark class="{step}">', "")
    bare = bare.replace("</mark>", "").replace("&#13;", "\r").replace("&#10;", "\n")
    assert bare == f'<div class="marked">{escape(text)}</div>'


def test_one_press_takes_the_marks_away_and_they_stay_away(
    registered: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bench = scored(tmp_path, "you idiot", "another idiot")
    app = press_mark_words(settled(page()))
    assert "<mark" not in comment(app)
    assert "what the scorer read" not in said(app)
    time.sleep(0.3)  # quicker presses are taken for a held key
    before = comment(app)
    app = next(one for one in app.button if one.label == "Skip").click().run()
    assert comment(app) != before
    assert "<mark" not in comment(app)
    app = settled(press_mark_words(app))
    assert "<mark" in comment(app)
    assert bench.count() == 2


def test_the_comment_is_there_before_the_scorer_is(
    registered: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(registered, Held)
    Held.go.set()
    scored(tmp_path, "you idiot")
    Held.go.clear()
    started = time.monotonic()
    app = page()
    assert comment(app) == '<div class="marked">you idiot</div>'
    assert any(one.label == "Approve" for one in app.button)
    assert "looking for the words" in said(app)
    assert time.monotonic() - started < SOON
    Held.go.set()
    assert "<mark" in comment(settled(app))


def test_a_scorer_that_cannot_be_loaded_leaves_the_comment_and_says_why(
    registered: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(registered, Damaged)
    scored(tmp_path, "you idiot")
    registered.setattr(Damaged, "broken", True)
    app = settled(page())
    assert comment(app) == '<div class="marked">you idiot</div>'
    assert "no words are marked: weights/*.npz was altered" in texts(app)
    assert any(one.label == "Approve" for one in app.button)


def test_words_of_a_newer_scorer_are_not_shown_for_older_scores(
    registered: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scored(tmp_path, "you idiot")
    newer = ScorerInfo("marking", "2", (Label.TOXICITY,), marks_spans=True)
    registered.setattr(Marking, "info", newer)
    app = settled(page())
    assert "<mark" not in comment(app)
    assert any("to rate with this one: triage score" in line for line in texts(app))


def test_a_scorer_that_marks_nothing_is_not_spoken_of(
    registered: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    registered.setenv("TRIAGE_SCORERS", "unmarking")
    marking.register(registered, unmarking="make_unmarking")
    scored(tmp_path, "you idiot")
    app = page()
    assert comment(app) == '<div class="marked">you idiot</div>'
    assert not said(app).count("marked")
    assert not [one for one in app.button if one.label == "Mark words"]


def test_a_comment_without_toxic_words_says_so(
    registered: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bench = scored(tmp_path, "a kind word")
    bench.flag(["0"], "ana")
    app = settled(page())
    assert "nothing is marked: no word reads as toxic to marking" in said(app)


def test_the_part_of_a_long_comment_that_scored_highest_is_told(
    registered: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "calm " * 300 + "idiot"
    scored(tmp_path, text)
    app = settled(page())
    assert "toxicity is highest in characters 1,451 to 1,505 of 1,505" in said(app)


def test_a_scorer_that_does_not_read_the_language_marks_nothing(
    registered: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bench = scored(tmp_path, f"{GERMAN} Wie silly.", "you silly man")
    elsewhere = {Label.THREAT: ("detoxify:original", "1")}  # which marks no words
    read = Coverage({Label.TOXICITY: ("en",), Label.INSULT: ("en",)})
    bench.store.panel.set(bench.store.panel.get() | elsewhere, read)
    german, short = (bench.item(one.comment.id) for one in bench.store.comments.stream())
    assert (german.entry.language, short.entry.language) == ("de", UNKNOWN)
    assert marks_of(bench, german) == Marks(on=True)
    assert marks_of(bench, short) != Marks(on=True), "it is read as the site's own"
    bench.close()
