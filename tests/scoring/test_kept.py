"""What is kept beside an output: all of it comes back, and a foreign file is never touched."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.domain.comments import text_digest
from triage.domain.scores import Label, Scores, ToxicSpan
from triage.errors import UsageError
from triage.scoring.kept import keeping, place_beside

A, B, C = (text_digest(text) for text in "abc")
SCORES = Scores({Label.INSULT: 0.1})
UNIT = st.floats(0, 1)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "out.csv"


def leave(output: Path, **said: Scores) -> None:
    """Keep scores by the scorer `s@1`, in a run that stops."""
    with suppress(KeyboardInterrupt), keeping(output) as kept:
        kept.save("s@1", {text_digest(text): one for text, one in said.items()})
        raise KeyboardInterrupt


@settings(deadline=None, max_examples=40)
@given(
    st.dictionaries(st.sampled_from(list(Label)), UNIT, min_size=1),
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9), UNIT), max_size=3),
    st.dictionaries(st.sampled_from(["female", "male"]), UNIT),
    st.booleans(),
)
def test_scores_come_back_to_the_last_digit(
    tmp_path_factory: pytest.TempPathFactory,
    values: dict[Label, float],
    marks: list[tuple[int, int, float]],
    mentions: dict[str, float],
    rough: bool,
) -> None:
    spans, end = [], 0
    for gap, length, weight in marks:
        spans.append(ToxicSpan(end + gap, end + gap + length, weight))
        end += gap + length
    where = {next(iter(values)): (3, 7)}
    scores = Scores(values, spans=tuple(spans), where=where, mentions=mentions, rough=rough)
    output = tmp_path_factory.mktemp("kept") / "out.csv"
    leave(output, a=scores)
    with keeping(output) as kept:
        assert kept.said("s@1", [A, B]) == {A: scores}
        assert kept.said("s@2", [A]) == {}


@pytest.mark.parametrize("reason", ["empty text", ""])
def test_a_reason_for_no_scores_comes_back(output: Path, reason: str) -> None:
    leave(output, a=Scores(not_scored=reason))
    with keeping(output) as kept:
        assert kept.said("s@1", [A]) == {A: Scores(not_scored=reason)}


def test_what_was_put_off_is_known_to_its_own_run_only(output: Path) -> None:
    later = Scores(not_scored="spent", later=True)
    with keeping(output) as kept:
        kept.save("s@1", {A: SCORES, B: later, C: later})
        assert kept.said("s@1", [A, B]) == {A: SCORES, B: later}
        assert kept.put_off() == (2, "spent")
    with keeping(output) as kept:
        assert kept.said("s@1", [A, B]) == {A: SCORES}
        assert kept.put_off() == (0, "")
    assert not place_beside(output).exists()


def test_wanted_texts_count_once_and_as_rated_when_every_scorer_rated_them(output: Path) -> None:
    with keeping(output) as kept:
        kept.want([A, B])
        kept.want([B, C])
        kept.save("s@1", {A: SCORES, B: SCORES})
        kept.save("s@2", {A: SCORES})
        assert kept.counts(["s@1"]) == (2, 1)
        assert kept.counts(["s@1", "s@2"]) == (1, 2)
        assert kept.counts(["s@3"]) == (0, 3)


def test_the_file_is_for_its_owner_alone_and_holds_no_text(output: Path) -> None:
    leave(output, secret=SCORES)
    path = place_beside(output)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"secret" not in path.read_bytes()


@pytest.mark.parametrize(
    "content", [b"my notes", b"SQLite format 3\0" + b"\xff" * 5_000], ids=["text", "damaged"]
)
def test_a_file_of_somebody_else_is_refused_and_left_alone(output: Path, content: bytes) -> None:
    path = place_beside(output)
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is in the way"), keeping(output):
        pass
    assert path.read_bytes() == content


def test_a_database_of_somebody_else_is_refused_even_if_it_is_marked_as_ours(output: Path) -> None:
    leave(output, a=SCORES)
    with closing(sqlite3.connect(place_beside(output))) as connection:
        connection.execute("CREATE TRIGGER t AFTER INSERT ON score BEGIN DELETE FROM scorer; END")
    with pytest.raises(UsageError, match="is in the way"), keeping(output):
        pass


def test_a_row_that_nobody_here_wrote_is_as_good_as_none(output: Path) -> None:
    leave(output, a=SCORES, b=SCORES, c=SCORES)
    with closing(sqlite3.connect(place_beside(output))) as connection:
        for digest, said in (
            (A, '{"values": {"insult": 7}}'),
            (B, '[["nested", ' * 3),
            (C, '{"values": {"rude": 0.5}}'),
        ):
            connection.execute(
                "UPDATE score SET said = ? WHERE digest = ?", (said, bytes.fromhex(digest))
            )
        connection.commit()
    with keeping(output) as kept:
        assert kept.said("s@1", [A, B, C]) == {}


def test_a_link_is_not_followed(output: Path, tmp_path: Path) -> None:
    place_beside(output).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is in the way"), keeping(output):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_a_second_run_for_the_same_output_is_told_to_wait(output: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from triage.scoring.kept import keeping\n"
        "with keeping(Path(sys.argv[1])): pass"
    )
    with keeping(output) as kept:
        kept.save("s@1", {A: SCORES})
        other = subprocess.run(
            [sys.executable, "-c", program, output],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "is in use: another `triage rate`" in other.stderr
        assert kept.said("s@1", [A]) == {A: SCORES}


def test_a_folder_that_is_not_there_is_told_of_before_any_work(tmp_path: Path) -> None:
    output = tmp_path / "nowhere" / "out.csv"
    with pytest.raises(UsageError, match=r"cannot write .*choose another place"), keeping(output):
        pass
