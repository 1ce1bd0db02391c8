"""From a checkpoint and the base model's files to a folder that needs no pickle: all or nothing."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE

from triage import __version__
from triage.domain.scores import Label
from triage.errors import ScorerError
from triage.scoring.models.building import Loaded, build, load, settings_for
from triage.scoring.models.card import CARD, WEIGHTS, Card, Source, digest_of
from triage.scoring.models.catalogue import MODELS, how_to_get
from triage.scoring.models.checkpoint import Checkpoint, read_checkpoint, source_of
from triage.scoring.models.folder import Place, base_files

__all__ = [
    "STAGED",
    "check_name",
    "convert_in_place",
    "flush",
    "open_model",
    "put_in_place",
    "staging",
    "write_model",
]

STAGED = ".converting-"
"""How the hidden folders begin in which files for a model's own folder are made."""
_FORGOTTEN = 3600  # seconds after which what a killed conversion left behind is swept away


def open_model(place: Place) -> Loaded:
    """Return the model in a folder, converting a checkpoint where it is opened for the first time.

    Of a converted one every file is held against its card, and no pickle is opened. A folder that
    cannot be written stays as it is: its checkpoint is then read each time. Raises ScorerError.
    """
    if (card := place.card_now()) is not None:
        if found := replace(place, card=card).problems():
            raise ScorerError(
                f"detoxify:{place.name} was not loaded: {'; '.join(found)}. Remove it (triage "
                f"models remove {place.name}) and fetch or add it again"
            )
        return load(place.folder, card)
    if place.checkpoint is None:
        raise ScorerError(f"{place.folder} is empty: {how_to_get(place.name, place.folder.parent)}")
    source = source_of(place.checkpoint, place.name)
    checkpoint = read_checkpoint(place.checkpoint)
    check_name(place.name, checkpoint, place.checkpoint)
    try:
        return convert_in_place(place.name, place.folder, checkpoint, source)
    except OSError:  # read-only, full, not ours: the scores are the same
        return build(place.folder, checkpoint, checkpoint.state)


def check_name(name: str, checkpoint: Checkpoint, path: Path) -> None:
    """Raise ScorerError where a checkpoint does not report what the model of this name reports."""
    labels = [one for one in checkpoint.outputs if one in set(Label)]
    if set(labels) != set(MODELS[name].labels):
        raise ScorerError(
            f"{path} reports {', '.join(labels)}: that is not detoxify:{name}. "
            "Move it to the folder of the model it is"
        )


def convert_in_place(name: str, folder: Path, checkpoint: Checkpoint, source: Source) -> Loaded:
    """Convert what lies in a folder; the checkpoint stays beside the converted files.

    Files are moved in one by one, the card last: until it is there, the folder is what it was,
    a checkpoint (at worst its config.json knows the outputs already). Raises OSError where the
    folder cannot be written.
    """
    with staging(folder, STAGED) as stage:
        loaded = write_model(
            stage, name, checkpoint, source, base_files(folder), came_as=_came_as(folder)
        )
        moved = [path for path in stage.iterdir() if path.name in {WEIGHTS, "config.json"}]
        (folder / CARD).unlink(missing_ok=True)
        for path in [*moved, stage / CARD]:
            path.replace(folder / path.name)
    return loaded


def write_model(
    folder: Path,
    name: str,
    checkpoint: Checkpoint,
    source: Source,
    base: Sequence[Path],
    *,
    came_as: Mapping[str, str] | None = None,
) -> Loaded:
    """Write a converted model into an empty folder, and return it built from what is there.

    Only the weights come from memory: Windows moves no file that is open. `base` are the base
    model's settings and tokenizer files, `came_as` the digests that some of them had before an
    earlier conversion. Raises ScorerError where no whole model comes of it, OSError where it
    cannot be written.
    """
    taken = {path.name: (came_as or {}).get(path.name) or digest_of(path) for path in base}
    for path in base:
        shutil.copyfile(path, folder / path.name)
    _write_settings(folder / "config.json", checkpoint, MODELS[name].base)
    _write_weights(folder / WEIGHTS, checkpoint, source)
    # safetensors keeps its files to their owner; a models folder may be shared.
    (folder / WEIGHTS).chmod(S_IMODE((folder / "config.json").stat().st_mode))
    files = sorted([*taken, WEIGHTS])
    for file in files:
        flush(folder / file)
    card = Card(
        name=name,
        base=checkpoint.base,
        architecture=checkpoint.architecture,
        tokenizer=checkpoint.tokenizer,
        outputs=checkpoint.outputs,
        files={file: digest_of(folder / file) for file in files},
        base_files=taken,
        source=source,
        converted_at=datetime.now(UTC).replace(microsecond=0),
        converted_by=f"triage {__version__}",
    )
    (folder / CARD).write_text(card.to_json(), encoding="utf-8")
    flush(folder / CARD)
    loaded = build(folder, card, checkpoint.state)
    _try_out(loaded, card.base)
    return loaded


def _write_settings(path: Path, checkpoint: Checkpoint, base: str) -> None:
    """Write the outputs of a model into the settings of its base model, which lie at `path`."""
    try:
        written = settings_for(path.read_bytes(), checkpoint.architecture, checkpoint.outputs)
    except FileNotFoundError as error:
        raise ScorerError(
            f"config.json is missing: the config and tokenizer files of {base} belong beside the "
            "checkpoint, or name the folder that holds them with --base"
        ) from error
    except ValueError as error:
        raise ScorerError(f"config.json of {base} is no JSON: {error}") from error
    path.write_bytes(written)


def _write_weights(path: Path, checkpoint: Checkpoint, source: Source) -> None:
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    try:
        save_file(dict(checkpoint.state), path, metadata={"format": "pt"})
    except SafetensorError as error:  # its way of saying that the disk is full
        raise OSError(str(error)) from error
    except RuntimeError as error:  # tensors that share their memory
        raise ScorerError(f"{source.name} holds weights that overlap: {error}") from error


def _came_as(folder: Path) -> dict[str, str]:
    """Return the digests that the base model's files had before this folder was converted."""
    if not (folder / CARD).exists():
        return {}
    card = Card.read(folder)
    return {
        file: digest
        for file, digest in card.base_files.items()
        if (folder / file).is_file() and digest_of(folder / file) == card.files.get(file)
    }


def put_in_place(stage: Path, folder: Path) -> None:
    """Give a staged folder its name. Raises ScorerError where something has taken it meanwhile."""
    try:
        with suppress(FileNotFoundError):
            folder.rmdir()  # an empty one may be there
        stage.rename(folder)
    except OSError as error:
        raise ScorerError(f"{folder} cannot be put in place: {error.strerror}") from error


@contextmanager
def staging(parent: Path, prefix: str) -> Iterator[Path]:
    """Yield an empty, hidden folder in `parent`; it is gone afterwards unless it was renamed.

    Sweeps away what was left behind by a process that was killed. Raises OSError where no folder
    can be made.
    """
    for old in parent.glob(f"{prefix}*"):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > _FORGOTTEN:
                shutil.rmtree(old)
    stage = parent / f"{prefix}{token_hex(4)}"
    stage.mkdir()
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _try_out(loaded: Loaded, base: str) -> None:
    """Rate one word. Raises ScorerError where settings, vocabulary and weights do not fit."""
    import torch

    try:
        with torch.inference_mode():
            outputs = loaded.model(**loaded.tokenizer("word", return_tensors="pt"))[0]
    except Exception as error:  # an id beyond the embeddings, a setting that was never meant
        raise ScorerError(
            f"weights, settings and vocabulary do not fit each other ({error!r}): the config and "
            f"tokenizer files of {base} belong beside the weights"
        ) from error
    if tuple(outputs.shape) != (1, len(loaded.outputs)):
        raise ScorerError(f"the model does not return {len(loaded.outputs)} outputs")


def flush(path: Path) -> None:
    """Have a file's bytes on the disk before its name says that they are."""
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())
