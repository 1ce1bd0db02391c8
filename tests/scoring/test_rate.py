"""A table rated into another: nothing is lost, and nothing is scored twice without need."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import UsageError
from triage.files.tables import open_table
from triage.scoring.panel import Panel
from triage.scoring.rate import rate_table


class Lengths:
    """Scores a text by its length, and remembers what it was asked."""

    info = ScorerInfo("lengths", "1", (Label.TOXICITY, Label.INSULT))

    def __init__(self) -> None:
        self.asked: list[str] = []

    def score(self, texts: Sequence[str]) -> list[Scores]:
        self.asked += texts
        return [Scores(dict.fromkeys(self.info.labels, 1 / (1 + len(text)))) for text in texts]


def rated(source: Path, output: Path, scorer: Lengths | None = None) -> list[dict[str, object]]:
    panel = Panel((scorer or Lengths(),))
    rate_table(open_table(source), output, panel, text_column="text")
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


def test_the_texts_of_long_ago_are_forgotten_and_scored_again(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    texts = ["first", *(str(number) for number in range(52_000)), "first"]
    source.write_text("".join(f'{{"text": "{text}"}}\n' for text in texts))
    scorer = Lengths()
    rate_table(open_table(source), tmp_path / "o.csv", Panel((scorer,)), text_column="text")
    assert scorer.asked.count("first") == 2


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
