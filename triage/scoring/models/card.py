"""The card of a converted model: what it is, which files it consists of, where it came from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import file_digest
from pathlib import Path
from typing import Any

from triage.domain.checks import check_aware, check_digest, check_named, check_unit
from triage.domain.scores import Label
from triage.errors import ScorerError
from triage.scoring.models.catalogue import ARCHITECTURES, MODELS

__all__ = [
    "CARD",
    "INT8",
    "WEIGHTS",
    "Card",
    "Int8",
    "Source",
    "Verified",
    "check_outputs",
    "digest_of",
]

CARD = "model.json"
WEIGHTS = "model.safetensors"
INT8 = "model.int8.onnx"
_FORMAT = 1
_LARGEST = 1 << 20  # characters that are read; a card has two thousand
_NO_CARD = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_OUTPUT = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Verified(StrEnum):
    """What is known of a checkpoint's bytes beyond their digest.

    Detoxify's `convert_weights.py` saves a file, takes its SHA-256, and saves once more under a
    name that ends in the first eight digits. A file of torch holds its own name, so the second
    one has another digest than the one it is named by: an official file whose name does not match
    is no damaged one for that alone. Where the digits do match, damage is ruled out.
    """

    SHA256 = "sha256"  # all of the digest that the caller gave
    NAME = "name"  # the digits in the official file name
    MISMATCH = "digest in the name does not match"
    NOT = "not verified"

    @property
    def words(self) -> str:
        """How it is said to a person."""
        if self is Verified.SHA256:
            return "verified by the digest that was given"
        return "verified by the digest in its name" if self is Verified.NAME else self.value


@dataclass(frozen=True, slots=True)
class Source:
    """The checkpoint that a model was converted from. `trusted`: its own code was run for it."""

    name: str
    sha256: str
    size: int
    verified: Verified
    trusted: bool = False

    def __post_init__(self) -> None:
        check_digest("a checkpoint's digest", self.sha256)


@dataclass(frozen=True, slots=True)
class Int8:
    """The graph in int8 beside the weights, which the fast mode runs.

    `writer` numbers the code that wrote it, `texts` is the SHA-256 of those that it was fitted to.
    `mean` and `greatest` are how far its scores were from those of the weights, on texts kept
    apart. Within `margin` of a threshold its scores are not relied upon.
    """

    sha256: str
    writer: str
    texts: str
    mean: float
    greatest: float
    margin: float
    made_by: str

    def __post_init__(self) -> None:
        check_digest(f"the digest of {INT8}", self.sha256)
        check_digest("the digest of the texts", self.texts)
        check_named("the number of its writer", self.writer)
        for name in ("mean", "greatest", "margin"):
            check_unit(f"{name} of {INT8}", getattr(self, name))


@dataclass(frozen=True, slots=True)
class Card:
    """A converted model.

    `outputs` names what the model returns, in its order: labels first, then mentions of
    identities. `files` are the SHA-256 of all files but the graph in int8 and the card itself;
    `base_files` those of the base model's files as they came, before conversion wrote the number
    of outputs into `config.json`. `int8` is the graph for the fast mode, which may come later or
    never: the exact mode does not look at it. Raises ValueError for anything that no conversion
    writes.
    """

    name: str
    base: str
    architecture: str
    tokenizer: str
    outputs: tuple[str, ...]
    files: Mapping[str, str]
    base_files: Mapping[str, str]
    source: Source
    converted_at: datetime
    converted_by: str
    int8: Int8 | None = None

    def __post_init__(self) -> None:
        if self.name not in MODELS:
            raise ValueError(f"there is no model {self.name!r}")
        if self.tokenizer not in ARCHITECTURES.get(self.architecture, ()):
            raise ValueError(f"no model is built from {self.architecture} and {self.tokenizer}")
        check_outputs(self.outputs)
        for file, digest in [*self.files.items(), *self.base_files.items()]:
            if not _FILE.fullmatch(file) or file == CARD:
                raise ValueError(f"{file!r} is no name of a file")
            check_digest(f"the digest of {file}", digest)
        if not {WEIGHTS, "config.json"} <= self.files.keys():
            raise ValueError(f"it lists no {WEIGHTS} or no config.json")
        check_aware("the time of conversion", self.converted_at)

    @property
    def weights(self) -> str:
        """The SHA-256 of the weights as they are read."""
        return self.files[WEIGHTS]

    def to_json(self) -> str:
        """Return the card as it is written."""
        content = asdict(self) | {"converted_at": self.converted_at.isoformat()}
        content["checkpoint"] = content.pop("source")
        return json.dumps({"format": _FORMAT} | content, indent=2) + "\n"

    @classmethod
    def read(cls, folder: Path) -> Card:
        """Return the card in a folder. Raises ScorerError for one that cannot be used."""
        path = folder / CARD
        try:
            with path.open(encoding="utf-8") as handle:
                return cls._of(json.loads(handle.read(_LARGEST)))
        except OSError as error:
            raise ScorerError(f"{path} cannot be read: {error.strerror}") from error
        except _NO_CARD as error:
            raise ScorerError(
                f"{path} is no card of a converted model ({error}): remove it, and run "
                f"`triage models convert {folder.name}`, or fetch or add the model again"
            ) from error

    @classmethod
    def _of(cls, content: Any) -> Card:
        if content["format"] != _FORMAT:
            raise ValueError(f"it is of format {content['format']!r}; known is {_FORMAT}")
        source = content["checkpoint"]
        return cls(
            name=str(content["name"]),
            base=str(content["base"]),
            architecture=str(content["architecture"]),
            tokenizer=str(content["tokenizer"]),
            outputs=tuple(str(one) for one in content["outputs"]),
            files={str(file): str(digest) for file, digest in content["files"].items()},
            base_files={str(file): str(one) for file, one in content["base_files"].items()},
            source=Source(
                name=str(source["name"]),
                sha256=str(source["sha256"]),
                size=int(source["size"]),
                verified=Verified(source["verified"]),
                trusted=bool(source["trusted"]),
            ),
            converted_at=datetime.fromisoformat(content["converted_at"]),
            converted_by=str(content["converted_by"]),
            int8=_int8_of(content.get("int8")),
        )


def _int8_of(content: Any) -> Int8 | None:
    if content is None:
        return None
    return Int8(
        sha256=str(content["sha256"]),
        writer=str(content["writer"]),
        texts=str(content["texts"]),
        mean=float(content["mean"]),
        greatest=float(content["greatest"]),
        margin=float(content["margin"]),
        made_by=str(content["made_by"]),
    )


def check_outputs(outputs: tuple[str, ...]) -> None:
    """Raise ValueError unless these are names of outputs, each once, and one a label."""
    for one in outputs:
        if not _OUTPUT.fullmatch(one):
            raise ValueError(f"{one!r} is no name of an output")
    if len(set(outputs)) != len(outputs) or not set(Label) & set(outputs):
        raise ValueError("outputs are named once each, and some are labels")


def digest_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal. Raises ScorerError where it cannot be read."""
    try:
        with path.open("rb") as handle:
            return file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise ScorerError(f"{path} cannot be read: {error.strerror}") from error
