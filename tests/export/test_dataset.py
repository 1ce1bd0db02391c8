"""The folder of a Hugging Face dataset: its layout, and a card that says what it is a sample of."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.export.test_tables import DECIDED, DECISION
from triage.domain.audits import Audit, AuditDraw
from triage.domain.decisions import DecidedBy
from triage.domain.entries import Decided
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label
from triage.errors import UsageError
from triage.export.appeals import APPEALS
from triage.export.card import CardFacts, card
from triage.export.dataset import write_dataset
from triage.export.sampling import Drawn, drawn_by
from triage.export.tables import (
    ANNOTATIONS,
    COMMENTS,
    DECISIONS,
    LOG,
    Export,
    Table,
    columns_of,
    mentions_table,
    rows_of,
)
from triage.export.tally import Tally

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
POLICIES = [
    Policy("default", number, (Threshold(Label.INSULT, at),), NOON, "lea", "because lea said so")
    for number, at in ((1, 0.5), (2, 0.6), (3, 0.7))
]
DRAW = AuditDraw(1, NOON, "lea", 20.0, "default@2", "compact@1", 900, 18)
FACTS = CardFacts(
    what=Export.DECISIONS,
    at=NOON,
    version="1.2.3",
    languages=("en",),
    policies=POLICIES,
    in_force="default@3",
    scorers=("compact@2",),
    audits=(Audit(DRAW, 11),),
    filters=("a decision",),
    doubled=0.05,
)
AUDITED = replace(DECIDED, inclusion=0.25)
BATCHED = replace(DECIDED, decision=replace(DECISION, via="batch", reasons=()))
ROWS = [DECIDED, AUDITED, BATCHED]
TABLES: dict[Export, Table[Any]] = {
    Export.DECISIONS: DECISIONS,
    Export.LOG: LOG,
    Export.COMMENTS: COMMENTS,
    Export.MENTIONS: mentions_table(["female"]),
    Export.ANNOTATIONS: ANNOTATIONS,
    Export.APPEALS: APPEALS,
}
WRITTEN = ("reviewer", "received_by", "answered_by", "appeal_text", "reply", "text")


def write(folder: Path, records: list[Decided], facts: CardFacts = FACTS) -> str:
    columns = columns_of(DECISIONS, include_text=False)
    write_dataset(
        folder,
        columns,
        rows_of(DECISIONS, records),
        lambda tally: card(facts, columns, tally),
        shard=2,
    )
    return (folder / "README.md").read_text(encoding="utf-8")


def test_rows_leave_in_shards_whose_names_the_card_describes(tmp_path: Path) -> None:
    read = write(tmp_path / "set", ROWS)
    data = sorted(path.name for path in (tmp_path / "set" / "data").iterdir())
    assert data == ["train-00000-of-00002.parquet", "train-00001-of-00002.parquet"]
    tables = [pq.read_table(tmp_path / "set" / "data" / name) for name in data]
    assert [table.num_rows for table in tables] == [2, 1]
    assert tables[0].column("drawn_by").to_pylist() == ["queue", "audit"]
    assert tables[0].column("inclusion_probability").to_pylist() == [None, 0.25]
    front = read.split("---\n")[1]
    assert "configs:\n- config_name: decisions\n  data_files:\n  - split: train\n" in front
    assert "path: data/train-*.parquet" in front
    assert "language:\n- en\n" in front
    assert "size_categories:\n- n<1K\n" in front
    assert "\nlicense:" not in front, "nobody but the owner can state one"


def test_no_rows_leave_as_one_file_with_the_columns(tmp_path: Path) -> None:
    write(tmp_path / "set", [])
    table = pq.read_table(tmp_path / "set" / "data" / "train-00000-of-00001.parquet")
    assert table.num_rows == 0
    assert "inclusion_probability" in table.column_names


def test_a_card_states_the_sampling_design(tmp_path: Path) -> None:
    read = write(tmp_path / "set", ROWS)
    assert "| `audit` | 1 | drawn by chance" in read
    assert "| `batch` | 1 | decided at once" in read
    assert (
        "| 1 | 2026-11-22 | what nothing flagged | 900 | 18 | 11 | `default@2` | `compact@1` |"
    ) in read
    assert "each weighed by 1 / `inclusion_probability`" in " ".join(read.split())
    assert "3 rows, exported 2026-11-22 12:00 UTC by triage 1.2.3." in read
    assert "kept were those with a decision" in read
    assert "| `insult` | 2 |" in read
    without = write(tmp_path / "other", ROWS, replace(FACTS, audits=()))
    assert "No audit was drawn: recall cannot be estimated" in without


def test_a_card_counts_what_a_range_left_to_people_among_the_flagged(tmp_path: Path) -> None:
    own = replace(DRAW, by="policy:default@2", automatic=True)
    ranged = replace(AUDITED, automatic=True)
    read = write(tmp_path / "set", [*ROWS, ranged], replace(FACTS, audits=(Audit(own, 11),)))
    assert "| `range` | 1 | drawn by chance from what reaches a threshold" in read
    assert "| `audit` | 1 | drawn by chance from what nothing flagged" in read
    assert "| 1 | 2026-11-22 | what the policy decides by itself | 900 |" in read


def test_a_card_takes_recall_from_the_flagged_and_the_missed_together(tmp_path: Path) -> None:
    read = " ".join(write(tmp_path / "set", ROWS).split())
    assert "Recall: what of the rejectable was flagged, R / (R + M)." in read
    assert "only where all that was flagged is decided" in read
    assert "and recall: the rows with `drawn_by` = `audit` only" not in read


def test_a_card_has_the_policies_that_rows_and_audits_name_and_the_one_in_force(
    tmp_path: Path,
) -> None:
    read = write(tmp_path / "set", ROWS)
    assert re.findall(r"^\| `(default@\d)`(, in force)?", read, re.MULTILINE) == [
        ("default@1", ""),
        ("default@2", ""),
        ("default@3", ", in force"),
    ]
    assert "insult 0.7 (review)" in read
    assert "Scorers that rows name: `compact@1`." in read


def test_a_card_names_nobody_and_repeats_no_words_from_outside(tmp_path: Path) -> None:
    said = replace(
        DECIDED,
        decision=replace(DECISION, reasons=("Ana Smith | **did** it", "R2"), note="call Ana"),
    )
    read = write(tmp_path / "set", [said])
    for word in ("ana", "bea", "lea", "manners", "smith", "page.txt", "rude"):
        assert not re.search(rf"\b{word}\b", read, re.IGNORECASE), word
    assert "| others | 1 |" in read
    assert "| `R2` | 1 |" in read


@pytest.mark.parametrize(
    ("via", "by", "drawn"),
    [
        ("review", DecidedBy.PERSON, Drawn.QUEUE),
        ("audit", DecidedBy.PERSON, Drawn.QUEUE),
        ("browse", DecidedBy.PERSON, Drawn.CHOICE),
        ("thread", DecidedBy.PERSON, Drawn.CHOICE),
        ("adjudication", DecidedBy.PERSON, Drawn.SECOND_LOOK),
        ("group", DecidedBy.PERSON, Drawn.GROUP),
        ("batch", DecidedBy.PERSON, Drawn.BATCH),
        ("feedback", DecidedBy.CLIENT, Drawn.CLIENT),
        ("review", DecidedBy.POLICY, Drawn.POLICY),
    ],
)
def test_a_row_says_how_its_comment_came_to_be_decided(
    via: str, by: DecidedBy, drawn: Drawn
) -> None:
    decided = replace(DECIDED, decision=replace(DECISION, via=via, decided_by=by))
    assert drawn_by(decided) is drawn
    assert drawn_by(replace(decided, inclusion=0.5)) is Drawn.AUDIT
    assert drawn_by(replace(decided, inclusion=0.5, automatic=True)) is Drawn.RANGE


@pytest.mark.parametrize("what", Export)
def test_every_table_has_a_card_that_tells_what_each_column_means(what: Export) -> None:
    columns = columns_of(TABLES[what], include_text=True)
    read = card(replace(FACTS, what=what), columns, Tally())
    for column in columns:
        said = re.search(rf"^\| `{column.name}` \| \w+ \| (.+) \|$", read, re.MULTILINE)
        assert said is not None, column.name


def test_a_card_of_appeals_speaks_of_appeals() -> None:
    read = card(replace(FACTS, what=Export.APPEALS), APPEALS.columns, Tally())
    assert "| `via` | text | how the appeal came in: api, hand or cli |" in read
    assert all(f"`{name}`" in read.split("Personal data may stand in:")[1] for name in WRITTEN)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    write(tmp_path / "set", ROWS)  # an empty one is as good as none
    with pytest.raises(UsageError, match="name a new folder"):
        write(tmp_path / "set", ROWS)
    with pytest.raises(UsageError, match="cannot write"):
        write(tmp_path / "nowhere" / "set", ROWS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set"]


def test_a_dataset_that_fails_halfway_is_not_there_at_all(tmp_path: Path) -> None:
    def broken() -> object:
        yield {"comment_id": "c"}
        raise KeyError("gone")

    with pytest.raises(KeyError):
        write_dataset(tmp_path / "set", [], broken(), lambda _: "")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_tally_lets_every_row_pass() -> None:
    tally = Tally()
    rows = [{"verdict": "reject", "scorer": "a@1+b@1"}, {"verdict": None, "scorer": "b@1"}]
    assert list(tally.watch(rows)) == rows
    assert (tally.rows, tally.refs("scorer")) == (2, ["a@1", "b@1"])
    assert tally.of("verdict") == {"reject": 1}
