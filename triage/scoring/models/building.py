"""A model and its tokenizer, built by transformers from a folder and weights, and from no hub."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from triage.domain.scores import Label
from triage.errors import ScorerError
from triage.scoring.models.card import WEIGHTS, Card

__all__ = [
    "PACKAGES",
    "Design",
    "Loaded",
    "build",
    "load",
    "packages_missing",
    "settings_for",
    "vocabulary",
]

PACKAGES = ("torch", "transformers", "safetensors")
_CANNOT_BUILD = (OSError, ValueError, RuntimeError, TypeError, KeyError, ImportError)


def packages_missing() -> list[str]:
    """Return which of the packages a model needs are not installed, without importing them."""
    return [name for name in PACKAGES if find_spec(name) is None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready to rate; `outputs` names all that it returns, in order.

    It is one of transformers' in torch, or an `OnnxClassifier` (see `int8`).
    """

    model: Any
    tokenizer: Any
    outputs: tuple[str, ...]
    labels: Mapping[Label, int] = field(init=False)
    """Label -> which output it is."""
    mentions: Mapping[str, int] = field(init=False)
    """Identity that a text may mention -> which output says so."""

    def __post_init__(self) -> None:
        known, places = frozenset(Label), {name: at for at, name in enumerate(self.outputs)}
        labels = {Label(name): at for name, at in places.items() if name in known}
        mentions = {name: at for name, at in places.items() if name not in known}
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "mentions", mentions)


class Design(Protocol):
    """What a checkpoint or a card says of a model: names of transformers' classes, and outputs."""

    @property
    def architecture(self) -> str:
        """The class of the model."""
        ...

    @property
    def tokenizer(self) -> str:
        """The class of its tokenizer."""
        ...

    @property
    def base(self) -> str:
        """The name of the model that it was made from."""
        ...

    @property
    def outputs(self) -> tuple[str, ...]:
        """What it returns, in order."""
        ...


def load(folder: Path, card: Card) -> Loaded:
    """Return the model in a converted folder, whose files were held against its card before.

    Raises ScorerError where it is not complete.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        state = load_file(folder / WEIGHTS)
    except (OSError, SafetensorError) as error:
        raise ScorerError(f"{folder / WEIGHTS} cannot be read: {error}") from error
    return build(folder, card, state)


def build(folder: Path, design: Design, state: Mapping[str, Any]) -> Loaded:
    """Return the model of these weights, with settings and vocabulary from `folder`.

    No hub is asked, whatever the settings name. Raises ScorerError where weights are missing or
    left over, and where the folder lacks settings or a vocabulary.
    """
    import torch
    import transformers

    model_class = getattr(transformers, design.architecture)
    try:
        with _quietly():
            settings = model_class.config_class.from_pretrained(
                folder, num_labels=len(design.outputs), local_files_only=True
            )
            # By name, transformers would look for more than weights (adapters, other formats).
            model, report = model_class.from_pretrained(
                None,
                config=settings,
                state_dict=dict(state),
                dtype=torch.float32,
                local_files_only=True,
                output_loading_info=True,
            )
    except _CANNOT_BUILD as error:
        raise _not_built(design, error) from error
    # transformers fills in what is missing with random numbers and only warns.
    _check_none(report["missing_keys"], "missing")
    _check_none(report["unexpected_keys"], "left over")
    return Loaded(model.eval(), vocabulary(folder, design), design.outputs)


def vocabulary(folder: Path, design: Design) -> Any:
    """Return a model's tokenizer; loads no torch. Raises ScorerError where the folder lacks one."""
    import transformers

    try:
        with _quietly():
            words = getattr(transformers, design.tokenizer).from_pretrained(
                folder, local_files_only=True
            )
    except _CANNOT_BUILD as error:
        raise _not_built(design, error) from error
    if not len(words) > len(words.all_special_ids):
        raise ScorerError(
            f"there is no vocabulary: the tokenizer files of {design.base} belong beside the "
            "weights, see docs/scorers.md"
        )
    return words


def _not_built(design: Design, error: Exception) -> ScorerError:
    first = str(error).strip().partition("\n")[0]
    return ScorerError(
        f"no model can be built ({first}): the config and tokenizer files of {design.base} "
        "belong beside its weights, see docs/scorers.md"
    )


def settings_for(given: bytes, architecture: str, outputs: Sequence[str]) -> bytes:
    """Return a base model's config.json with the outputs of the model that was made from it.

    Doing it twice changes nothing. Raises ValueError for what is no JSON object.
    """
    content = json.loads(given)
    if not isinstance(content, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004 - about a file, not our code
    for name in ("num_labels", "_name_or_path", "auto_map"):
        content.pop(name, None)
    content |= {
        "architectures": [architecture],
        "problem_type": "multi_label_classification",
        "id2label": {str(at): name for at, name in enumerate(outputs)},
        "label2id": {name: at for at, name in enumerate(outputs)},
    }
    return (json.dumps(content, indent=2, sort_keys=True) + "\n").encode()


def _check_none(names: Collection[str], what: str) -> None:
    """Raise ScorerError where there are names of weights."""
    if names:
        raise ScorerError(
            f"{len(names)} weights are {what} ({min(names)}, ...): the file is damaged, or holds "
            "a model of another kind. Fetch it again"
        )


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep transformers' progress bars and loading reports off the screen for a while."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
