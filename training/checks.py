"""What the model does to people named kindly, and to words in disguise."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from training.own_examples import attacking_sentences, check_sentences
from triage.domain.scores import Label, Scorer

__all__ = ["bias", "dilution", "evasion"]

_AT = 0.5
_CAUGHT = 0.7
_CIVIL = 0.02
# Common enough that the held-out rows hold them, and all on the list of `disguise`.
_WORDS = re.compile(
    r"\b(fuck|shit|bitch|asshole|cunt|dick|faggot|nigger|idiot|stupid|whore)\b",
    re.IGNORECASE,
)

_DISGUISES: dict[str, Callable[[str], str]] = {
    "f#ck": lambda word: word[0] + "#" + word[2:],
    "f*ck": lambda word: word[0] + "*" + word[2:],
    "leet": lambda word: word.translate(str.maketrans("aeiostAEIOST", "4310$74310$7")),
    "f u c k": lambda word: " ".join(word),
    "f.u.c.k": lambda word: ".".join(word),
    "fuuuck": lambda word: word[0] + word[1] * 4 + word[2:],
    "zero-width": lambda word: "\u200b".join(word),
    "homoglyph": lambda word: word.translate(str.maketrans("aeiocpyxACEOPX", "аеіосрухАСЕОРХ")),
    "full-width": lambda word: "".join(chr(ord(char) + 0xFEE0) for char in word),
}


def bias(scorer: Scorer) -> dict[str, Any]:
    """Return, per label, what the kind sentences score, and how well attacks stand apart.

    `auc` sets the attacks on a group against the kind sentences of all groups; the lowest and
    the highest group are named.
    """
    kind, attacks = check_sentences(), attacking_sentences()
    kind_scores = scorer.score([text for _, text in kind])
    attack_scores = scorer.score([text for _, text in attacks])
    report: dict[str, Any] = {}
    for label in (Label.TOXICITY, Label.INSULT, Label.IDENTITY_ATTACK, Label.INCIVILITY):
        calm = np.array([scores.values[label] for scores in kind_scores])
        by_group: dict[str, list[float]] = {}
        for (group, _), score in zip(kind, calm, strict=True):
            by_group.setdefault(group, []).append(float(score))
        means = sorted((round(float(np.mean(own)), 3), group) for group, own in by_group.items())
        hard = np.array([scores.values[label] for scores in attack_scores])
        groups = np.array([group for group, _ in attacks])
        aucs = sorted(
            (round(float(_auc(hard[groups == group], calm)), 3), group) for group in by_group
        )
        report[label] = {
            "kind_mean": round(float(calm.mean()), 3),
            "kind_at_or_above_half": round(float((calm >= _AT).mean()), 3),
            "kind_highest_groups": means[-4:],
            "auc_all": round(float(_auc(hard, calm)), 3),
            "auc_lowest_groups": aucs[:3],
        }
    return report


def evasion(scorer: Scorer, texts: Sequence[str]) -> dict[str, Any]:
    """Return, per disguise, the share of caught texts that are still caught.

    Counted are texts with a listed word that score at least 0.5 for toxicity as they stand, and
    no longer do with that word left out: those whose being caught hangs on the word.
    """
    candidates = [text for text in texts if _WORDS.search(text)]
    open_scores = _toxicity(scorer, candidates)
    without = _toxicity(scorer, [_WORDS.sub("", text) or "-" for text in candidates])
    hanging = [
        text
        for text, score, bare in zip(candidates, open_scores, without, strict=True)
        if score >= _AT > bare
    ]
    caught: dict[str, Any] = {"texts": len(hanging)}
    for name, disguise in _DISGUISES.items():
        hidden = [_replaced(text, disguise) for text in hanging]
        caught[name] = round(float((_toxicity(scorer, hidden) >= _AT).mean()), 3)
    return caught


def _replaced(text: str, disguise: Callable[[str], str]) -> str:
    """Return a text with each of its listed words in disguise."""
    return _WORDS.sub(lambda match: disguise(match[0]), text)


def dilution(scorer: Scorer, texts: Sequence[str]) -> dict[str, Any]:
    """Return what becomes of a paragraph that is caught alone, amid 9,000 civil characters.

    Paragraphs are texts of 200 to 600 characters that score at least 0.7 for toxicity; the civil
    characters (about 1,500 words) are texts below 0.02, joined.
    """
    scores = _toxicity(scorer, texts)
    civil = " ".join(text for text, score in zip(texts, scores, strict=True) if score < _CIVIL)
    before, after = civil[:4500], civil[4500:9000]
    paragraphs = [
        text
        for text, score in zip(texts, scores, strict=True)
        if score >= _CAUGHT and 200 <= len(text) <= 600
    ]
    amid = _toxicity(scorer, [f"{before}\n\n{text}\n\n{after}" for text in paragraphs])
    return {
        "paragraphs": len(paragraphs),
        "civil_text_alone": round(float(_toxicity(scorer, [before + after])[0]), 3),
        "still_at_or_above_half": round(float((amid >= _AT).mean()), 3),
        "still_at_or_above_0.7": round(float((amid >= _CAUGHT).mean()), 3),
    }


def _toxicity(scorer: Scorer, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(
        [scores.values.get(Label.TOXICITY, 0.0) for scores in scorer.score(list(texts))]
    )


def _auc(positive: np.ndarray[Any, Any], negative: np.ndarray[Any, Any]) -> float:
    truth = np.r_[np.ones(len(positive)), np.zeros(len(negative))]
    return float(roc_auc_score(truth, np.r_[positive, negative]))
