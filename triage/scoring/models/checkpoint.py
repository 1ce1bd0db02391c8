"""Detoxify's checkpoints, read without running what is in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage.domain.scores import Label
from triage.errors import ScorerError, UsageError
from triage.scoring.models.card import Source, Verified, check_outputs, digest_of
from triage.scoring.models.catalogue import ARCHITECTURES, IDENTITIES, MODELS

__all__ = [
    "Checkpoint",
    "CodeInCheckpointError",
    "check_expected",
    "parse",
    "read_checkpoint",
    "source_of",
]

_RENAMED = {
    "toxic": "toxicity",
    "severe_toxic": "severe_toxicity",
    "identity_hate": "identity_attack",
}
# Buffers that older versions of transformers saved and that are computed today; and the pooler of
# RoBERTa, which classification never reads.
_STALE = re.compile(r"(.+\.)?position_ids|roberta\.pooler\.dense\.(weight|bias)")


class CodeInCheckpointError(ScorerError):
    """A checkpoint is whole, but only a pickle can read it."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says of itself, and its weights: name -> tensor, stale ones left out.

    `outputs` names what the model returns, in order: its labels, then mentions of identities.
    """

    architecture: str
    tokenizer: str
    base: str
    outputs: tuple[str, ...]
    state: Mapping[str, Any]


def check_expected(path: Path, sha256: str | None) -> None:
    """Raise ScorerError where a file is not the one that a caller expects; it is only hashed.

    Raises UsageError where the caller names no SHA-256.
    """
    if sha256 is None:
        return
    if not re.fullmatch(r"[0-9a-f]{64}", wanted := sha256.strip().lower()):
        raise UsageError(f"{sha256!r} is no SHA-256: that has 64 digits, from 0 to 9 and a to f")
    if wanted != (digest := digest_of(path)):
        raise ScorerError(
            f"{path} was not opened: its SHA-256 is {digest}, not {sha256} as it should be. Fetch "
            "it again"
        )


def source_of(path: Path, name: str, *, expected: bool = False, trusted: bool = False) -> Source:
    """Return the facts of the bytes of the checkpoint of this model.

    `expected` says that the caller knew the digest beforehand. That an official file is not the
    one that its name tells of is recorded, not refused (see `Verified`): nothing in it is executed
    in any case.
    """
    digest, known = digest_of(path), MODELS[name]
    if expected:
        verified = Verified.SHA256
    elif digest.startswith(known.digits):
        verified = Verified.NAME
    elif path.name == known.file:
        verified = Verified.MISMATCH
    else:
        verified = Verified.NOT
    return Source(path.name, digest, path.stat().st_size, verified, trusted)


def read_checkpoint(path: Path) -> Checkpoint:
    """Return what is in a checkpoint, as torch's restricted reader allows it.

    Raises ScorerError where it holds more than tensors and plain settings.
    """
    import torch

    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file makes the reader stumble in a dozen ways
        trust = (
            "If you made it yourself, or trust who did with all that you may do on this machine: "
            f"triage models convert {path} --trust"
        )
        if wanted := _wanted(path):
            raise CodeInCheckpointError(
                f"{path} was not opened: it holds more than tensors and plain settings "
                f"({wanted}), and such a file can run code. {trust}"
            ) from error
        raise ScorerError(
            f"{path} was not opened: it is damaged, or it holds more than tensors and plain "
            f"settings, and such a file can run code. Fetch it again from Detoxify's releases. "
            f"{trust}"
        ) from error
    return parse(content, path)


def _wanted(path: Path) -> str:
    """Return what a pickle asks for by name; nothing is run, and nothing found in a damaged one."""
    from torch.serialization import get_unsafe_globals_in_checkpoint

    names: list[str] = []
    with suppress(Exception):
        names = sorted(map(str, get_unsafe_globals_in_checkpoint(path)))
    return ", ".join(re.sub(r"[^\w.]", "?", name)[:80] for name in names[:3])


def parse(content: Any, path: Path) -> Checkpoint:
    """Return the checkpoint that this content is; `path` is named in what is raised.

    Detoxify's released files hold `config` and `state_dict`; what its training writes holds the
    configuration among `hyper_parameters` and weights with `model.` in front. Raises ScorerError
    for anything else.
    """
    try:
        config = content.get("config") or content["hyper_parameters"]["config"]
        given, data = config["arch"]["args"], config["dataset"]["args"]
        architecture, tokenizer = str(given["model_name"]), str(given["tokenizer_name"])
        base, count = str(given["model_type"]), int(given["num_classes"])
        labels = tuple(_RENAMED.get(one, str(one)) for one in data["classes"])
        mentions = tuple(str(one) for one in data.get("identity_classes") or ())
        state = _state(content["state_dict"], path)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ScorerError(
            f"{path} is no Detoxify checkpoint ({error!r}): fetch it again from Detoxify's releases"
        ) from error
    if tokenizer not in ARCHITECTURES.get(architecture, ()):
        raise ScorerError(
            f"{path} asks for the classes {architecture} and {tokenizer}, which no Detoxify model "
            "uses"
        )
    outputs = _outputs(labels, mentions, count, path)
    return Checkpoint(architecture, tokenizer, base[:200], outputs, state)


def _outputs(
    labels: tuple[str, ...], mentions: tuple[str, ...], count: int, path: Path
) -> tuple[str, ...]:
    """Return the names of all outputs. Only Detoxify's own nine go without being named."""
    if not mentions and count == len(labels) + len(IDENTITIES):
        mentions = IDENTITIES
    if count == len(labels):  # a model of labels only may have been trained on data with more
        mentions = ()
    if count != len(labels) + len(mentions):
        raise ScorerError(
            f"{path} has {count} outputs for {len(labels)} labels and {len(mentions)} mentions of "
            "identities, so it does not say what each is"
        )
    if unknown := sorted(set(labels) - set(Label)):
        raise ScorerError(f"{path} reports {', '.join(unknown)[:200]}: these are no known labels")
    try:
        check_outputs((*labels, *mentions))
    except ValueError as error:
        raise ScorerError(f"{path} has outputs that cannot be used: {error}") from error
    return (*labels, *mentions)


def _state(given: Any, path: Path) -> dict[str, Any]:
    """Return name -> tensor, in memory of its own, without what is computed today.

    Raises ValueError for what is no tensor, and for tensors that are larger than the file: such
    a file would fill the memory.
    """
    import torch

    state: dict[str, Any] = {}
    whole = all(str(name).startswith("model.") for name in given)
    for name, tensor in given.items():
        plain = str(name).removeprefix("model.") if whole else str(name)
        if not isinstance(tensor, torch.Tensor):
            raise ValueError(f"{plain} is no tensor")  # noqa: TRY004 - about a file, not our code
        if not _STALE.fullmatch(plain):
            state[plain] = tensor
    if sum(one.numel() * one.element_size() for one in state.values()) > path.stat().st_size:
        raise ValueError("it holds more weights than bytes")
    return {name: _own(tensor) for name, tensor in state.items()}


def _own(tensor: Any) -> Any:
    """Return a tensor in the precision that models are built in, and not as part of another."""
    if tensor.is_floating_point():
        tensor = tensor.float()
    size = tensor.numel() * tensor.element_size()
    if tensor.is_contiguous() and tensor.untyped_storage().nbytes() == size:
        return tensor.detach()
    return tensor.detach().clone().contiguous()
