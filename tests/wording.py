"""Sentences that no two of are near copies, for tests where each comment is decided for itself."""

from __future__ import annotations

__all__ = ["kind", "rude"]

_HOW = (
    "precious",
    "endless",
    "pathetic",
    "crooked",
    "boring",
    "miserable",
    "shameless",
    "hopeless",
)
_HOW += ("laughable", "worthless")
_WHOSE = (
    "newspaper",
    "committee",
    "football club",
    "government",
    "neighbours",
    "politics",
    "article",
)
_WHOSE += ("arguments", "village", "orchestra", "school board", "colleagues")
_WARMLY = (
    "patient",
    "thoughtful",
    "generous",
    "careful",
    "friendly",
    "detailed",
    "honest",
    "cheerful",
)
_WARMLY += ("considered", "balanced")
_ABOUT = (
    "gardens",
    "the library",
    "our timetable",
    "swimming",
    "the harbour",
    "breakfast",
    "concerts",
)
_ABOUT += ("new bicycles", "mountain weather", "old photographs", "the market", "evening classes")


def rude(count: int) -> list[str]:
    """Return up to 120 insults, all flagged by the default policy."""
    return [
        f"You stupid idiot and your {how} {whose}" for how, whose in _pairs(_HOW, _WHOSE)[:count]
    ]


def kind(count: int) -> list[str]:
    """Return up to 120 comments that nothing flags."""
    return [
        f"Thank you for these {how} words about {about}"
        for how, about in _pairs(_WARMLY, _ABOUT)[:count]
    ]


def _pairs(some: tuple[str, ...], others: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return every pair once; those that follow one another have nothing in common."""
    return [
        (some[number % len(some)], others[(number + number // len(some)) % len(others)])
        for number in range(len(some) * len(others))
    ]
