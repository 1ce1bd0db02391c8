"""Texts as the encoder is trained on them: prepared, disguised now and then, cut and tokenised."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.data import Rows
from training.disguises import DISGUISES, hard_places, some_disguised
from triage.scoring.compact import WINDOW
from triage.scoring.prepare import Prepared, prepare

__all__ = ["Augmentation", "Encoded", "encode", "frozen_ids"]

LONG = 2 * WINDOW
"""Tokens that a few rows are cut to; most are cut to a window of the scorer."""
_LONG_SHARE = 0.1
_SHORT = 60  # characters
_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Encoded:
    """Rows as the encoder takes them.

    `ids` has a row's token ids with the frame tokens; `marks` how far each token belongs to the
    toxic span, or None where nobody marked any.
    """

    rows: NDArray[np.int64]
    ids: list[NDArray[np.int64]]
    marks: list[NDArray[np.float32] | None]


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How often a row is disguised, put beside a harmless text, or, if short, said over and over.

    In the sets it is mostly abuse that is repeated, and repetition alone would pass for it.
    """

    words: frozenset[str]
    disguise: float = 0.0
    dilute: float = 0.0
    repeat: float = 0.0
    kinds: Sequence[str] = field(default_factory=lambda: tuple(DISGUISES))


def frozen_ids(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Return the token ids of prepared texts, cut to a long window, with the frame tokens."""
    encodings = tokenizer.encode_batch([prepare(text).text for text in texts])
    return [
        [*one.ids[: LONG + 1], one.ids[-1]] if len(one.ids) > LONG + 2 else one.ids
        for one in encodings
    ]


def encode(
    rows: Rows, chosen: NDArray[np.int64], tokenizer: Tokenizer, how: Augmentation, seed: int
) -> Encoded:
    """Return the chosen rows, encoded."""
    rng = random.Random(seed)
    calm = (rows.targets[chosen].max(1) < 0.1) & (rows.weights[chosen, 0] > 0)
    harmless = [rows.texts[at] for at in chosen[calm]]
    ids: list[NDArray[np.int64]] = []
    marks: list[NDArray[np.float32] | None] = []
    for start in range(0, len(chosen), _CHUNK):
        own = chosen[start : start + _CHUNK]
        raw = [_augmented(rows.texts[at], rows.marks[at], how, harmless, rng) for at in own]
        prepared = [prepare(text) for text, _, _ in raw]
        encodings = tokenizer.encode_batch([one.text for one in prepared])
        for at, (_, marked, begins), ready, encoding in zip(
            own, raw, prepared, encodings, strict=True
        ):
            toxic = bool(rows.targets[at].max() >= 0.5)
            content = range(1, len(encoding.ids) - 1)
            if begins:
                content = _from(content, encoding.offsets, ready, begins)
            window = _window(content, encoding.offsets, ready.text, toxic, how.words, rng)
            frame = [encoding.ids[0], *(encoding.ids[i] for i in window), encoding.ids[-1]]
            ids.append(np.array(frame, np.int64))
            if marked is None:
                marks.append(None)
                continue
            found = np.zeros(len(frame), np.float32)
            marks.append(found)
            if not marked.any():
                continue
            for place, i in enumerate(window, start=1):
                begin, end = ready.original_span(*encoding.offsets[i])
                found[place] = marked[begin:end].mean()
    return Encoded(chosen, ids, marks)


def _augmented(
    text: str,
    marked: NDArray[np.float32] | None,
    how: Augmentation,
    harmless: Sequence[str],
    rng: random.Random,
) -> tuple[str, NDArray[np.float32] | None, int]:
    """Return a text, perhaps disguised or beside a harmless one, its marks, and where it begins.

    Marks are None where they hold no more.
    """
    begins = 0
    if len(text) <= _SHORT and rng.random() < how.repeat:
        times, between = rng.randrange(3, 40), rng.choice("  \n")
        text = between.join([text] * times)
        if marked is not None:
            marked = np.tile(np.append(marked, np.float32(0)), times)[:-1]
    if rng.random() < how.disguise:
        changed = some_disguised(text, how.words, how.kinds, rng)
        if changed != text:
            # Nothing was marked stays true; where something was, the characters moved.
            marked = None if marked is None or marked.any() else np.zeros(len(changed), np.float32)
        text = changed
    if harmless and rng.random() < how.dilute:
        other = rng.choice(harmless)[:600]
        none = np.zeros(len(other) + 1, np.float32)
        if rng.random() < 0.5:
            text = f"{text} {other}"
            marked = None if marked is None else np.concatenate([marked, none])
        else:
            text = f"{other} {text}"
            marked = None if marked is None else np.concatenate([none, marked])
            begins = len(other) + 1
    return text, marked, begins


def _from(
    content: range, offsets: Sequence[tuple[int, int]], ready: Prepared, begins: int
) -> range:
    """Return the tokens that leave a text its last few words of company at most.

    Else a long companion would fill the window, and harmless words be learned as toxic.
    """
    start = next(
        (at for at in content if ready.original_offset(offsets[at][0]) >= begins), content.stop
    )
    return range(max(content.start, start - WINDOW // 2), content.stop)


def _window(
    content: range,
    offsets: Sequence[tuple[int, int]],
    text: str,
    toxic: bool,
    words: frozenset[str],
    rng: random.Random,
) -> range:
    """Return which tokens of a long text to train on.

    A toxic text is toxic somewhere: most likely where its hard words are. Of others, any part.
    """
    size = LONG if rng.random() < _LONG_SHARE else WINDOW
    if len(content) <= size:
        return content
    starts = [*range(1, len(content) - size + 1, size // 2), len(content) - size + 1]
    if not toxic:
        start = rng.choice([1, *starts])
        return range(start, start + size)
    places = [begin for begin, _ in hard_places(text, words)]

    def hard(start: int) -> int:
        first, last = offsets[start][0], offsets[start + size - 1][1]
        return sum(first <= place < last for place in places)

    best = max(starts, key=hard)
    return range(best, best + size)
