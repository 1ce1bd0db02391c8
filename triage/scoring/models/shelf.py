"""The models folder: what is in it, and how models come into it, are checked, and leave it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from triage.errors import ScorerError, UsageError
from triage.scoring.models.building import load, packages_missing
from triage.scoring.models.card import CARD, INT8, Card, digest_of
from triage.scoring.models.catalogue import (
    MODELS,
    OFFICIAL,
    Origin,
    known_model,
    recognise,
)
from triage.scoring.models.checkpoint import (
    Checkpoint,
    CodeInCheckpointError,
    check_expected,
    read_checkpoint,
    source_of,
)
from triage.scoring.models.conversion import (
    check_name,
    convert_in_place,
    put_in_place,
    staging,
    write_model,
)
from triage.scoring.models.fetch import Told
from triage.scoring.models.folder import Place, base_files, checkpoints, find
from triage.scoring.models.int8 import is_current, write_int8
from triage.scoring.models.listing import (
    ModelListing,
    ModelState,
    Verification,
    listed,
    size_of,
    verified,
)
from triage.scoring.models.pull import fetch_all, partial_folder
from triage.scoring.models.trials import forget
from triage.scoring.models.trusted import read_trusted

__all__ = ["Shelf"]

# From a folder that may hold anything else, only what some base model's files are called is taken.
_TAKEN = frozenset({"special_tokens_map.json", "added_tokens.json"}).union(
    *(known.base_files for known in MODELS.values())
)


_ANOTHER_PLACE = "Make room, or name a folder that you may write to in TRIAGE_MODELS_DIR"


class Shelf:
    """A folder with one folder per model. Every verb raises TriageError with what to do next.

    What `add`, `pull` and `convert` put there is whole or not there at all, whenever they stop.
    """

    def __init__(
        self,
        models_dir: Path,
        origin: Origin = OFFICIAL,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.models_dir = models_dir
        self._origin = origin
        self._pause = pause

    def entries(self) -> list[ModelListing]:
        """Return every known model, here or not; opens nothing but cards."""
        return [listed(name, self.models_dir) for name in MODELS]

    def add(
        self,
        path: Path,
        *,
        name: str | None = None,
        base: Path | None = None,
        sha256: str | None = None,
    ) -> Card:
        """Take a model from a disk: a checkpoint, the folder of one, or a converted folder.

        `name` says which model it is where its classes do not; `base` is the folder of the base
        model's config and tokenizer files, if they do not lie beside the checkpoint; `sha256` is
        the digest that the checkpoint must have. Nothing in it is executed: one that only a pickle
        can read is refused. Returns the card.
        """
        _check_packages()
        if name is not None:
            known_model(name)
        if (path / CARD).is_file():
            return self._add_converted(path, name)
        return self._add_checkpoint(_checkpoint_in(path), name, base, sha256, trust=False)

    def pull(
        self, name: str, *, sha256: str | None = None, on_progress: Told | None = None
    ) -> Card:
        """Fetch a model from Detoxify's releases and the hub, and convert it.

        Goes on where an earlier pull stopped. A model that is here already is not fetched again.
        Returns the card.
        """
        known = known_model(name)
        _check_packages()
        place = find(name, self.models_dir)
        if place is not None and place.card is not None:
            return place.card
        self._check_free(name)
        partial = partial_folder(name, self.models_dir)
        try:
            path = fetch_all(
                known, partial, self._origin, on_progress=on_progress, pause=self._pause
            )
        except OSError as error:
            raise ScorerError(
                f"{partial} cannot be written: {error.strerror}. {_ANOTHER_PLACE}"
            ) from error
        try:
            card = self._add_checkpoint(path, name, partial, sha256, trust=False)
        except CodeInCheckpointError:
            raise  # all is whole: a person may want to trust it
        except ScorerError as error:  # the next pull must not try the same bytes again
            for file in known.base_files:
                (partial / file).unlink(missing_ok=True)
            if not isinstance(error.__cause__, OSError):  # a full disk is not the file's fault
                path.unlink(missing_ok=True)
            raise
        shutil.rmtree(partial, ignore_errors=True)
        return card

    def convert(
        self,
        what: str,
        *,
        trust: bool = False,
        name: str | None = None,
        base: Path | None = None,
        sha256: str | None = None,
        fast: bool = True,
    ) -> Card:
        """Convert a model that is here by its name, or any checkpoint by its file.

        With `trust`, a checkpoint that only a pickle can read is unpickled, which RUNS ITS CODE,
        in a process of its own. With `fast`, the int8 file of the fast mode is written too, unless
        one that is whole and of today's kind is there. Returns the card.
        """
        card = self._convert(what, trust=trust, name=name, base=base, sha256=sha256)
        return self._with_int8(card) if fast else card

    def _convert(
        self, what: str, *, trust: bool, name: str | None, base: Path | None, sha256: str | None
    ) -> Card:
        _check_packages()
        path = self._unconverted(what) if what in MODELS else Path(what)
        if path is None:
            return Card.read(self.models_dir / what)
        if not path.is_file():
            raise UsageError(
                f"{what} is neither a file nor a model; known are: {', '.join(MODELS)}"
            )
        if name is not None:
            known_model(name)
        own = what if what in MODELS else self._owner(path)
        if own is None:
            return self._add_checkpoint(path, name, base, sha256, trust=trust)
        if name not in {None, own} or base is not None:
            raise UsageError(
                f"{path} is in the folder of {own}, with its config and tokenizer files: --as and "
                "--base are for a checkpoint elsewhere"
            )
        return self._convert_here(path, own, sha256, trust=trust)

    def verify(self, name: str | None = None) -> list[Verification]:
        """Hash every file of one model, or of all that are here, and hold it against the card."""
        if name is not None:
            known_model(name)
        found = []
        for one in MODELS if name is None else (name,):
            try:
                place = find(one, self.models_dir)
            except ScorerError as error:
                found.append(Verification(one, ModelState.UNUSABLE, "", (str(error),)))
                continue
            if place is not None:
                found.append(verified(place))
            elif name is not None:
                raise UsageError(f"{name} is not in {self.models_dir}: see triage models list")
        return found

    def remove(self, name: str) -> int:
        """Delete a model's folder with all that is in it, and what a pull began; return the bytes.

        Of a folder that is a link only the link goes, which frees nothing. Raises UsageError where
        there is neither.
        """
        known_model(name)
        folder, partial = self.models_dir / name, partial_folder(name, self.models_dir)
        there = [path for path in (folder, partial) if path.is_dir()]
        if not there:
            raise UsageError(f"{name} is not in {self.models_dir}: see triage models list")
        size = sum(size_of(path) for path in there if not path.is_symlink())
        try:
            for path in there:
                if path.is_symlink():
                    path.unlink()
                    continue
                gone = self.models_dir / f".{name}.{token_hex(4)}.gone"
                path.rename(gone)  # at once: half a folder never looks like one
            for gone in self.models_dir.glob(f".{name}.*.gone"):
                shutil.rmtree(gone)
            forget(name, self.models_dir)
        except OSError as error:
            raise ScorerError(
                f"{folder} cannot be removed: {error.strerror}. Whoever may write to "
                f"{self.models_dir} can remove it"
            ) from error
        return size

    def _with_int8(self, card: Card) -> Card:
        """Write the int8 file of a converted model where it is missing, damaged or older."""
        folder = self.models_dir / card.name
        if is_current(card) and not Place(card.name, folder, card=card).int8_problems():
            return card
        try:
            return write_int8(folder)
        except (OSError, ScorerError) as error:
            raise ScorerError(
                f"{card.name} is converted, but got no int8 file for the fast mode: {error}. The "
                "exact mode needs none (--no-fast)"
            ) from error

    def _convert_here(self, path: Path, name: str, sha256: str | None, *, trust: bool) -> Card:
        """Convert a checkpoint in the folder of the model that it is, unless that is done.

        Where the caller knows the digest, or trusts the file, it is done anew: the card says so.
        """
        folder = self.models_dir / name
        check_expected(path, sha256)
        if sha256 is None and not trust and (card := _made_from(path, name, folder)) is not None:
            return card
        with self._read(path, trust=trust) as checkpoint:
            check_name(name, checkpoint, path)
            source = source_of(path, name, expected=sha256 is not None, trusted=trust)
            try:
                convert_in_place(name, folder, checkpoint, source)
            except OSError as error:
                raise ScorerError(
                    f"{folder} cannot be written: {error}. {_ANOTHER_PLACE}"
                ) from error
        return Card.read(folder)

    def _owner(self, path: Path) -> str | None:
        """Return the model in whose folder a file lies."""
        parent = path.parent.resolve()
        return next((one for one in MODELS if (self.models_dir / one).resolve() == parent), None)

    def _add_converted(self, path: Path, name: str | None) -> Card:
        card = Card.read(path)
        if name not in {None, card.name}:
            raise UsageError(f"{path} holds {card.name}, not {name}")
        if found := _all_problems(Place(card.name, path, card=card)):
            raise ScorerError(f"{path} was not added: {'; '.join(found)}")
        self._check_free(card.name)
        with self._stage(card.name) as stage:
            for file in (*card.files, *([INT8] if card.int8 else ()), CARD):
                shutil.copyfile(path / file, stage / file)
            if found := _all_problems(Place(card.name, stage, card=card)):
                raise ScorerError(f"{path} changed while it was copied: {'; '.join(found)}")
            load(stage, card)
            put_in_place(stage, self.models_dir / card.name)
        return card

    def _add_checkpoint(
        self, path: Path, name: str | None, base: Path | None, sha256: str | None, *, trust: bool
    ) -> Card:
        if name is not None:
            self._check_free(name)
        check_expected(path, sha256)
        with self._read(path, trust=trust) as checkpoint:
            found = name or recognise(checkpoint.architecture, checkpoint.outputs)
            if found is None:
                raise UsageError(
                    f"{path} is a {checkpoint.architecture} that reports "
                    f"{', '.join(checkpoint.outputs)}: none of Detoxify's models is that. Name the "
                    f"one that it stands for with --as ({', '.join(MODELS)})"
                )
            check_name(found, checkpoint, path)
            self._check_free(found)
            source = source_of(path, found, expected=sha256 is not None, trusted=trust)
            files = [one for one in base_files(base or path.parent) if one.name in _TAKEN]
            with self._stage(found) as stage:
                write_model(stage, found, checkpoint, source, files)
                put_in_place(stage, self.models_dir / found)
        return Card.read(self.models_dir / found)

    @contextmanager
    def _read(self, path: Path, *, trust: bool) -> Iterator[Checkpoint]:
        """Yield what is in a checkpoint. Trusted ones are read in a folder that is gone after."""
        if not trust:
            yield read_checkpoint(path)
            return
        with self._stage("trusted") as stage:
            yield read_trusted(path, stage)

    @contextmanager
    def _stage(self, name: str) -> Iterator[Path]:
        """Yield a hidden folder beside the models.

        Raises ScorerError where nothing can be written.
        """
        try:
            self.models_dir.mkdir(parents=True, exist_ok=True)
            with staging(self.models_dir, f".{name}.part-") as stage:
                yield stage
        except OSError as error:
            raise ScorerError(
                f"{self.models_dir} cannot be written ({error}). {_ANOTHER_PLACE}"
            ) from error

    def _check_free(self, name: str) -> None:
        """Raise UsageError where a folder that is not empty has a model's name."""
        folder = self.models_dir / name
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(
                f"{folder} is there already: use it (triage models convert {name}), or remove it "
                f"first (triage models remove {name})"
            )

    def _unconverted(self, name: str) -> Path | None:
        """Return the checkpoint in a model's folder that is to be converted; None: there is none.

        Beside a converted model it is the one that the model was not converted from. Raises
        UsageError where nothing is there, or more than one.
        """
        folder = self.models_dir / name
        found, converted = checkpoints(folder), (folder / CARD).exists()
        if converted and len(found) > 1:
            found = [path for path in found if path.name != Card.read(folder).source.name]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(path.name for path in found)
            raise UsageError(f"{folder} holds more than one checkpoint ({names}): name the file")
        if not converted:
            raise UsageError(f"{name} is not in {self.models_dir}: see triage models list")
        return None


def _all_problems(place: Place) -> list[str]:
    return place.problems() + place.int8_problems()


def _made_from(path: Path, name: str, folder: Path) -> Card | None:
    """Return the card of a folder that was converted from this checkpoint and is whole."""
    try:
        card = Card.read(folder)
    except ScorerError:  # there is none, or none that can be used
        return None
    if (card.name, card.source.name) != (name, path.name):
        return None
    if Place(name, folder, card=card).problems() or card.source.sha256 != digest_of(path):
        return None
    return card


def _check_packages() -> None:
    if missing := packages_missing():
        raise ScorerError(
            f"install {', '.join(missing)} first: pip install 'triage-workbench[detoxify]'"
        )


def _checkpoint_in(path: Path) -> Path:
    """Return the checkpoint that a path leads to. Raises UsageError where it does not to one."""
    if path.is_file():
        return path
    if not path.is_dir():
        raise UsageError(f"there is no file or folder {path}")
    found = checkpoints(path)
    if not found:
        raise UsageError(
            f"{path} holds no checkpoint (*.ckpt) and no converted model ({CARD}): name the folder "
            "that does, or the file"
        )
    if len(found) > 1:
        raise UsageError(f"{path} holds {len(found)} checkpoints (*.ckpt): name the file")
    return found[0]
