"""Scorers are asked about texts in languages that they read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from triage.domain.languages import UNKNOWN
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.files.tables import open_table
from triage.scoring.by_language import ByLanguage
from triage.scoring.panel import Panel
from triage.scoring.rate import rate_table


class Prefixed:
    """Takes the two letters before a colon for the language."""

    version = "prefixed 1"

    def identify(self, texts: Sequence[str]) -> list[str]:
        return [text[:2] if text[2:3] == ":" else UNKNOWN for text in texts]


class Reader:
    def __init__(self, key: str, label: Label, *languages: str) -> None:
        self.info = ScorerInfo(key, "1", (label,), languages=languages)
        self.asked: list[str] = []

    def score(self, texts: Sequence[str]) -> list[Scores]:
        self.asked += texts
        return [Scores({self.info.labels[0]: len(text) / 100}) for text in texts]


TEXTS = ["fr:bonjour", "en:hi", "hello", "de:guten Tag"]


def test_a_scorer_is_not_asked_about_what_it_does_not_read() -> None:
    scorer = Reader("english", Label.TOXICITY, "en")
    found = ByLanguage(Prefixed(), "en").rated(scorer, TEXTS)
    assert scorer.asked == ["en:hi", "hello"]
    assert [one.not_scored for one in found] == ["language: fr", None, None, "language: de"]
    assert [one.values.get(Label.TOXICITY) for one in found] == [None, 0.05, 0.05, None]
    assert [one.language for one in found] == ["fr", "en", UNKNOWN, "de"]


def test_where_nothing_is_read_nobody_is_asked() -> None:
    scorer = Reader("english", Label.TOXICITY, "en")
    found = ByLanguage(Prefixed(), "fr").rated(scorer, ["fr:bonjour", "ok"])
    assert scorer.asked == []
    assert [one.not_scored for one in found] == ["language: fr", f"language: {UNKNOWN}"]


def test_a_scorer_that_does_not_say_what_it_reads_is_asked_about_all() -> None:
    scorer = Reader("any", Label.TOXICITY)
    assert ByLanguage(Prefixed(), "en").rated(scorer, TEXTS) == scorer.score(TEXTS)


def test_languages_that_were_told_are_not_asked_for_again() -> None:
    scorer = Reader("english", Label.TOXICITY, "en")
    (found,) = ByLanguage(Prefixed(), "en").rated(scorer, ["fr:bonjour"], ["en"])
    assert (found.not_scored, found.language) == (None, "en")


def rated(tmp_path: Path, panel: Panel, unknown_as: str = "en") -> list[dict[str, object]]:
    source, output = tmp_path / "in.csv", tmp_path / "out.jsonl"
    source.write_text("text\n" + "\n".join(TEXTS), encoding="utf-8")
    rate_table(
        open_table(source),
        output,
        panel,
        text_column="text",
        by_language=ByLanguage(Prefixed(), unknown_as),
    )
    return [dict(row.values) for row in open_table(output).rows()]


def test_a_rated_file_says_which_language_and_what_was_not_scored_for_it(tmp_path: Path) -> None:
    panel = Panel(
        (Reader("both", Label.TOXICITY, "en", "fr"), Reader("english", Label.INCIVILITY, "en"))
    )
    rows = rated(tmp_path, panel)
    assert [row["language"] for row in rows] == ["fr", "en", UNKNOWN, "de"]
    assert [row["not_scored"] for row in rows] == ["language: fr", None, None, "language: de"]
    assert [row["toxicity"] for row in rows] == [0.10, 0.05, 0.05, None]
    assert [row["incivility"] for row in rows] == [None, 0.05, 0.05, None]


def test_the_sites_own_language_says_how_what_is_unknown_is_read(tmp_path: Path) -> None:
    rows = rated(tmp_path, Panel((Reader("english", Label.TOXICITY, "en"),)), unknown_as="fr")
    assert [row["toxicity"] for row in rows] == [None, 0.05, None, None]
