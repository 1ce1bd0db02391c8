"""Verbs for long work in the background: one run at a time, which everybody can follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from triage.workbench.intake import ImportReport
from triage.workbench.parts import Tick
from triage.workbench.previewing import Previewing
from triage.workbench.runs import Run, Runs, ToImport
from triage.workbench.scoring import ScoreReport, Scoring

__all__ = ["Running"]


class Running(Previewing, Scoring):
    """Comments are imported and scored while people go on with other things."""

    @cached_property
    def _runs(self) -> Runs:
        return Runs(self._import_one, self._score_as_before)

    def start_run(
        self,
        files: Sequence[ToImport] = (),
        *,
        rate: bool = True,
        on_end: Callable[[], object] | None = None,
    ) -> Run:
        """Begin to import these files and to score what has no scores; return at once.

        They are scored by the scorers in use, so that no text is scored anew. Raises ConflictError
        while another run is at work.
        """
        return self._runs.start(files, rate=rate, on_end=on_end)

    def run(self) -> Run | None:
        """Return the run at work, else the last one of this process."""
        return self._runs.last

    def stop_run(self) -> None:
        """Ask the run at work to end with what is at hand; what it did is kept."""
        self._runs.stop()

    def wait_for_run(self, seconds: float | None = None) -> Run | None:
        """Wait until the run at work is over, or for so long; return it."""
        self._runs.wait(seconds)
        return self._runs.last

    def close(self) -> None:
        """End the run at work, then close as before."""
        if "_runs" in self.__dict__:
            self._runs.close()
        super().close()

    def _import_one(self, one: ToImport, tick: Tick) -> ImportReport:
        return self.import_file(one.path, **one.options, on_progress=tick)

    def _score_as_before(self, tick: Tick | None) -> ScoreReport:
        """Score by the panel in force, or by what is chosen before there is one."""
        in_use = dict.fromkeys(key for key, _ in self.store.panel.get().values())
        return self.score(tuple(in_use), on_progress=tick)
