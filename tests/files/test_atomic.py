from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from triage.errors import InputError, TriageError, UsageError
from triage.files.atomic import atomic_file


def write(path: Path, text: str = "new") -> None:
    with atomic_file(path) as part:
        part.write_text(text)


@pytest.fixture
def full_disk() -> Iterator[int]:
    """Let no file of this process grow beyond so many bytes, as a full disk would."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, hard))
    yield 65_536
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


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
    with pytest.raises(UsageError, match=r"nowhere.*No such file.*choose another place"):
        write(tmp_path / "nowhere" / "out.csv")


def test_a_full_disk_leaves_the_old_file_and_says_what_to_do(
    tmp_path: Path, full_disk: int
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    with pytest.raises(TriageError, match=r"out\.csv: File too large; make room.*again") as caught:
        write(target, "x" * (full_disk + 1))
    assert not isinstance(caught.value, InputError), "the input is not to blame"
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_goes_meanwhile_is_told_of(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    def half_way() -> None:
        with atomic_file(folder / "out.csv") as part:
            part.unlink()
            folder.rmdir()

    with pytest.raises(TriageError, match=r"out\.csv: No such file"):
        half_way()


def test_trouble_with_another_file_is_not_blamed_on_this_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="other"), atomic_file(tmp_path / "out.csv"):
        (tmp_path / "other").read_text()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="it is a folder"):
        write(tmp_path)


@pytest.mark.parametrize("linked", [False, True])
def test_what_is_no_ordinary_file_is_refused_and_stays_what_it_is(
    tmp_path: Path, linked: bool
) -> None:
    # A pipe stands for devices too: a fault in the code must not cost a machine its /dev/null.
    pipe, link = tmp_path / "pipe", tmp_path / "out.csv"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    with pytest.raises(UsageError, match="no ordinary file"):
        write(link if linked else pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_links_that_lead_round_in_a_circle_are_refused(tmp_path: Path) -> None:
    link = tmp_path / "out.csv"
    link.symlink_to(link)
    with pytest.raises(UsageError, match="symbolic links"):
        write(link)


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_one_and_the_file_it_leads_to_is_written(tmp_path: Path, there: bool) -> None:
    target = tmp_path / "elsewhere" / "real.csv"
    target.parent.mkdir()
    if there:
        target.write_text("old")
    link = tmp_path / "out.csv"
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_an_existing_file_keeps_its_permissions(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    target.chmod(mode)
    with atomic_file(target) as part:
        part.write_text("new")
        assert stat.S_IMODE(part.stat().st_mode) == 0o600, "not readable by more than before"
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "any").touch()
    write(tmp_path / "out.csv")
    assert (tmp_path / "out.csv").stat().st_mode == (tmp_path / "any").stat().st_mode


def test_a_name_as_long_as_names_may_be_can_be_written(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 251 + ".csv")
    write(target)
    assert target.read_text() == "new"
