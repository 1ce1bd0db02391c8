"""What it takes when a policy decides by itself of everything at once, in portions and in one.

    python benchmarks/automatic_speed.py [--comments 100000] [--portion 5000]

Turns ranges on in an SQLite database of made-up, seeded comments and scores, most of which the
ranges hold, and takes all of it back. Prints seconds of processor time, how long nobody else could
write at most, and the memory that the process had at most by then. A portion as large as the
database is one transaction.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from review_speed import filled
from store_speed import SCORER, policy

from triage.domain.automatic import Automatic
from triage.domain.scores import Label
from triage.store import Store, acts_for
from triage.workbench.acting import permanent

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def timed(what: str, act: Callable[[], Any]) -> Any:
    start = time.process_time()
    found = act()
    took = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:32} {took:7.1f} s   memory up to {memory:,.0f} MB", flush=True)
    return found


class Held:
    """How long a store's only writer was held at most, in seconds of processor time."""

    def __init__(self, store: Store) -> None:
        self.longest = 0.0
        self._write = store._database.write
        store._database.write = self._watched  # type: ignore[method-assign]

    @contextmanager
    def _watched(self) -> Iterator[Any]:
        with self._write() as connection:
            start = time.process_time()
            yield connection
        self.longest = max(self.longest, time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--portion", type=int, default=5_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name) / 'desk.db'}"
        filled(url, asked.comments)
        measured(url, asked.portion)


def measured(url: str, portion: int) -> None:
    seats = dict.fromkeys(Label, f"{SCORER.key}@{SCORER.version}")
    ranges = Automatic({Label.INSULT: 0.7}, approve_to=0.69, scorers=seats)
    wanted = replace(policy(1, 0.7), version=2, automatic=ranges)
    with Store.open(url) as store:
        store.automatic.portion = portion
        seen = timed(
            "what would follow",
            lambda: store.automatic.foresee(wanted, permanent, NOW, many=6, chance=Random(1)),
        )
        held = Held(store)
        acted = timed(
            "turned on, and all decided",
            lambda: store.automatic.turn_on(
                wanted, {}, permanent, NOW, upon=policy(1, 0.7).ref, agreed=seen.acted
            ),
        )
        print(f"{acted}; nobody else could write for {held.longest:.1f} s at most", flush=True)
        timed("nothing left to do", lambda: store.automatic.act(permanent, NOW))
        names = [acts_for(wanted.ref)]
        taken = timed("taken back", lambda: store.decisions.undo_all(names, "lea", NOW))
        print(f"{len(taken):,} decisions taken back; {held.longest:.1f} s at most")


if __name__ == "__main__":
    main()
