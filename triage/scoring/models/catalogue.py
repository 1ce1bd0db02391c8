"""What is known of Detoxify's models without opening any: names, outputs, files, where they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from triage.domain.scores import Label
from triage.errors import UsageError

__all__ = [
    "ARCHITECTURES",
    "IDENTITIES",
    "MODELS",
    "OFFICIAL",
    "KnownModel",
    "Origin",
    "how_to_get",
    "known_model",
    "recognise",
]

_ORIGINAL = (
    Label.TOXICITY,
    Label.SEVERE_TOXICITY,
    Label.OBSCENE,
    Label.THREAT,
    Label.INSULT,
    Label.IDENTITY_ATTACK,
)
_UNBIASED = (*_ORIGINAL, Label.SEXUAL_EXPLICIT)

# The outputs after the labels, in the order of Detoxify's training configurations
# (configs/Unintended_bias_*.json, `identity_classes`); its `predict` drops them.
IDENTITIES = (
    "male",
    "female",
    "homosexual_gay_or_lesbian",
    "christian",
    "jewish",
    "muslim",
    "black",
    "white",
    "psychiatric_or_mental_illness",
)

# A checkpoint names its classes by what it says; only these are ever looked up.
ARCHITECTURES: Mapping[str, frozenset[str]] = {
    f"{family}ForSequenceClassification": frozenset(
        {f"{family}Tokenizer", f"{family}TokenizerFast"}
    )
    for family in ("Bert", "Roberta", "XLMRoberta", "Albert")
}

_SETTINGS = ("config.json", "tokenizer_config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where files are fetched from; each address ends in a slash."""

    releases: str
    hub: str


OFFICIAL = Origin(
    releases="https://github.com/unitaryai/detoxify/releases/download/",
    hub="https://huggingface.co/",
)


@dataclass(frozen=True, slots=True)
class KnownModel:
    """One of Detoxify's models.

    `base` is the model it was made from, by the name that Detoxify uses; `hub` by the one that
    the hub keeps it under. `base_files` are the base model's settings and tokenizer. `release`
    and `file` say where Detoxify keeps the weights. `languages` are what it was trained on.
    """

    labels: tuple[Label, ...]
    architecture: str
    base: str
    hub: str
    base_files: tuple[str, ...]
    release: str
    file: str
    description: str
    languages: tuple[str, ...] = ("en",)

    @property
    def identities(self) -> tuple[str, ...]:
        """The identities that its outputs after the labels are about; none in the first models."""
        return IDENTITIES if self.labels == _UNBIASED else ()

    @property
    def digits(self) -> str:
        """The digits of a SHA-256 that the official file name ends in."""
        return self.file.removesuffix(".ckpt").rpartition("-")[2]

    def addresses(self, origin: Origin) -> dict[str, str]:
        """Return file name -> address of all it takes, the smallest first."""
        base = {name: f"{origin.hub}{self.hub}/resolve/main/{name}" for name in self.base_files}
        return base | {self.file: f"{origin.releases}{self.release}/{self.file}"}


MODELS: Mapping[str, KnownModel] = {
    "original": KnownModel(
        _ORIGINAL,
        "BertForSequenceClassification",
        "bert-base-uncased",
        "google-bert/bert-base-uncased",
        (*_SETTINGS, "vocab.txt"),
        "v0.1-alpha",
        "toxic_original-c1212f89.ckpt",
        "Detoxify original: BERT on Wikipedia comments, English",
    ),
    "unbiased": KnownModel(
        _UNBIASED,
        "RobertaForSequenceClassification",
        "roberta-base",
        "FacebookAI/roberta-base",
        (*_SETTINGS, "vocab.json", "merges.txt"),
        "v0.3-alpha",
        "toxic_debiased-c7548aa0.ckpt",
        "Detoxify unbiased: RoBERTa on news comments, less biased against identities, English",
    ),
    "multilingual": KnownModel(
        _UNBIASED,
        "XLMRobertaForSequenceClassification",
        "xlm-roberta-base",
        "FacebookAI/xlm-roberta-base",
        (*_SETTINGS, "sentencepiece.bpe.model"),
        "v0.4-alpha",
        "multilingual_debiased-0b549669.ckpt",
        "Detoxify multilingual: XLM-R for en, fr, es, it, pt, tr, ru",
        ("en", "fr", "es", "it", "pt", "tr", "ru"),
    ),
    "original-small": KnownModel(
        _ORIGINAL,
        "AlbertForSequenceClassification",
        "albert-base-v2",
        "albert/albert-base-v2",
        (*_SETTINGS, "spiece.model"),
        "v0.1.2",
        "original-albert-0e1d6498.ckpt",
        "Detoxify original-small: ALBERT on Wikipedia comments, English",
    ),
    "unbiased-small": KnownModel(
        _UNBIASED,
        "AlbertForSequenceClassification",
        "albert-base-v2",
        "albert/albert-base-v2",
        (*_SETTINGS, "spiece.model"),
        "v0.1.2",
        "unbiased-albert-c8519128.ckpt",
        "Detoxify unbiased-small: ALBERT on news comments, English",
    ),
}


def known_model(name: str) -> KnownModel:
    """Return what is known of a model. Raises UsageError for an unknown name."""
    if name not in MODELS:
        raise UsageError(f"there is no model {name!r}; known are: {', '.join(MODELS)}")
    return MODELS[name]


def recognise(architecture: str, outputs: Iterable[str]) -> str | None:
    """Return the one model that is built so and reports these labels, if there is one."""
    labels = {one for one in outputs if one in set(Label)}
    for name, known in MODELS.items():
        if known.architecture == architecture and labels == set(known.labels):
            return name
    return None


def how_to_get(name: str, models_dir: Path | None) -> str:
    """Return what a person does to make a model available."""
    known = MODELS[name]
    where = "the models folder" if models_dir is None else f"{models_dir / name}/"
    return (
        f"pip install 'triage-workbench[detoxify]', then: triage models pull {name}. Without a "
        f"network: triage models add FOLDER, with {known.file} from Detoxify's releases and the "
        f"config and tokenizer files of {known.base} in it; it goes into {where}. "
        "See docs/scorers.md"
    )
