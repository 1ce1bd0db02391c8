"""The concrete parts are built once, whoever asks first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from triage.settings import Settings
from triage.workbench import Workbench


def test_threads_that_ask_first_at_once_get_the_same_database(tmp_path: Path) -> None:
    bench = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}"))
    together = threading.Barrier(4)

    def ask(_: int) -> int:
        together.wait()
        return id(bench.store)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(4)))) == 1
    assert bench.policy().ref == "default@1"
    bench.close()
