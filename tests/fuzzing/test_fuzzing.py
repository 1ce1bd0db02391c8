"""What `python -m tests.fuzzing` rests on: targets that see what may not happen."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.fuzzing import checks
from tests.fuzzing.findings import kept
from tests.fuzzing.targets import TARGETS
from triage.domain.comments import Comment, Thread
from triage.intake import READERS, Reading


def test_every_reader_is_a_target() -> None:
    assert READERS.keys() < TARGETS.keys()


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_of_a_target_show_it_what_it_reads_and_no_fault(name: str) -> None:
    target = TARGETS[name]
    seeds = list(target.seeds())[:6]
    came_of_it = [target.run(seed) for seed in seeds]
    assert any(came_of_it)
    assert target.words
    for seed in seeds[-2:]:
        target.run(seed[: len(seed) // 2])  # cut short


@pytest.mark.parametrize(
    ("comments", "kind"),
    [
        ((Comment("1", "t", "a\x00b"),), "unfit"),
        ((Comment("1", "t", "a", author="\ud800"),), "unfit"),
        ((Comment("1", "t", "a"), Comment("1", "t", "b")), "doubled"),
    ],
)
def test_what_no_store_takes_is_a_fault(comments: tuple[Comment, ...], kind: str) -> None:
    thread = Thread("t", comments=comments)
    with pytest.raises(checks.FaultError, match=kind):
        checks.twice(lambda: [Reading("csv", "", iter([thread]))])


def test_ids_that_differ_at_the_second_reading_are_a_fault() -> None:
    readings = iter("12")

    def read() -> list[Reading]:
        return [
            Reading("csv", "", iter([Thread("t", comments=(Comment(next(readings), "t", "a"),))]))
        ]

    with pytest.raises(checks.FaultError, match="unstable"):
        checks.twice(read)


def test_what_takes_its_time_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_SECONDS", 0.01)

    def slow() -> None:
        end = time.process_time() + 0.02
        while time.process_time() < end:
            pass

    with pytest.raises(checks.FaultError, match="slow"), checks.within_bounds():
        slow()


def test_of_findings_of_one_kind_and_place_the_shortest_is_kept(tmp_path: Path) -> None:
    for data in (b"long", b"s", b"longer"):
        with pytest.raises(checks.FaultError) as caught:
            raise checks.FaultError("slow: 3 s")
        kept(caught.value, data, tmp_path)
    [found] = [path for path in tmp_path.iterdir() if path.suffix != ".why"]
    assert found.read_bytes() == b"s"
