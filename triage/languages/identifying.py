"""The identifier: py3langid, and the rule that says when its answer is taken.

py3langid counts byte n-grams and multiplies their odds (naive Bayes; Lui and Baldwin 2012). Its
probabilities are softened by the length of the text, so that one number serves short and long
texts. `benchmarks/language_identification.py` holds it against others and prints what the rule
costs; docs/scorers.md has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from importlib.metadata import version
from threading import Lock
from typing import Any

from triage.domain.languages import UNKNOWN
from triage.languages.own_words import own_words

__all__ = ["LanguageIdentifier"]

_RULE = 3
"""Grows with every change to what of a text is looked at, and to the rule."""
SURE = 0.8
"""From this probability on an answer is taken."""
LEAST = 6
"""Letters of which there must be as many: "lol" is at home everywhere."""
_BEYOND_LATIN = "\u0250"
_NO_LANGUAGE = "zxx"
_NOT_TOLD_APART = frozenset({"pcm"})
"""Nigerian Pidgin: in writing, casual English is taken for it."""


class LanguageIdentifier:
    """Tells the language of texts; 4.6 MB of weights are loaded by the first that needs them.

    Threads may share it: what it looks at it does not change.
    """

    @cached_property
    def version(self) -> str:
        """The package and its version, and that of our rule: `py3langid 0.4.0/1`."""
        return f"py3langid {version('py3langid')}/{_RULE}"

    def identify(self, texts: Sequence[str]) -> list[str]:
        """Return one language per text, in order; `UNKNOWN` where it cannot be told."""
        return [self._of(text) for text in texts]

    def _of(self, text: str) -> str:
        words = own_words(text)
        if sum(map(str.isalpha, words)) < _least(words):
            return UNKNOWN
        language, probability = _model().classify(words)
        return language if probability >= SURE and language != _NO_LANGUAGE else UNKNOWN


_LOADING = Lock()


def _model() -> Any:
    """Return the weights; a process loads them once, which takes a second."""
    with _LOADING:
        return _loaded()


@cache
def _loaded() -> Any:
    import numpy as np
    from py3langid.langid import MODEL_FILE
    from py3langid.langid import LanguageIdentifier as Model

    model = Model.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(set(model.labels) - _NOT_TOLD_APART)
    # A row is what is read, and what is left of the columns lies column by column: put right, a
    # text takes two thirds of the time.
    model.nb_ptc = np.ascontiguousarray(model.nb_ptc)
    return model


def _least(words: str) -> int:
    """Return how many letters are needed: a sign of Chinese says as much as a word."""
    return 2 if max(words.replace("’", ""), default="") >= _BEYOND_LATIN else LEAST
