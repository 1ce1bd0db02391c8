"""What a text must hold for a pattern to be found in it: never more than is so."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from triage.errors import UsageError
from triage.store.literals import required
from triage.store.patterns import check_pattern, found_in

PIECES = st.sampled_from(
    [
        *"abcis kK.|?*+()[]^$-{}\\_0",
        *("abc", "ice", "(?i)", "(?-i)", "(?:", "[^a", "[]", "[[:digit:]", "{2}", "{0,3}"),
        *("\\b", "\\d", "\\.", "\\Q", "\\E", "\\x41", "\\pL", "*?", "\u212a", "\u017f"),
    ]
)


@pytest.mark.parametrize(
    ("pattern", "rows"),
    [
        (r"\bbridge\b.*rain", ("bridge", "rain")),
        ("Stupid Idiot", ("tupid idiot",)),  # a long s is an s where case does not matter
        ("(?-i)ABCDE", ("abcde",)),
        ("abcd?efg+hij", ("abc", "efg", "hij")[:2]),
        ("(abcd)efg", ("efg",)),
        ("[abcd]efg", ("efg",)),
        ("abcd{0}efgh", ("efgh", "abc")),
        ("abc|abcd", ()),
        (r"\Qabcd|", ()),
        (r"\x41bcd", ()),
        ("ab.cd", ()),
        ("abcd(?i)*efg", ()),  # the repetition is of what stands before the flag
    ],
)
def test_rows_of_letters_that_every_match_holds(pattern: str, rows: tuple[str, ...]) -> None:
    assert required(pattern) == rows


PATTERNS = st.lists(PIECES, max_size=12).map("".join)
TEXTS = st.text("abcideKk\u212as\u017f0 .|\n", max_size=30)


@settings(deadline=None)  # a processor that others use is no fault
@given(PATTERNS, TEXTS)
def test_whatever_a_pattern_is_found_in_holds_what_it_requires(pattern: str, text: str) -> None:
    try:
        check_pattern(pattern, sqlite=True)
    except UsageError:
        assume(False)
    if found_in(pattern, text.encode()):
        assert all(row.encode() in text.encode().lower() for row in required(pattern))


@settings(deadline=None)
@given(PATTERNS)
def test_a_pattern_that_is_read_as_text_requires_no_more_than_that(pattern: str) -> None:
    """Against patterns that match themselves, as most texts match nothing."""
    try:
        check_pattern(pattern, sqlite=True)
    except UsageError:
        assume(False)
    if found_in(pattern, pattern.encode()):
        assert all(row.encode() in pattern.encode().lower() for row in required(pattern))
