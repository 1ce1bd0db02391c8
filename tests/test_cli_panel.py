"""Which scorers rate where nobody chose any, and that a change of them never comes unsaid."""

from __future__ import annotations

import csv
import json
from functools import partial
from pathlib import Path

import pytest

from tests.scoring.models.loopback import published, serving
from tests.scoring.tiny_detoxify import needs_detoxify, write_original, write_unbiased
from tests.test_cli_models import Triage
from triage.scoring.models.catalogue import IDENTITIES
from triage.scoring.models.shelf import Shelf
from triage.workbench import parts

pytestmark = needs_detoxify

BOTH = "detoxify:unbiased and compact"


@pytest.fixture
def triage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Triage:
    return Triage(tmp_path, monkeypatch, capsys)


@pytest.fixture
def unbiased(tmp_path: Path) -> Path:
    return write_unbiased(tmp_path / "disk").parent


def in_lines(path: str, *texts: str) -> str:
    Path(path).write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return path


def table(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_once_unbiased_is_here_it_rates_the_database_and_that_is_said_before(
    triage: Triage, unbiased: Path
) -> None:
    triage("import", in_lines("in.jsonl", "You idiot.", "Women vote.", "A kind word."))
    assert "others than those in use" not in triage("score")
    assert "Chosen, unless --scorer names others: compact" in triage("scorers")
    said = triage("models", "add", unbiased)
    assert f"texts are rated by {BOTH} from now on, in place of compact" in said
    assert "TRIAGE_SCORERS=compact leaves it as it was" in said
    said = triage("score")
    assert "others than those in use (the default, by what is on this machine)" in said
    assert "sexual explicit: detoxify:unbiased@" in said
    assert "To keep to those in use: TRIAGE_SCORERS=compact" in said
    assert "3 texts scored" in said
    assert f"In use from now on: {BOTH}" in said
    assert "others than those in use" not in triage("score")
    triage("export", "all.csv", "--what", "comments")
    for row in table("all.csv"):
        assert row["scorer"].startswith("detoxify:unbiased@")
        assert "+compact@" in row["scorer"]
        assert row["sexual_explicit"], "which compact has no score for"
        assert row["incivility"], "which unbiased has no score for"
    triage("export", "mentions.csv", "--what", "mentions")
    for row in table("mentions.csv"):
        assert all(0 <= float(row[f"mentions_{identity}"]) <= 1 for identity in IDENTITIES)
        assert row["mentions_by"].startswith("detoxify:unbiased@")


def test_what_somebody_chose_stays(
    triage: Triage, unbiased: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_SCORERS", "compact")
    triage("import", in_lines("in.jsonl", "You idiot."))
    triage("score")
    assert "Unless others are chosen" not in triage("models", "add", unbiased)
    assert "detoxify" not in triage("score")
    assert "detoxify" not in triage("rate", "in.jsonl", "-o", "out.csv")


def test_the_default_goes_back_when_the_model_goes(triage: Triage, unbiased: Path) -> None:
    triage("models", "add", unbiased)
    triage("import", in_lines("in.jsonl", "You idiot."))
    triage("score")
    said = triage("models", "remove", "unbiased", "--yes")
    assert f"texts are rated by compact from now on, in place of {BOTH}" in said
    assert "leaves it as it was" not in said, "what is gone cannot be chosen"
    assert "compact@" in triage("score")
    triage("export", "all.csv", "--what", "comments")
    (row,) = table("all.csv")
    assert row["scorer"].startswith("compact@")


def test_a_file_is_rated_by_the_default_panel_and_that_is_said(
    triage: Triage, unbiased: Path
) -> None:
    triage("models", "add", unbiased)
    said = triage("rate", in_lines("in.jsonl", "You idiot."), "-o", "out.jsonl", "--mentions")
    assert f"Rating with {BOTH}, the default where detoxify:unbiased is here" in said
    assert "--scorer compact rates with that alone" in said
    row = json.loads(Path("out.jsonl").read_text())
    assert set(row["mentions"]) == set(IDENTITIES)
    assert row["incivility"] is not None
    said = triage("rate", "in.jsonl", "-o", "out.jsonl", "--scorer", "compact")
    assert "Rating with" not in said


def test_a_download_that_was_allowed_is_said_before_it_begins(
    triage: Triage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_original(tmp_path / "disk")
    command = ("rate", in_lines("in.jsonl", "Hi."), "-o", "o.csv", "--scorer", "detoxify:original")
    assert "weights of detoxify:original are missing" in triage(*command, code=1)
    monkeypatch.setenv("TRIAGE_ALLOW_DOWNLOAD", "1")
    with serving(published(tmp_path / "disk", "original")) as server:
        monkeypatch.setattr(parts, "Shelf", partial(Shelf, origin=server.origin))
        said = triage(*command)
        fetched = len(server.asked)
        assert fetched > 0
        again = triage(*command)
        assert len(server.asked) == fetched
    assert "detoxify:original is not here, and TRIAGE_ALLOW_DOWNLOAD is set: fetching it" in said
    assert "detoxify:original: fetched and converted" in said
    assert "1 scored by detoxify:original@" in said.replace("\n", " ")
    assert "fetching" not in again
