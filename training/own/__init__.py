"""Sentences of our own: groups named kindly and with hatred, hard words meant harmlessly.

The sets hold few comments in which a group is named without an attack on it, so a model learns
the name itself as an insult (Dixon et al. 2018, doi:10.1145/3278721.3278729); and few in which a
group is attacked without a swear word, so a model misses those (Röttger et al. 2021,
doi:10.18653/v1/2021.acl-long.4). Some are made from frames, so that each hard phrase is seen with
harm and without; others are comments written one by one (`written`), for contempt, irony, threats
and their civil twins have no one form. The checks have frames and comments of their own.
"""

from __future__ import annotations

from training.own import everyday, groups, people, tone, written
from training.own.check import check_sentences, tone_sentences
from training.own.expand import examples
from training.own.identities import IDENTITIES
from training.own.kinds import CheckSentence, Example, Family, ToneSentence

__all__ = [
    "FAMILIES",
    "IDENTITIES",
    "CheckSentence",
    "Example",
    "Family",
    "ToneSentence",
    "check_sentences",
    "tone_sentences",
    "training_examples",
]

FAMILIES: tuple[Family, ...] = (
    *groups.FAMILIES,
    *people.FAMILIES,
    *everyday.FAMILIES,
    *tone.FAMILIES,
    *written.FAMILIES,
)
_SEED = 20


def training_examples() -> list[Example]:
    """Return the sentences to train on, the same at every call, no text twice."""
    return examples(FAMILIES, _SEED)
