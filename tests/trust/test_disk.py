"""A disk that is full, and one that may only be read: said plainly, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_APART = ("unshare", "--user", "--map-root-user", "--mount")


def _may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    mount = [*_APART, "mount", "-t", "tmpfs", "-o", "size=64k", "none", "/mnt"]
    return subprocess.run(mount, capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not _may_mount(), reason="needs a disk of its own to fill")


def _on_a_disk(place: Path, script: str) -> None:
    """Run a script with a disk of 3 MB mounted on `place`, in a process that may remount it."""
    mount = f"mount -t tmpfs -o size=3m none {place} && exec {sys.executable} -c '{script}'"
    run = subprocess.run(
        [*_APART, "sh", "-c", mount],
        cwd=_ROOT,
        env=os.environ | {"PLACE": str(place), "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr


_BEGIN = """
import os, subprocess
from pathlib import Path
from tests.trust.acts import ACTS, check_sound, opened, refused
place = Path(os.environ["PLACE"])
act = {one.name: one for one in ACTS}[NAME]
def remounted(how):
    subprocess.run(["mount", "-o", "remount," + how, str(place)], check=True)
def fill():
    with (place / "ballast").open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)) == 4096:
                pass
        except OSError:
            pass
said = []
"""


@pytest.mark.parametrize("act", ["import", "decisions"])
def test_a_full_disk_is_said_and_what_was_acknowledged_stays(tmp_path: Path, act: str) -> None:
    script = (
        _BEGIN.replace("NAME", f'"{act}"')
        + """
act.prepare(place)
with opened(place):  # by a dashboard, say, when it fills up
    fill()
    assert "the disk is full" in refused(lambda: act.work(place, said.append))
assert "full" in refused(lambda: act.work(place, said.append))
(place / "ballast").unlink()
check_sound(place)
act.check(place, [str(one) for one in said])
remounted("size=64m")
act.work(place, lambda fact: None)
act.check_done(place)
"""
    )
    _on_a_disk(tmp_path, script)


@pytest.mark.parametrize("act", ["import", "decisions"])
def test_a_disk_that_may_only_be_read_is_said_to_be_no_good(tmp_path: Path, act: str) -> None:
    script = (
        _BEGIN.replace("NAME", f'"{act}"')
        + """
remounted("size=64m")
act.prepare(place)
remounted("ro")
assert "may be written to" in refused(lambda: act.work(place, said.append))
assert not said
remounted("rw")
check_sound(place)
act.work(place, lambda fact: None)
act.check_done(place)
"""
    )
    _on_a_disk(tmp_path, script)
