"""Near copies, on SQLite and on PostgreSQL alike: all that is alike is found, and bounded."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, update

from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.copies import comparable
from triage.domain.decisions import Decision, Verdict
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import NotFoundError
from triage.store import Store
from triage.store.minhash import BANDS
from triage.store.schema import text_bands, texts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WAVE = "Vote against the new bridge on Sunday, or our river will never be the same again"
OTHER = "Nobody asked the people who live there before the works began last spring"
WORDS = ["river", "bridge", "council", "budget", "vote", "street", "market", "school", "winter"]


def save(store: Store, said: Iterable[str], name: str = "c") -> None:
    """Import comments `c0`, `c1`, ... with these texts."""
    members = [Comment(f"{name}{n}", "t", text, n) for n, text in enumerate(said)]
    store.threads.save([Thread("t", "On the bridge", comments=tuple(members))])


def decide(store: Store, comment_id: str) -> None:
    digest = store.comments.get(comment_id).text_sha256
    store.decisions.add(Decision(uuid4().hex, comment_id, digest, Verdict.REJECT, "ada", NOON))


def copies(store: Store, comment_id: str) -> list[str]:
    return [one.comment_id for one in store.copies.of(comment_id)]


def test_what_says_the_same_in_nearly_the_same_words_is_a_copy_most_alike_first(
    store: Store,
) -> None:
    save(store, [WAVE, OTHER, f"{WAVE}, Ms Mayor", WAVE.upper(), WAVE, OTHER + "!"])
    assert copies(store, "c0") == ["c4", "c3", "c2"] or copies(store, "c0") == ["c3", "c4", "c2"]
    assert set(copies(store, "c2")) == {"c0", "c3", "c4"}
    assert copies(store, "c1") == ["c5"]


def test_an_unknown_comment_is_named(store: Store) -> None:
    with pytest.raises(NotFoundError, match="nothing"):
        store.copies.of("nothing")


def test_texts_too_short_to_mean_the_same_everywhere_have_no_copies(store: Store) -> None:
    save(store, ["Thanks!", "Thanks!", "", "", "Thanks!!!!!!!!!!!!!!!!!!!!", "thanks"])
    assert [copies(store, f"c{n}") for n in range(6)] == [[]] * 6


@pytest.mark.parametrize(
    "text",
    [
        "😀" * 25,
        "天气很好我们今天去公园散步吧大家都来参加活动好吗",
        "w" * 300,
        "!?" * 20,
        "x\0\ud800" * 20,
    ],
    ids=["emoji", "no spaces", "one letter", "punctuation", "what no database holds"],
)
def test_any_text_that_is_long_enough_is_found_again(store: Store, text: str) -> None:
    save(store, [text, OTHER, f" {text} "])
    assert copies(store, "c0") == ["c2"]


def test_of_very_long_texts_only_the_very_same_are_copies(store: Store) -> None:
    long = " ".join(random.Random(1).choices(WORDS, k=150_000))
    save(store, [long, long + " again", long])
    assert copies(store, "c0") == ["c2"]


def test_what_is_alike_a_copy_only_is_no_copy(store: Store) -> None:
    steps = [WAVE]
    for word, other in (
        ("Sunday", "Monday"),
        ("river", "water"),
        ("bridge", "tunnel"),
        ("Vote", "Go"),
    ):
        steps.append(steps[-1].replace(word, other))
    save(store, steps)
    assert "c1" in copies(store, "c0")
    assert "c4" not in copies(store, "c0")
    assert "c4" in copies(store, "c3")


def test_only_undecided_comments_are_copies_and_an_undo_makes_one_again(store: Store) -> None:
    save(store, [WAVE] * 3 + [WAVE + " Amen"])
    decide(store, "c1")
    decide(store, "c3")
    assert copies(store, "c0") == ["c2"]
    assert copies(store, "c1") == ["c0", "c2"], "who asks about a decided one is told"
    store.decisions.undo_last("ada", NOON)
    assert copies(store, "c0") == ["c2", "c3"]


class _Everyone:
    """A sampling that draws whatever it can."""

    def numbers(self, ids: Sequence[str], salt: str) -> Sequence[float]:
        return [0.5] * len(ids)

    def probabilities(self, closeness: Sequence[float]) -> Sequence[float]:
        return [1.0] * len(closeness)


def test_what_an_audit_drew_is_decided_for_itself(store: Store) -> None:
    save(store, [WAVE, WAVE.upper(), WAVE + " Amen"])
    scorer = ScorerInfo("test", "1", (Label.INSULT,))
    store.panel.set({Label.INSULT: (scorer.key, scorer.version)})
    store.scores.save(scorer, [(text_digest(WAVE.upper()), Scores({Label.INSULT: 0.1}))])
    store.audits.draw(_Everyone(), 1, "lea", NOON)
    assert copies(store, "c0") == ["c2"]


def test_an_edited_comment_is_a_copy_by_its_new_text(store: Store) -> None:
    save(store, [WAVE, OTHER, WAVE + " Amen"])
    save(store, [WAVE, WAVE.upper(), OTHER.upper()])
    assert copies(store, "c0") == ["c1"]
    assert copies(store, "c2") == []


def test_one_text_many_times_gives_a_bounded_list_quickly(store: Store) -> None:
    save(store, [WAVE] * 5_000 + [WAVE.upper()] * 5_000)
    began = time.perf_counter()
    assert len(store.copies.of("c7")) == 500
    assert time.perf_counter() - began < 5  # a slow machine's; it is 20 ms on an idle one


def test_a_wave_in_ever_other_words_gives_a_bounded_list_around_the_one_in_hand(
    store: Store,
) -> None:
    chance = random.Random(5)
    save(store, [f"{WAVE} {chance.choice(WORDS)} {n}" for n in range(3_000)])
    found = copies(store, "c1500")
    assert 40 <= len(found) <= 200
    assert all(abs(int(one[1:]) - 1500) <= 1_500 for one in found)


def test_a_wave_is_found_wherever_a_reviewer_is_in_it(store: Store) -> None:
    save(store, [f"{WAVE} {n}" for n in range(400)])
    for n in range(300):
        decide(store, f"c{n}")
    assert len(copies(store, "c300")) == 99


def behind(store: Store) -> None:
    """Take every text out of the index, as it was before there was one."""
    with store._database.write() as connection:
        connection.execute(delete(text_bands))
        connection.execute(update(texts).values(banded=False))


def test_texts_of_before_there_was_an_index_enter_it_once(store: Store) -> None:
    save(store, [WAVE, WAVE.upper(), OTHER, "Thanks!", *(f"{OTHER} {n}" for n in range(2_500))])
    with store._database.read() as connection:
        before = set(connection.execute(select(text_bands)).all())
    behind(store)
    assert copies(store, "c0") == []
    assert store.copies.catch_up() == 2_504
    with store._database.read() as connection:
        assert set(connection.execute(select(text_bands)).all()) == before
    assert copies(store, "c0") == ["c1"]
    assert store.copies.catch_up() == 0


def test_the_next_import_or_scoring_lets_them_enter_even_where_it_changes_nothing(
    store: Store,
) -> None:
    save(store, [WAVE, WAVE.upper()])
    behind(store)
    store.settle(0)
    assert copies(store, "c0") == ["c1"]


def test_very_same_texts_are_copies_before_they_enter_the_index(store: Store) -> None:
    save(store, [WAVE, WAVE])
    behind(store)
    assert copies(store, "c0") == ["c1"]


def test_each_text_that_is_compared_is_in_the_index_once(store: Store) -> None:
    save(store, [WAVE, WAVE, "Thanks!", OTHER])
    save(store, [WAVE, OTHER, "Thanks!", WAVE])
    with store._database.read() as connection:
        entered = connection.execute(
            select(text_bands.c.text_pk, func.count()).group_by(text_bands.c.text_pk)
        )
        assert sorted(count for _, count in entered) == [BANDS, BANDS]


def test_at_random_all_near_copies_are_found_and_nothing_else(store: Store) -> None:
    chance = random.Random(6)
    said: list[str] = []
    for _ in range(30):
        sentence = chance.choices(WORDS, k=chance.randint(6, 14))
        for _ in range(3):
            said.append(" ".join(sentence))
            sentence[chance.randrange(len(sentence))] = chance.choice(WORDS)
    save(store, said)
    folded = [comparable(text) or "" for text in said]
    sets = [{text[n : n + 5] for n in range(len(text) - 4)} for text in folded]
    wanted = {
        (n, m)
        for n, one in enumerate(sets)
        for m, other in enumerate(sets)
        if n != m and len(one & other) >= 0.8 * len(one | other)
    }
    found = {(n, int(one[1:])) for n in range(len(said)) for one in copies(store, f"c{n}")}
    assert len(wanted) > 30
    assert found <= wanted
    assert len(found) >= 0.98 * len(wanted)
