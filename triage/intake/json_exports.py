"""What the readers of JSON exports share: opening one, and telling it by names in its beginning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from triage.domain.comments import Problem, Thread
from triage.files.json_documents import JsonItem, open_json
from triage.intake.gathering import Gatherer
from triage.intake.reader import Contents, ReadOptions, Report, Sample

__all__ = ["JsonReader", "Take"]

Take = Callable[[Gatherer, JsonItem], None]
"""Hands what one object says to the gatherer; what is no comment it passes over."""


@dataclass(frozen=True, slots=True)
class JsonReader:
    """Reads the JSON export of one system.

    `places` are the arrays of its documents, `tells` returns which names in the beginning of a
    file are its own, and `taking` makes, for one file, the function that takes its objects.
    """

    key: str
    name: str
    description: str
    places: tuple[str, ...]
    tells: Callable[[str], str | None]
    taking: Callable[[], Take]
    suffixes: tuple[str, ...] = (".json", ".jsonl", ".ndjson")
    takes: frozenset[str] = frozenset()

    def recognises(self, sample: Sample) -> float:
        """Return how sure it is: surer than a table of JSON, where it finds its own names."""
        begins = sample.text.lstrip("\ufeff \t\n").startswith(("{", "["))
        return 0.95 if begins and self.tells(sample.text) else 0.0

    def read(self, path: Path, options: ReadOptions, report: Report) -> Contents:
        """Open the export; its objects are read with the threads."""
        source = open_json(path, self.places, report)
        found = self.tells(Sample.of(path).text)
        because = f"because it has {found}" if found else "though it has none of its usual names"
        gatherer = Gatherer(
            path, options, report, reader=self.key, zone=UTC, counted=source.counted
        )
        threads = self._threads(source.items, gatherer, path, report)
        return Contents(f"{self.name}, {source.shape}, {because}", threads)

    def _threads(
        self, items: Iterator[JsonItem], gatherer: Gatherer, path: Path, report: Report
    ) -> Iterator[Thread]:
        take = self.taking()
        for item in items:
            take(gatherer, item)
            yield from gatherer.full()
        yield from gatherer.rest()
        if not gatherer.comments:
            report(Problem(path.name, None, "no comments were found in it"))
