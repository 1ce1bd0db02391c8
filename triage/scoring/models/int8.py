"""The graph in int8 beside a converted model's weights: written once, checked before it is run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from stat import S_IMODE

from triage import __version__
from triage.errors import ScorerError
from triage.scoring.models.building import Loaded, load, vocabulary
from triage.scoring.models.card import CARD, INT8, WEIGHTS, Card, Int8
from triage.scoring.models.conversion import STAGED, flush, staging
from triage.scoring.models.folder import Place

__all__ = ["WRITER", "is_current", "no_int8", "open_int8", "write_int8"]

WRITER = "2"
"""The number of the way in which graphs are written here. Raise it with every change to `quantise`
or to our texts that changes scores: files written before are then known to be older."""

_LEAST_MARGIN = 0.04
_SAFETY = 2.0
"""Comments from outside are read less exactly than our own texts, which the graph was fitted to: of
a fine-tuned MiniLM the greatest difference was .13 on 300 of them, .05 on ours."""


def is_current(card: Card) -> bool:
    """Return whether a model has a graph in int8 that was written as it would be now."""
    return card.int8 is not None and card.int8.writer == WRITER


def write_int8(folder: Path, texts: Sequence[str] | None = None) -> Card:
    """Write the graph in int8 into a converted model's folder; return the new card.

    `texts` are what the graph is fitted to (see `packing`), our own unless given. Takes a minute or
    two for a BERT-base on two cores. The card comes last: until it is there, no graph is. Raises
    ScorerError where the folder is damaged, is changed meanwhile, or holds a model that cannot be
    converted, and OSError where it cannot be written.
    """
    if find_spec("onnx") is None:
        raise ScorerError("it takes onnx: pip install 'triage-workbench[detoxify]'")
    from triage.scoring.quantise import calibration_windows, own_texts, quantised

    card = Card.read(folder)
    if found := Place(card.name, folder, card=card).problems():
        raise ScorerError("; ".join(found))
    loaded = load(folder, card)
    texts = own_texts(loaded.model) if texts is None else texts
    made = quantised(loaded.model, calibration_windows(loaded.model, loaded.tokenizer, texts))
    with staging(folder, STAGED) as stage:
        (stage / INT8).write_bytes(made.graph)
        (stage / INT8).chmod(S_IMODE((folder / WEIGHTS).stat().st_mode))
        int8 = Int8(
            sha256=sha256(made.graph).hexdigest(),
            writer=WRITER,
            texts=sha256("\0".join(texts).encode()).hexdigest(),
            mean=made.mean,
            greatest=made.greatest,
            margin=max(_LEAST_MARGIN, _SAFETY * made.greatest),
            made_by=f"triage {__version__}",
        )
        new = replace(card, int8=int8)
        (stage / CARD).write_text(new.to_json(), encoding="utf-8")
        (stage / "before").write_text(replace(card, int8=None).to_json(), encoding="utf-8")
        for path in stage.iterdir():
            flush(path)
        if Card.read(folder) != card:
            raise ScorerError(f"{folder} was converted anew meanwhile: run it again")
        # A graph that is there already is replaced while no card names one.
        for file, name in (("before", CARD), (INT8, INT8), (CARD, CARD)):
            (stage / file).replace(folder / name)
    return new


def open_int8(place: Place) -> Loaded:
    """Return the graph in int8 of a converted model with the model's tokenizer; loads no torch.

    Every file that is read is held against the card before: onnxruntime runs a damaged graph
    without a word. Raises ScorerError.
    """
    from triage.scoring.onnx_classifier import OnnxClassifier

    card = place.card_now()
    if card is None or card.int8 is None:
        raise no_int8(place.name)
    if found := replace(place, card=card).problems_of_fast_mode():
        raise ScorerError(
            f"detoxify:{place.name} was not loaded: {'; '.join(found)}. `triage models convert "
            f"{place.name}` writes the int8 file anew, and TRIAGE_DETOXIFY=exact does without it; "
            f"where another file differs, remove the model (triage models remove {place.name}) and "
            "fetch or add it again"
        )
    classifier = OnnxClassifier(place.folder / INT8)
    return Loaded(classifier, vocabulary(place.folder, card), card.outputs)


def no_int8(name: str) -> ScorerError:
    """Return what is said where the fast mode is asked for and its file is not there."""
    return ScorerError(
        f"detoxify:{name} has no int8 file for the fast mode: `triage models convert {name}` "
        "writes it, or set TRIAGE_DETOXIFY=exact"
    )
