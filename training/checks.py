"""What the scorer does to people named kindly, to words in disguise, and to neighbours."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.disguises import DISGUISES, UNTRAINED, disguised, hard_places
from training.figures import auc, bootstrap, score_table, share
from training.own import check_sentences, tone_sentences
from triage.domain.policy import DEFAULT_THRESHOLDS
from triage.domain.scores import Label, Scorer
from triage.scoring.compact import LABELS
from triage.scoring.prepare import prepare

__all__ = ["bias", "clean_text", "dilution", "evasion", "neighbours", "tone"]

_AT = 0.5
_CAUGHT = 0.7
_CIVIL = 0.02

Vector = NDArray[np.float64]


def bias(scorer: Scorer) -> dict[str, Any]:
    """Return, per label, how sentences that name a group fare, by frame and by group.

    Per group: the share of sentences without an attack that reach the default threshold
    (`false_positives`), and the three AUCs of Borkan et al. 2019 (doi:10.1145/3308560.3317593):
    within the group (`subgroup`), its harmless sentences against attacks on others (`bpsn`), and
    attacks on it against others' harmless sentences (`bnsp`).
    """
    sentences = check_sentences()
    groups = np.array([one.group for one in sentences])
    frames = np.array([one.frame for one in sentences])
    attacks = np.array([one.attacks for one in sentences])
    scored = score_table(scorer, [one.text for one in sentences])
    report: dict[str, Any] = {}
    for label in (Label.TOXICITY, Label.INSULT, Label.IDENTITY_ATTACK, Label.INCIVILITY):
        score = next(one.at for one in DEFAULT_THRESHOLDS if one.label is label)
        values = scored[:, LABELS.index(label)]
        report[label] = {
            "threshold": score,
            "at_or_above": {str(f): share(values[frames == f] >= score) for f in np.unique(frames)},
            "mean": {str(f): _mean(values[frames == f]) for f in np.unique(frames)},
            "auc": _auc(values[attacks], values[~attacks]),
            "groups": {
                str(group): _group(values, attacks, groups == group, score)
                for group in np.unique(groups)
            },
        }
    return report


def _group(
    values: Vector, attacks: NDArray[np.bool_], own: NDArray[np.bool_], threshold: float
) -> dict[str, Any]:
    return {
        "false_positives": share(values[own & ~attacks] >= threshold),
        "attacks_found": share(values[own & attacks] >= threshold),
        "subgroup": _auc(values[own & attacks], values[own & ~attacks]),
        "bpsn": _auc(values[~own & attacks], values[own & ~attacks]),
        "bnsp": _auc(values[own & attacks], values[~own & ~attacks]),
    }


def tone(scorer: Scorer, seed: int) -> dict[str, Any]:
    """Return how comments without a swear word fare: contempt of many kinds, and civil ones.

    `flagged` is, per kind, the share that reaches the default threshold of any label, `incivility`
    the mean score; `auc` is that of incivility over all, with its 95 % bootstrap interval.
    """
    sentences = tone_sentences()
    kinds = np.array([one.kind for one in sentences])
    uncivil = np.array([one.uncivil for one in sentences])
    scored = score_table(scorer, [one.text for one in sentences])
    limits = {one.label: one.at for one in DEFAULT_THRESHOLDS}
    reached = scored >= np.array([limits.get(label, np.inf) for label in LABELS])
    flagged: NDArray[np.bool_] = np.any(reached, axis=1)
    values = scored[:, LABELS.index(Label.INCIVILITY)]

    def area(rows: NDArray[np.int64]) -> float:
        return auc(uncivil[rows], values[rows])

    return {
        "auc": round(auc(uncivil, values), 4),
        "auc_95": bootstrap(area, len(values), seed=seed),
        "uncivil": share(flagged[uncivil]),
        "civil": share(flagged[~uncivil]),
        "kinds": {
            kind: {
                "uncivil": bool(uncivil[kinds == kind][0]),
                "flagged": share(flagged[kinds == kind]),
                "incivility": _mean(values[kinds == kind]),
            }
            for kind in dict.fromkeys(kinds.tolist())
        },
    }


def evasion(
    scorer: Scorer,
    texts: Sequence[str],
    toxic: Vector,
    openly: Vector,
    words: frozenset[str],
    seed: int,
) -> dict[str, Any]:
    """Return, per disguise of every listed word, the AUC of toxicity and what it loses.

    `openly` is what the texts score for toxicity as they stand. All texts count; only those with a
    listed word change. `caught` is the share, among toxic texts that reach 0.5 openly and have a
    listed word, that still do. `trained` says whether the disguise was met in training.
    """
    rows = np.flatnonzero([bool(hard_places(text, words)) for text in texts])
    caught = rows[(toxic[rows] == 1) & (openly[rows] >= _AT)]
    before = auc(toxic, openly)
    report: dict[str, Any] = {
        "auc_openly": round(before, 4),
        "toxic": int(toxic.sum()),
        "texts_changed": len(rows),
        "caught_openly": len(caught),
    }
    for name, disguise in {**DISGUISES, **UNTRAINED}.items():
        rng = random.Random(seed)
        hidden = openly.copy()
        hidden[rows] = _toxicity(
            scorer, [disguised(texts[row], words, disguise, rng) for row in rows.tolist()]
        )
        after = auc(toxic, hidden)
        report[name] = {
            "auc": round(after, 4),
            "trained": name in DISGUISES,
            "lost": round(before - after, 4),
            "caught": _mean(hidden[caught] >= _AT),
        }
    return report


def clean_text(texts: Sequence[str], toxic: Vector, scores: Vector) -> dict[str, Any]:
    """Return how many harmless texts the preparation touches, and how many of those are flagged.

    `scores` are the texts' for toxicity; `all_at_or_above_half` is the share of all harmless texts
    that is flagged.
    """
    harmless = toxic == 0
    touched = harmless & [bool(prepare(text).edits) for text in texts]
    return {
        "texts": int(harmless.sum()),
        "touched": int(touched.sum()),
        "touched_at_or_above_half": _mean(scores[touched] >= _AT) if touched.any() else 0.0,
        "all_at_or_above_half": _mean(scores[harmless] >= _AT),
    }


def neighbours(scorer: Scorer, texts: Sequence[str], seed: int) -> float:
    """Return the most that a score moves when the texts are rated in another order and number."""
    order = np.random.default_rng(seed).permutation(len(texts))
    together = score_table(scorer, texts)
    apart = np.empty_like(together)
    for part in np.array_split(order, 37):
        apart[part] = score_table(scorer, [texts[row] for row in part])
    return float(np.abs(together - apart).max())


def dilution(scorer: Scorer, texts: Sequence[str], scores: Vector) -> dict[str, Any]:
    """Return what becomes of a paragraph that is caught alone, amid 9,000 civil characters.

    `scores` are the texts' for toxicity. Paragraphs are texts of 200 to 600 characters that score
    at least 0.7; the civil characters (about 1,500 words) are texts below 0.02, joined.
    """
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


def _toxicity(scorer: Scorer, texts: Sequence[str]) -> Vector:
    return score_table(scorer, texts)[:, LABELS.index(Label.TOXICITY)]


def _mean(values: NDArray[Any]) -> float:
    return round(float(values.mean()), 3)


def _auc(positive: Vector, negative: Vector) -> float:
    truth = np.r_[np.ones(len(positive)), np.zeros(len(negative))]
    return round(auc(truth, np.r_[positive, negative]), 4)
