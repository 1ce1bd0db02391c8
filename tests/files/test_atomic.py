from __future__ import annotations

from pathlib import Path

import pytest

from triage.errors import UsageError
from triage.files.atomic import atomic_file


def test_the_file_appears_whole_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    with atomic_file(target) as part:
        part.write_text("all of it")
        assert not target.exists()
    assert target.read_text() == "all of it"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError, SystemExit])
def test_an_interruption_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, interruption: type[BaseException]
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")

    def half_way() -> None:
        with atomic_file(target) as part:
            part.write_text("half")
            raise interruption

    with pytest.raises(interruption):
        half_way()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match=r"nowhere.*No such file"),
        atomic_file(tmp_path / "nowhere" / "out.csv"),
    ):
        pass
