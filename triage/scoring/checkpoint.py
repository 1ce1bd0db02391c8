"""Detoxify's checkpoints: where they lie, and opening one without running what is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from triage.domain.scores import Label
from triage.errors import ScorerError

__all__ = ["MODELS", "Loaded", "ModelCard", "files_digest", "find", "how_to_get", "open_checkpoint"]

_ORIGINAL = (
    Label.TOXICITY,
    Label.SEVERE_TOXICITY,
    Label.OBSCENE,
    Label.THREAT,
    Label.INSULT,
    Label.IDENTITY_ATTACK,
)
_UNBIASED = (*_ORIGINAL, Label.SEXUAL_EXPLICIT)


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of one of Detoxify's models without opening it.

    `base` is the hub's name for the model it was made from, whose settings and tokenizer files
    it needs beside its weights.
    """

    labels: tuple[Label, ...]
    base: str
    file: str
    description: str


MODELS: Mapping[str, ModelCard] = {
    "original": ModelCard(
        _ORIGINAL,
        "bert-base-uncased",
        "toxic_original-c1212f89.ckpt",
        "Detoxify original: BERT on Wikipedia comments, English",
    ),
    "unbiased": ModelCard(
        _UNBIASED,
        "roberta-base",
        "toxic_debiased-c7548aa0.ckpt",
        "Detoxify unbiased: RoBERTa on news comments, less biased against identities, English",
    ),
    "multilingual": ModelCard(
        _UNBIASED,
        "xlm-roberta-base",
        "multilingual_debiased-0b549669.ckpt",
        "Detoxify multilingual: XLM-R for en, fr, es, it, pt, tr, ru",
    ),
    "original-small": ModelCard(
        _ORIGINAL,
        "albert-base-v2",
        "original-albert-0e1d6498.ckpt",
        "Detoxify original-small: ALBERT on Wikipedia comments, English",
    ),
    "unbiased-small": ModelCard(
        _UNBIASED,
        "albert-base-v2",
        "unbiased-albert-c8519128.ckpt",
        "Detoxify unbiased-small: ALBERT on news comments, English",
    ),
}

# The checkpoint names its classes by what it says; only these are ever looked up.
_CLASSES = {
    f"{family}{kind}"
    for family in ("Bert", "Roberta", "XLMRoberta", "Albert")
    for kind in ("ForSequenceClassification", "Tokenizer", "TokenizerFast")
}
_ARGUMENTS = ("model_type", "model_name", "tokenizer_name", "num_classes")
_RENAMED = {
    "toxic": "toxicity",
    "severe_toxic": "severe_toxicity",
    "identity_hate": "identity_attack",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready to rate: `classes` names its first outputs, in their order."""

    model: Any
    tokenizer: Any
    classes: tuple[Label, ...]


def how_to_get(name: str, models_dir: Path | None) -> str:
    """Return what a person does to make a model available."""
    card = MODELS[name]
    folder = f"{name}/" if models_dir is None else f"{models_dir / name}/"
    return (
        f"pip install 'triage-workbench[detoxify]', then put {card.file} from Detoxify's releases "
        f"and the config and tokenizer files of {card.base} into {folder}, or allow downloads "
        "(TRIAGE_ALLOW_DOWNLOAD=1); see docs/scorers.md"
    )


def find(name: str, models_dir: Path | None, *, allow_download: bool) -> Path:
    """Return the path of a model's checkpoint, fetching it where that is allowed.

    Looked for as the one `.ckpt` in `models_dir/name/`; where downloads are allowed, then in
    Detoxify's own cache, then at its releases. Raises ScorerError where there is none or more.
    """
    folder = None if models_dir is None else models_dir / name
    found = sorted(folder.glob("*.ckpt")) if folder is not None else []
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise ScorerError(f"{folder} holds more than one checkpoint ({names}): leave one there")
    if found:
        return found[0]
    if not allow_download:
        raise ScorerError(
            f"the weights of detoxify:{name} are missing: {how_to_get(name, models_dir)}"
        )
    return _download(name)


def files_digest(checkpoint: Path, *, own_folder: bool) -> str:
    """Return the SHA-256 (hex) over a checkpoint and, in its own folder, the files beside it.

    The base model's settings and vocabulary change scores as much as the weights do.
    """
    paths = [checkpoint]
    if own_folder:
        paths += sorted(
            path
            for path in checkpoint.parent.iterdir()
            if path.suffix in {".json", ".txt", ".model"} and path.is_file()
        )
    whole = sha256()
    for path in paths:
        try:
            with path.open("rb") as handle:
                part = sha256()
                while block := handle.read(1 << 20):
                    part.update(block)
        except OSError as error:
            raise ScorerError(f"{path} cannot be read: {error.strerror}") from error
        whole.update(f"{'' if path == checkpoint else path.name}\0{part.hexdigest()}\n".encode())
    return whole.hexdigest()


def open_checkpoint(name: str, path: Path, *, own_folder: bool) -> Loaded:
    """Return the model in a checkpoint; nothing in the file is executed.

    In its own folder the base model's files are read from beside it and no network is used.
    Raises ScorerError where the file holds more than tensors and plain settings, where it is
    not what its folder says, or where files are missing beside it.
    """
    content = _read_safely(path)
    try:
        given = content["config"]["arch"]["args"]
        arguments = {key: given[key] for key in _ARGUMENTS}
        named = content["config"]["dataset"]["args"]["classes"]
        classes = tuple(_RENAMED.get(one, str(one)) for one in named)
        wanted = (arguments["model_name"], arguments["tokenizer_name"])
        state, outputs = dict(content["state_dict"]), int(arguments["num_classes"])
    except (KeyError, TypeError, ValueError) as error:
        raise ScorerError(
            f"{path} is no Detoxify checkpoint ({error!r}): {_again(name)}"
        ) from error
    if not _CLASSES.issuperset(wanted):
        raise ScorerError(f"{path} asks for the classes {wanted}, which no Detoxify model uses")
    if outputs < len(classes):
        raise ScorerError(f"{path} has {outputs} outputs for {len(classes)} labels: {_again(name)}")
    if set(classes) != set(MODELS[name].labels):
        raise ScorerError(
            f"{path} reports {', '.join(classes)}: that is not detoxify:{name}. "
            "Move it to the folder of the model it is"
        )
    if own_folder:
        # Detoxify asks the hub for the settings of `model_type`, even where it is given a
        # folder for the rest; a folder's own name in that place keeps it from asking.
        arguments["model_type"] = str(path.parent)
    model, tokenizer = _built(name, path, arguments, state)
    return Loaded(model, tokenizer, tuple(Label(one) for one in classes))


def _read_safely(path: Path) -> dict[str, Any]:
    """Return what a checkpoint holds, as torch's restricted reader allows it."""
    import torch

    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file makes the reader stumble in a dozen ways
        raise ScorerError(
            f"{path} was not opened: it is damaged, or it holds more than tensors and plain "
            "settings, and such a file can run code. Fetch it again from Detoxify's releases; if "
            "you made it yourself, save only {'config': ..., 'state_dict': ...} with torch.save"
        ) from error
    if not isinstance(content, dict):
        raise ScorerError(f"{path} is no Detoxify checkpoint: it holds a {type(content).__name__}")
    return content


def _built(
    name: str, path: Path, arguments: dict[str, Any], state: dict[str, Any]
) -> tuple[Any, Any]:
    """Return (model, tokenizer) as Detoxify builds them, after making sure they are complete."""
    from detoxify.detoxify import get_model_and_tokenizer

    try:
        with _quietly():
            model, tokenizer = get_model_and_tokenizer(**arguments, state_dict=state)
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        first = str(error).strip().partition("\n")[0]
        raise ScorerError(
            f"detoxify:{name} cannot be built from {path} ({first}): the config and tokenizer "
            f"files of {MODELS[name].base} belong into {path.parent}; see docs/scorers.md"
        ) from error
    # transformers fills in what a checkpoint lacks with random numbers and only warns.
    if absent := sorted(model.state_dict().keys() - state.keys()):
        raise ScorerError(f"{path} lacks {len(absent)} weights ({absent[0]}, ...): {_again(name)}")
    if not len(tokenizer) > len(tokenizer.all_special_ids):
        raise ScorerError(f"{path.parent} holds no vocabulary for {MODELS[name].base}")
    return model.eval(), tokenizer


def _again(name: str) -> str:
    """Return the advice for a file that is not what it should be."""
    return f"fetch {MODELS[name].file} again from Detoxify's releases"


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


def _download(name: str) -> Path:
    """Return the checkpoint in Detoxify's own cache, fetched into it where it is not there.

    Detoxify's file names end in digits of a digest, but of the file under its first name: they
    cannot be checked against what arrives.
    """
    import torch
    from detoxify.detoxify import MODEL_URLS

    path = Path(torch.hub.get_dir()) / "checkpoints" / MODELS[name].file
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            torch.hub.download_url_to_file(MODEL_URLS[name], str(path), progress=False)
        except OSError as error:
            raise ScorerError(
                f"{MODEL_URLS[name]} cannot be fetched ({error}): {how_to_get(name, None)}"
            ) from error
    return path
