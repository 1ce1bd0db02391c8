"""What is told of a model: is it here, how large, how far verified, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from triage.errors import ScorerError
from triage.scoring.models.card import Card
from triage.scoring.models.catalogue import MODELS
from triage.scoring.models.checkpoint import source_of
from triage.scoring.models.folder import Place, checkpoints, find
from triage.scoring.models.int8 import WRITER, is_current
from triage.scoring.models.pull import partial_folder

__all__ = ["ModelListing", "ModelState", "Verification", "listed", "size_of", "verified"]


class ModelState(StrEnum):
    """What there is of a model on this machine."""

    ABSENT = "not here"
    PARTLY = "partly fetched"
    CHECKPOINT = "not converted"
    CONVERTED = "converted"
    UNUSABLE = "cannot be used"


@dataclass(frozen=True, slots=True)
class ModelListing:
    """A known model as it is listed: `size` in bytes on this disk, `verified` in words.

    `fast` says whether the fast mode's file is here and what it is worth, `note` what is wrong, or
    what need not be there any more.
    """

    name: str
    description: str
    state: ModelState
    folder: Path
    size: int = 0
    verified: str = ""
    fast: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What re-reading every byte of a model found; no problems: it is what its card says.

    `fast` is as in `ModelListing`.
    """

    name: str
    state: ModelState
    verified: str
    problems: tuple[str, ...]
    fast: str = ""


def listed(name: str, models_dir: Path) -> ModelListing:
    """Return the listing of a known model; opens nothing but its card."""
    folder, partial = models_dir / name, partial_folder(name, models_dir)
    state, words, fast, note = ModelState.ABSENT, "", "", ""
    try:
        place = find(name, models_dir)
    except ScorerError as error:
        state, note, place = ModelState.UNUSABLE, str(error), None
    if place is not None and place.card is not None:
        state, words, fast = ModelState.CONVERTED, _words(place.card), _fast(place.card)
        beside = ", ".join(path.name for path in checkpoints(folder))
        note = f"{beside} is not needed any more" if beside else ""
    elif place is not None:
        state = ModelState.CHECKPOINT
    elif partial.is_dir() and state is ModelState.ABSENT:
        state = ModelState.PARTLY
    size = size_of(folder) + size_of(partial)
    return ModelListing(name, MODELS[name].description, state, folder, size, words, fast, note)


def verified(place: Place) -> Verification:
    """Return what re-reading every byte of a model finds."""
    if place.checkpoint is not None:
        source = source_of(place.checkpoint, place.name)
        return Verification(place.name, ModelState.CHECKPOINT, source.verified.words, ())
    words, fast = ("", "") if place.card is None else (_words(place.card), _fast(place.card))
    problems = (*place.problems(), *place.int8_problems())
    return Verification(place.name, ModelState.CONVERTED, words, problems, fast)


def size_of(folder: Path) -> int:
    """Return the bytes of the files in a folder; 0 where there is none."""
    if not folder.is_dir():
        return 0
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def _words(card: Card) -> str:
    """Return how far a checkpoint was verified, in words."""
    trusted = ", unpickled on trust" if card.source.trusted else ""
    return f"{card.source.verified.words}{trusted}"


def _fast(card: Card) -> str:
    """Return what there is for the fast mode, in words."""
    how = f"triage models convert {card.name}"
    if card.int8 is None:
        return f"no int8 file for the fast mode: {how} writes it"
    if not is_current(card):
        return (
            f"int8 file by an older writer ({card.int8.writer}, now {WRITER}): it is used as it "
            f"is; {how} writes it anew"
        )
    return (
        f"int8 file for the fast mode: its scores are off by {card.int8.mean:.4f} on average, "
        f"{card.int8.greatest:.4f} at most"
    )
