"""How a fact is written before it is hashed: format 1 never changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from triage.domain.chain import FORMAT, START, Fault, FaultKind, canonical, link_hash, seal_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FACT = {"id": "d1", "verdict": "reject", "at": NOON, "reasons": ["insult"], "seconds_spent": 0.1}


def test_the_first_format_gives_the_hash_that_it_always_gave() -> None:
    # Every database out there hangs on this one: a change of it wants another format.
    assert FORMAT == 1
    assert canonical(FACT) == (
        b'{"at":"2026-03-01T12:00:00.000000+00:00","id":"d1","reasons":["insult"],'
        b'"seconds_spent":0.1,"verdict":"reject"}'
    )
    seal = seal_of(bytes(16), {"note": "grüße \ud800"})
    assert seal.hex() == SEAL
    assert link_hash(START, 1, "decision", 7, FACT, seal).hex() == LINK


SEAL = "ed72de8ac7dc9d4bd74ed05fa2b4b7c093e084d99745ea2b3ecb5a7d55006aae"
LINK = "c8ec2a0eadede006d349b36c0813b800be9b440e3f896d3076fd32bd80bc0da5"


def test_the_same_moment_is_written_alike_wherever_it_was_told() -> None:
    there = NOON.astimezone(timezone(timedelta(hours=-7)))
    assert canonical({"at": there}) == canonical({"at": NOON})


def test_the_order_of_keys_says_nothing_and_everything_else_does() -> None:
    turned = dict(reversed(FACT.items()))
    mine = link_hash(START, 1, "decision", 7, FACT, None)
    assert link_hash(START, 1, "decision", 7, turned, None) == mine
    others = {
        link_hash(bytes(31) + b"\1", 1, "decision", 7, FACT, None),
        link_hash(START, 2, "decision", 7, FACT, None),
        link_hash(START, 1, "opinion", 7, FACT, None),
        link_hash(START, 1, "decision", 8, FACT, None),
        link_hash(START, 1, "decision", 7, {**FACT, "verdict": "approve"}, None),
        link_hash(START, 1, "decision", 7, FACT, bytes(32)),
        link_hash(START, 1, "decision", 7, FACT, None, version=2),
    }
    assert len(others | {mine}) == 8


def test_a_seal_tells_nothing_without_its_salt() -> None:
    words = {"note": "yes"}
    assert seal_of(b"a" * 16, words) != seal_of(b"b" * 16, words)


def test_bytes_stand_for_themselves_by_their_digest_and_nothing_odd_is_hashed() -> None:
    assert canonical({"state": b"abc"}).startswith(b'{"state":"ba7816bf')
    with pytest.raises(TypeError, match="holds no object"):
        canonical({"odd": object()})


def test_a_fault_says_which_event_and_what_is_wrong_with_it() -> None:
    fault = Fault(FaultKind.ALTERED, 1_017, "decision", 9, "id d1, verdict reject")
    assert str(fault) == (
        "event 1,017 (decision 9: id d1, verdict reject) was altered since, or its hash was"
    )
    assert str(Fault(FaultKind.UNLINKED, 3)) == "event 3 was taken off the chain"
    assert str(Fault(FaultKind.ADDED, None, "flag", 4)) == (
        "an event (flag 4) stands in its log and is not on the chain"
    )
