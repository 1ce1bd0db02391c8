"""Regular expressions over texts: one dialect, safe, and clear about what is wrong."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.domain.comments import Comment, Thread
from triage.errors import StoreError, UsageError
from triage.store import BrowseFilter, Store
from triage.store.patterns import _as_postgres, check_pattern

TEXTS = [
    "You IDIOT, go home",
    "two lines\nand a [bracket]",
    "a.b*c 2 + 2 = 4",
    "Das ist ärgerlich",
    "idiotic",
    "tab\there {x} \\ ^ $",
    "",
]


def found(store: Store, pattern: str) -> list[str]:
    wanted = BrowseFilter(pattern=pattern)
    texts = [entry.comment.text for entry in store.comments.page(wanted)[0]]
    assert store.comments.count(wanted) == len(texts)
    return sorted(texts, key=TEXTS.index)


@pytest.fixture
def texts(store: Store) -> Store:
    members = [Comment(str(place), "t", text, place) for place, text in enumerate(TEXTS)]
    store.threads.save([Thread("t", comments=tuple(members))])
    return store


@pytest.mark.parametrize(
    ("pattern", "places"),
    [
        (r"\bidiot\b", [0]),
        ("idiot", [0, 4]),
        ("(?-i)IDIOT", [0]),
        ("(?i)IDIOT", [0, 4]),
        ("ÄRGER", [3]),
        (r"lines.and", []),
        (r"lines\sand", [1]),
        (r"^two.lines$", []),
        (r"\Aa\.b\*c", [2]),
        (r"\d \+ \d", [2]),
        (r"[\d.]b", [2]),
        (r"[[\]]bracket", [1]),
        ("(?:go|stay) home|(?P<rest>4)$", [0, 2]),
        ("(?-i)[[:upper:]]{3}", [0]),
        (r"\x{7B}x\x7d", [5]),
        (r"\\ \^ \$", [5]),
        (r"e{2,}", []),
        ("^$", [6]),
    ],
)
def test_a_pattern_means_the_same_on_both_engines(
    texts: Store, pattern: str, places: list[int]
) -> None:
    assert found(texts, pattern) == [TEXTS[place] for place in places]


@pytest.mark.parametrize(
    "part",
    [
        *("idiot", "IDIOT,", "ÄRGER", "a.b", "%", "_", "/", "x} \\ ^", "t", "I", "k"),
        *("kelvin", "istanbul", "i\u0307stanbul", "LONDON", "\u212aelvin"),
    ],
)
def test_a_part_of_a_text_is_found_in_any_case_and_taken_literally(store: Store, part: str) -> None:
    """As Python says it, also of the letters whose lower case is one of ASCII's."""
    every = [*TEXTS, "50% of_all / none", "\u212aelvin", "\u0130stanbul", "In London"]
    members = [Comment(str(place), "t", text, place) for place, text in enumerate(every)]
    store.threads.save([Thread("t", comments=tuple(members))])
    wanted = {text for text in every if part.lower() in text.lower()}
    if not store._database.is_sqlite:  # its lower() goes by its locale
        odd = {"\u212aelvin", "\u0130stanbul"}
        assert names(store, part) - odd == wanted - odd
        return
    assert names(store, part) == wanted


def names(store: Store, part: str) -> set[str]:
    wanted = BrowseFilter(text=part)
    found = {entry.comment.text for entry in store.comments.page(wanted)[0]}
    assert store.comments.count(wanted) == len(found)
    return found


@pytest.mark.parametrize("pattern", [r"[^\W\d]", r"\pL", "a(?s:.)", "a{256}", r"\Qa.b\E", r"\x00"])
def test_what_only_re2_knows_is_refused_on_postgresql_and_taken_on_sqlite(
    texts: Store, pattern: str
) -> None:
    if texts._database.is_sqlite:
        found(texts, pattern)
        return
    with pytest.raises(UsageError, match="PostgreSQL has nothing like it"):
        found(texts, pattern)


@pytest.mark.parametrize(
    ("pattern", "place"),
    [
        ("good (bad", "at its end"),
        ("a**", "at character 2 .*bad repetition operator"),
        ("so (?=ahead)", r"at character 4 .*\(\?="),
        (r"twice (a)\1", r"at character 10 .*invalid escape sequence"),
        ("[z-a]", "at character 2 .*invalid character class range"),
        ("(a{1000}){1000}", "invalid repetition size"),
        ("a\0", "at character 2 .*NUL"),
        ("a\ud800", "at character 2 .*half a character"),
        ("x" * 1001, "1,001 characters; use at most 1,000"),
    ],
)
def test_a_bad_pattern_is_refused_with_its_place(texts: Store, pattern: str, place: str) -> None:
    for ask in (texts.comments.page, texts.comments.count, texts.comments.stream):
        with pytest.raises(UsageError, match=place):
            ask(BrowseFilter(pattern=pattern))


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)*b", "(x+x+)+y", "(.*)*!", "(?:a?){200}a{200}b"]
)
def test_no_pattern_hangs_the_server(store: Store, pattern: str) -> None:
    text = "a" * 5_000 + "x" * 5_000 + "c"
    store.threads.save([Thread("t", comments=(Comment("c", "t", text),))])
    start = time.monotonic()
    try:
        store.comments.count(BrowseFilter(pattern=pattern))
    except StoreError as error:  # given up in time is fine too
        assert "too long" in str(error)  # noqa: PT017
    assert time.monotonic() - start < 30
    assert store.comments.count() == 1, "the connection is as it was"


def test_a_search_that_takes_too_long_is_given_up(store: Store) -> None:
    members = [Comment(str(n), "t", f"text {n}", n) for n in range(3_000)]
    store.threads.save([Thread("t", comments=tuple(members))])
    with pytest.raises(StoreError, match="took too long"), store._database.read(0.001) as one:
        one.exec_driver_sql("SELECT count(*) FROM text AS a, text AS b WHERE a.text < b.text")
    with store._database.read() as one:
        one.exec_driver_sql("SELECT count(*) FROM text")


CHARS = st.sampled_from("ab1 .[]{}()|*+?^$-\\\n")
PARTS = st.one_of(
    st.sampled_from(["a", "b", "1", " ", ".", r"\.", r"\d", r"\w", r"\S", r"\n", "[ab]", "[^a]"]),
    st.sampled_from([r"[\d-]", r"[\]\[]", "[[]", "^", "$", r"\A", r"\z", "(?:a|b)", "(a|)", "-"]),
)
TIMES = st.sampled_from(["", "*", "+", "?", "{2}", "{1,2}", "*?"])
PATTERNS = st.one_of(
    st.text(CHARS, max_size=8),
    st.lists(st.tuples(PARTS, TIMES).map("".join), max_size=5).map("".join),
)


@pytest.fixture(scope="module")
def both(sqlite_store: Store, postgres_store: Store) -> tuple[Store, Store]:
    return sqlite_store, postgres_store


@pytest.mark.postgres
@given(pattern=PATTERNS, text=st.text(CHARS, max_size=12))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_translation_finds_what_re2_finds(
    both: tuple[Store, Store], pattern: str, text: str
) -> None:
    try:
        check_pattern(pattern, sqlite=False)
    except UsageError:
        return
    sqlite, postgres = both
    with sqlite._database.read() as one:
        wanted = one.exec_driver_sql("SELECT found_in(?, ?)", (pattern, text.encode())).scalar_one()
    try:
        with postgres._database.read(5) as other:
            told = other.exec_driver_sql("SELECT %s ~ %s", (text, _as_postgres(pattern)))
            assert told.scalar_one() == bool(wanted)
    except StoreError as error:
        assert "cannot use that pattern" in str(error)  # noqa: PT017


@given(pattern=st.text(max_size=30))
@settings(deadline=None)
def test_any_pattern_is_taken_or_refused_in_words(pattern: str) -> None:
    for sqlite in (True, False):
        try:
            check_pattern(pattern, sqlite=sqlite)
        except UsageError as error:
            assert "pattern" in str(error)  # noqa: PT017
