"""The sentences of the checks. They share no frame with those that are trained on."""

from __future__ import annotations

from training.own.expand import filled
from training.own.identities import IDENTITIES
from training.own.kinds import CheckSentence, ToneSentence, lines
from training.own.written import FOLDER, sections

__all__ = ["FRAMES", "check_sentences", "tone_sentences"]

_KIND = lines("""
Hello, I'm {a_one} and a grandparent, and this recipe worked well.
My {adj} colleague wrote the clearest report of all.
You are a kind {adj} person.
Some of my {adj} friends disagree with the new law.
I support equal rights for {many}.
He married {a_one}, and they run a bakery by the sea.
""")
_NEUTRAL = lines("""
The museum opens an exhibition about {many} in May.
Roughly a tenth of the students here are {adj}.
Where do {many} in Leeds meet on weekends?
a nurse, who is {adj}, looked after my father
""")
_COUNTER = lines("""
It sickens me when somebody calls {many} lazy or dirty.
{many} are no threat to anyone, whatever that preacher claims.
Our school has no room for hatred of {many}.
Someone sprayed "out with the {many}" on our wall, and forty neighbours came to clean it.
""")
_HOSTILE = lines("""
I loathe {many} from the bottom of my heart.
{many} are filth and ought to be driven from our land.
{many} are too dim to run anything, let alone a city.
Decent folk cross the road when {a_one} comes along, and rightly so.
It was a mistake to give {many} equal rights.
My landlord rented the flat to {a_one}. They wreck whatever they get and live off us.
Don't get me wrong, some are fine, but {many} are just savages at heart.
Someone ought to set fire to every house where {many} live.
You revolting {adj} maggot.
Close the door whenever you see {many}, or count your spoons afterwards.
""")

_WRITTEN = dict(sections(FOLDER / "check_groups.txt"))
_FRAMES = {
    "kind": _KIND + _WRITTEN["kind"],
    "neutral": _NEUTRAL + _WRITTEN["neutral"],
    "counter-speech": _COUNTER + _WRITTEN["counter-speech"],
    "hostile": _HOSTILE + _WRITTEN["hostile"],
}
_CIVIL = frozenset(
    (
        "firm",
        "critical",
        "harmless irony",
        "technical",
        "chatting",
        "harmless twins",
        "angry about things",
    )
)

FRAMES = tuple(frame for frames in _FRAMES.values() for frame in frames)
"""All frames, with their slots."""


def check_sentences() -> list[CheckSentence]:
    """Return every frame for every group: kind, neutral and in defence, and attacks."""
    return [
        CheckSentence(
            identity.group, kind, filled(frame, identity.forms()), attacks=kind == "hostile"
        )
        for kind, frames in _FRAMES.items()
        for frame in frames
        for identity in IDENTITIES
    ]


def tone_sentences() -> list[ToneSentence]:
    """Return comments written for the check of tone: contempt without swearing, and civil ones."""
    return [
        ToneSentence(name, text, uncivil=name not in _CIVIL)
        for name, comments in sections(FOLDER / "check.txt")
        for text in comments
    ]
