"""The corpus is as large, and as mixed, as it says."""

from __future__ import annotations

from tests.hostile.payloads import FAMILIES, LONG, PAYLOADS


def test_there_are_at_least_three_hundred_payloads_of_every_family() -> None:
    assert len(PAYLOADS) >= 300
    assert len(set(PAYLOADS)) == len(PAYLOADS)
    assert min(len(list(family())) for family in FAMILIES.values()) >= 5
    assert all(600_000 < len(text) < 1_200_000 for text in LONG)
