"""What lies in a model's folder, told without loading it: nothing, a checkpoint, or a model."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from triage.errors import ScorerError
from triage.scoring.models.card import CARD, INT8, WEIGHTS, Card, digest_of

__all__ = ["Place", "base_files", "checkpoints", "find"]

_BASE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,90}\.(json|txt|model)")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with a model in it: converted, with its card, or still a checkpoint."""

    name: str
    folder: Path
    card: Card | None = None
    checkpoint: Path | None = None

    def digest(self) -> str:
        """Return the SHA-256 (hex) over the checkpoint and the base model's files as they came.

        The base model's settings and vocabulary change scores as much as the weights do. A
        conversion changes neither, so the digest stays the same. Of a converted model nothing but
        the card is read: its files are held against the card when they are loaded.
        """
        whole = sha256()
        for file, part in self._parts():
            whole.update(f"{file}\0{part}\n".encode())
        return whole.hexdigest()

    def card_now(self) -> Card | None:
        """Return the card, also one that came since the place was found: somebody converted it."""
        if self.card is None and (self.folder / CARD).exists():
            return Card.read(self.folder)
        return self.card

    def _parts(self) -> Iterator[tuple[str, str]]:
        if (card := self.card_now()) is not None:
            yield "", card.source.sha256
            yield from sorted(card.base_files.items())
        elif self.checkpoint is not None:
            yield "", digest_of(self.checkpoint)
            for path in base_files(self.folder):
                yield path.name, digest_of(path)

    def problems(self, *, but: Collection[str] = ()) -> list[str]:
        """Return what in a converted folder is not as its card says; reads every byte.

        A file that came later counts too: a tokenizer reads what it finds. The graph in int8 is
        not looked at (see `int8_problems`), nor are the files named in `but`.
        """
        if self.card is None:
            return [f"{self.folder} is not converted"]
        found = []
        for file, digest in self.card.files.items():
            if file not in but:
                found += _differing(self.folder / file, digest)
        return found + [
            f"{path} came after the conversion: no card names it"
            for path in base_files(self.folder)
            if path.name not in self.card.files
        ]

    def int8_problems(self) -> list[str]:
        """Return what is wrong with the graph in int8, if the card names one; reads every byte."""
        if self.card is None or self.card.int8 is None:
            return []
        return _differing(self.folder / INT8, self.card.int8.sha256)

    def problems_of_fast_mode(self) -> list[str]:
        """Return what in the files that the fast mode reads is not as the card says."""
        return self.problems(but=(WEIGHTS,)) + self.int8_problems()


def find(name: str, models_dir: Path | None) -> Place | None:
    """Return where a model lies, None where it does not; opens the card at most.

    Raises ScorerError for a card that cannot be used, and where it is not clear which checkpoint
    is meant.
    """
    if models_dir is None:
        return None
    folder = models_dir / name
    found = checkpoints(folder)
    if (folder / CARD).exists():
        card = Card.read(folder)
        if card.name != name:
            raise ScorerError(
                f"{folder} holds {card.name}: that is not detoxify:{name}. Move it to "
                f"{models_dir / card.name}"
            )
        for path in found:
            if (path.name, path.stat().st_size) != (card.source.name, card.source.size):
                raise ScorerError(
                    f"{folder} was converted from {card.source.name}, and {path.name} beside it is "
                    f"another checkpoint: run `triage models convert {path}` to use it, or remove "
                    "it"
                )
        return Place(name, folder, card=card)
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise ScorerError(f"{folder} holds more than one checkpoint ({names}): leave one there")
    return Place(name, folder, checkpoint=found[0]) if found else None


def _differing(path: Path, digest: str) -> list[str]:
    if not path.is_file():
        return [f"{path} is missing"]
    if digest_of(path) != digest:
        return [f"{path} is not the file that its card names: its digest differs"]
    return []


def checkpoints(folder: Path) -> list[Path]:
    """Return the checkpoints in a folder, by name."""
    return sorted(path for path in folder.glob("*.ckpt") if path.is_file())


def base_files(folder: Path) -> list[Path]:
    """Return the files in a folder that a base model's settings or tokenizer may be in, by name."""
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise ScorerError(f"{folder} cannot be read: {error.strerror}") from error
    return [
        path
        for path in inside
        if _BASE.fullmatch(path.name) and path.name != CARD and path.is_file()
    ]
