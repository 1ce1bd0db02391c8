"""A table rated into another: nothing is lost, and nothing is scored twice without need."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.scoring.marking import WINDOW, Marking
from triage.domain.scores import Label, Scorer, ScorerInfo, Scores, ToxicSpan
from triage.errors import ScorerError, UsageError
from triage.files.tables import open_table
from triage.scoring.kept import place_beside
from triage.scoring.panel import Panel
from triage.scoring.rate import Extras, rate_table


class Lengths:
    """Scores a text by its length, and remembers what it was asked."""

    info = ScorerInfo("lengths", "1", (Label.TOXICITY, Label.INSULT))

    def __init__(self) -> None:
        self.asked: list[str] = []

    def score(self, texts: Sequence[str]) -> list[Scores]:
        self.asked += texts
        return [Scores(dict.fromkeys(self.info.labels, 1 / (1 + len(text)))) for text in texts]


def rated(
    source: Path, output: Path, scorer: Scorer | None = None, *, spans: bool = False
) -> list[dict[str, object]]:
    panel = Panel((scorer or Lengths(),))
    extras = Extras(spans=spans)
    rate_table(open_table(source), output, panel, text_column="text", extras=extras)
    return [dict(row.values) for row in open_table(output).rows()]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_file_can_be_rated_over_its_own_output_again_and_again(
    tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_text("text,toxicity\nhello,mine\n")
    for turn in range(3):
        output = tmp_path / f"{turn}.{suffix}"
        (row,) = rated(path, output)
        path = output
    columns = open_table(path).columns
    assert len(set(columns)) == len(columns)
    kept = [columns[1], "toxicity_input2", "toxicity_input3"]
    assert kept[0] == "toxicity_input"
    assert row["toxicity_input"] == "mine", "what the first input held keeps its name"
    assert [float(str(row[name])) for name in kept[1:]] == pytest.approx([1 / 6] * 2)
    assert float(str(row["toxicity"])) == pytest.approx(1 / 6)
    assert {"scorer", "scorer_input", "scorer_input2", "not_scored_input2"} <= set(columns)


def test_a_column_that_has_the_new_name_already_keeps_it(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("text,toxicity,toxicity_input\nhello,first,second\n")
    output = tmp_path / "out.csv"
    report = rate_table(open_table(source), output, Panel((Lengths(),)), text_column="text")
    assert report.renamed == {"toxicity": "toxicity_input2"}
    (row,) = (row.values for row in open_table(output).rows())
    assert (row["toxicity_input2"], row["toxicity_input"]) == ("first", "second")


def test_a_text_is_scored_once_however_far_apart_it_comes_again(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    texts = [f"text {number % 10}" for number in range(5_000)] + [f"new {n}" for n in range(2_100)]
    texts += ["text 3"]
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    scorer = Lengths()
    rows = rated(source, tmp_path / "out.jsonl", scorer)
    assert [row["text"] for row in rows] == texts
    assert scorer.asked == list(dict.fromkeys(texts))
    assert rows[-1]["toxicity"] == rows[3]["toxicity"]


def test_no_text_is_too_long_ago_to_be_remembered(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    texts = ["first", *(str(number) for number in range(10_000)), "first"]
    source.write_text("".join(f'{{"text": "{text}"}}\n' for text in texts))
    scorer = Lengths()
    rate_table(open_table(source), tmp_path / "o.csv", Panel((scorer,)), text_column="text")
    assert scorer.asked.count("first") == 1


class Failing(Lengths):
    """Fails after so many texts."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    def score(self, texts: Sequence[str]) -> list[Scores]:
        if len(self.asked) >= self._after:
            raise ScorerError("the processor melted")
        return super().score(texts)


class Forgetful(Marking):
    """Another scorer, which tells of words, places and identities, and puts some texts off."""

    info = replace(Marking.info, key="forgetful", labels=(Label.THREAT,))

    def __init__(self, put_off: str = "") -> None:
        super().__init__()
        self._put_off = put_off

    def score(self, texts: Sequence[str]) -> list[Scores]:
        found = super().score(texts)
        return [
            Scores(not_scored="the budget is spent", later=True)
            if self._put_off and self._put_off in text
            else replace(one, mentions={"female": 0.25, "male": 1e-7})
            if one.values
            else one
            for text, one in zip(texts, found, strict=True)
        ]


def numbered(folder: Path, count: int) -> tuple[Path, list[str]]:
    texts = [f"You idiot, number {number}" for number in range(count)]
    source = folder / "in.csv"
    source.write_text("text\n" + "".join(f'"{text}"\n' for text in texts))
    return source, texts


def test_a_run_that_fails_is_gone_on_with_and_gives_what_one_run_would_have(tmp_path: Path) -> None:
    source, texts = numbered(tmp_path, 500)
    output, whole = tmp_path / "out.csv", tmp_path / "whole.csv"
    rate_table(open_table(source), whole, Panel((Lengths(), Forgetful())), text_column="text")
    first = Failing(after=100)
    with pytest.raises(ScorerError, match="melted"):
        rate_table(open_table(source), output, Panel((first, Forgetful())), text_column="text")
    assert not output.exists()
    assert place_beside(output).exists()
    second, other = Lengths(), Forgetful()
    told: list[tuple[int, int | None]] = []
    report = rate_table(
        open_table(source),
        output,
        Panel((second, other)),
        text_column="text",
        on_progress=lambda done, total: told.append((done, total)),
    )
    assert report.known == len(first.asked) >= 100
    assert first.asked + second.asked == texts, "nothing is rated twice"
    assert other.asked == second.asked
    left = len(second.asked)
    rated = [one for one in told if one[1] is not None]
    assert rated[0] == (0, left)
    assert rated[-1] == (left, left)
    assert output.read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv", "whole.csv"]


def test_what_was_put_off_is_all_that_the_next_run_asks(tmp_path: Path) -> None:
    source, texts = numbered(tmp_path, 40)
    output = tmp_path / "out.jsonl"
    first, steady = Forgetful(put_off="number 3"), Lengths()
    panel = Panel((steady, first))
    report = rate_table(open_table(source), output, panel, text_column="text")
    put_off = [text for text in texts if "number 3" in text]
    assert (report.left, report.left_why) == (len(put_off), "the budget is spent")
    rows = [row.values for row in open_table(output).rows()]
    assert [row["not_scored"] == "the budget is spent" for row in rows] == [
        text in put_off for text in texts
    ]
    assert first.asked == texts, "a text that was put off is not asked about again by this run"
    second = Forgetful()
    report = rate_table(open_table(source), output, Panel((steady, second)), text_column="text")
    assert (report.known, report.left) == (len(texts) - len(put_off), 0)
    assert second.asked == put_off
    assert steady.asked == texts
    assert all(row.values["threat"] for row in open_table(output).rows())
    assert not place_beside(output).exists()


def test_another_version_of_a_scorer_starts_anew(tmp_path: Path) -> None:
    source, texts = numbered(tmp_path, 50)
    output = tmp_path / "out.csv"
    with pytest.raises(ScorerError):
        rate_table(open_table(source), output, Panel((Failing(after=10),)), text_column="text")
    newer = Lengths()
    newer.info = replace(Lengths.info, version="2")
    report = rate_table(open_table(source), output, Panel((newer,)), text_column="text")
    assert (report.known, newer.asked) == (0, texts)


def test_a_run_that_could_rate_nothing_leaves_nothing(tmp_path: Path) -> None:
    source, _ = numbered(tmp_path, 5)
    with pytest.raises(ScorerError):
        rate_table(
            open_table(source),
            tmp_path / "out.csv",
            Panel((Failing(after=0),)),
            text_column="text",
        )
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_mentions_are_written_where_they_are_asked_for(tmp_path: Path, suffix: str) -> None:
    source, output = tmp_path / "in.csv", tmp_path / f"out.{suffix}"
    source.write_text('text\nhello\n""\n')
    panel, extras = Panel((Forgetful(),)), Extras(mentions=True)
    rate_table(open_table(source), output, panel, text_column="text", extras=extras)
    told, silent = (row.values["mentions"] for row in open_table(output).rows())
    assert cell(told) == {"female": 0.25, "male": 1e-7}
    assert cell(silent) is None
    rate_table(open_table(source), output, panel, text_column="text")
    assert "mentions" not in open_table(output).columns


def test_a_folder_is_refused_before_anything_is_scored(tmp_path: Path) -> None:
    source, folder, scorer = tmp_path / "in.csv", tmp_path / "out.csv", Lengths()
    source.write_text("text\nhello\n")
    folder.mkdir()
    with pytest.raises(UsageError, match="it is a folder"):
        rated(source, folder, scorer)
    assert scorer.asked == []


def test_from_parquet_to_parquet_the_columns_keep_their_types(tmp_path: Path) -> None:
    columns = {
        "text": pa.array(["hello", None, "bye"]),
        "id": pa.array([1, None, 3], pa.int32()),
        "votes": pa.array([0.5, float("nan"), None], pa.float32()),
        "seen": pa.array([True, None, False]),
        "at": pa.array(
            [datetime(2026, 11, 22, 9, tzinfo=UTC), None, None], pa.timestamp("ms", "UTC")
        ),
        "day": pa.array([date(2026, 11, 22), None, None]),
        "tags": pa.array([["a", "b"], None, []], pa.list_(pa.string())),
    }
    source = pa.table(columns)
    pq.write_table(source, tmp_path / "in.parquet")
    rated(tmp_path / "in.parquet", tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    for name in ("text", "id", "votes", "seen", "at", "day"):
        assert table.schema.field(name).type == source.schema.field(name).type, name
    for name in ("text", "id", "seen", "at", "day"):
        assert table[name].to_pylist() == source[name].to_pylist(), name
    assert table["votes"].to_pylist()[::2] == [0.5, None]
    assert table["tags"].to_pylist() == ['["a", "b"]', None, "[]"], "as text: nothing is lost"


LONG = "calm " * 60 + "idiot"
MARKED = ["You idiot, \N{PILE OF POO}stupid!", "A kind word.", "", "=you Idiot", LONG]
SPANS = [[[4, 9, 0.9], [12, 18, 0.6]], [], None, [[5, 10, 0.9]], [[300, 305, 0.9]]]


def cell(value: object) -> object:
    """Return a cell of any format as JSON holds it."""
    return json.loads(value) if isinstance(value, str) and value else value or None


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_the_words_that_were_read_as_toxic_are_written_beside_the_scores(
    tmp_path: Path, suffix: str
) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / f"out.{suffix}"
    lines = [{"text": text, "spans": "mine"} for text in MARKED]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    rows = rated(source, output, Marking(), spans=True)
    labels = [label.value for label in Marking.info.labels]
    expected = ["text", "spans_input", *labels, "spans", "where", "not_scored", "scorer"]
    assert list(open_table(output).columns) == expected
    if suffix == "jsonl":
        assert [row["spans"] for row in rows] == SPANS, "arrays, as JSON has them"
    else:
        assert [row["spans"] or None for row in rows] == [
            None if spans is None else json.dumps(spans) for spans in SPANS
        ]
    assert [row["spans_input"] for row in rows] == ["mine"] * len(MARKED)
    where = [cell(row["where"]) for row in rows]
    assert where[:-1] == [None] * 4, "only a text that was cut has a place"
    assert isinstance(where[-1], dict)
    assert where[-1].keys() == set(labels)
    start, end = where[-1]["toxicity"]
    assert len(LONG) - WINDOW <= start < end == len(LONG)


def test_offsets_count_the_characters_of_the_text_as_it_was_read(tmp_path: Path) -> None:
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    texts = ["  \u0001leading idiot", "line\r\nidiot", "e\u0301 👩\u200d🚀 idiot", "idiot"]
    source.write_text(
        "text\n" + "".join(f'"{text}"\n' for text in texts), encoding="utf-8", newline=""
    )
    read = [str(row.values["text"]) for row in open_table(source).rows()]
    for text, row in zip(read, rated(source, output, Marking(), spans=True), strict=True):
        ((start, end, _),) = json.loads(str(row["spans"]))
        assert text[start:end] == "idiot"


def test_weights_have_three_decimals(tmp_path: Path) -> None:
    class Fine(Marking):
        def score(self, texts: Sequence[str]) -> list[Scores]:
            span = ToxicSpan(0, 1, 2 / 3)
            return [Scores({Label.TOXICITY: 2 / 3}, spans=(span,)) for _ in texts]

    source = tmp_path / "in.csv"
    source.write_text("text\nhello\n")
    (row,) = rated(source, tmp_path / "out.csv", Fine(), spans=True)
    assert row["spans"] == "[[0, 1, 0.667]]"


def test_without_spans_asked_for_there_are_none(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("text\nyou idiot\n")
    (row,) = rated(source, tmp_path / "out.csv", Marking())
    assert {"spans", "where"}.isdisjoint(row)
