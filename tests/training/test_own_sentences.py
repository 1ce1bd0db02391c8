"""The sentences of our own: what a model may learn from them, and what it is checked with."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from training import own
from training.own import check
from training.own.expand import examples
from training.own.identities import IDENTITIES
from training.own.kinds import Example
from training.own.written import sections
from triage.domain.scores import Label

EXAMPLES = own.training_examples()
CHECKED = own.check_sentences()
TONES = own.tone_sentences()
_FORMS = sorted(
    {
        form.casefold()
        for identity in IDENTITIES
        for turn in range(4)
        for form in identity.forms(turn).values()
    },
    key=len,
    reverse=True,
)
_ANY_FORM = re.compile(rf"\b({'|'.join(map(re.escape, _FORMS))})\b")


def frame_of(text: str) -> str:
    """Return a sentence with a mark in place of the groups it names, without its typing."""
    letters = re.sub(r"[^a-z ]", "", _ANY_FORM.sub("x", text.casefold()))
    return " ".join(letters.split())


def examples_of(name: str) -> list[Example]:
    return examples([family for family in own.FAMILIES if family.name == name], seed=1)


def test_the_sentences_are_the_same_at_every_call() -> None:
    random.seed(5)
    assert own.training_examples() == EXAMPLES
    assert own.check_sentences() == CHECKED


def test_no_text_comes_twice_and_there_are_some_thousands() -> None:
    texts = Counter(example.text.casefold() for example in EXAMPLES)
    assert 4000 <= len(EXAMPLES) == len(texts) <= 15_000
    assert len({one.text for one in CHECKED}) == len(CHECKED)


def test_targets_lie_between_0_and_1_and_never_deny_a_toxicity_that_they_name() -> None:
    for family in own.FAMILIES:
        known = family.targets
        assert all(0 <= target <= 1 for target in known.values()), family.name
        assert Label.TOXICITY in known, family.name
        assert known[Label.INCIVILITY] > 0.5 or known[Label.INSULT] == 0, family.name
        assert known[Label.IDENTITY_ATTACK] <= known[Label.TOXICITY] + 0.16, family.name


def test_every_slot_is_filled() -> None:
    for text in [*(one.text for one in EXAMPLES), *(one.text for one in CHECKED)]:
        assert not re.search(r"[{}]|  |\ba (?!one|eu)[aeio]", text), text


def test_no_frame_gives_more_than_half_a_percent_of_the_rows() -> None:
    frames = Counter(frame_of(example.text) for example in EXAMPLES)
    assert max(frames.values()) <= len(EXAMPLES) / 200


def test_every_group_is_named_with_and_without_an_attack() -> None:
    sides: dict[str, set[bool]] = defaultdict(set)
    for example in EXAMPLES:
        attacked = example.targets[Label.IDENTITY_ATTACK] == 1
        for form in _ANY_FORM.findall(example.text.casefold()):
            sides[form].add(attacked)
    for identity in IDENTITIES:
        both = set().union(*(sides[form.casefold()] for form in identity.forms().values()))
        assert both == {True, False}, identity.group


def test_each_group_is_checked_by_kindness_counter_speech_and_hostility() -> None:
    per_group: dict[str, Counter[str]] = defaultdict(Counter)
    for one in CHECKED:
        per_group[one.group][one.frame] += 1
        assert one.attacks == (one.frame == "hostile")
    assert set(per_group) == {identity.group for identity in IDENTITIES}
    assert len(per_group) >= 40
    for frames in per_group.values():
        assert frames["kind"] + frames["neutral"] >= 5
        assert frames["counter-speech"] >= 2
        assert frames["hostile"] >= 6


def test_the_bias_check_shares_no_frame_with_what_was_trained_on() -> None:
    def bare(frame: str) -> str:
        return " ".join(re.findall("[a-z]+", re.sub(r"\{\w+\}", "", frame.casefold())))

    trained = {bare(frame) for family in own.FAMILIES for frame in family.frames}
    assert trained.isdisjoint(bare(frame) for frame in check.FRAMES)
    seen = {frame_of(example.text) for example in EXAMPLES}
    assert seen.isdisjoint(frame_of(one.text) for one in CHECKED)


def test_a_frame_of_the_check_borrows_no_run_of_five_words_from_training() -> None:
    def runs(text: str) -> set[tuple[str, ...]]:
        words = frame_of(text).split()
        return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}

    trained = set().union(*(runs(example.text) for example in EXAMPLES))
    for one in (*CHECKED, *TONES):
        assert not runs(one.text) & trained, one.text


def test_rudeness_has_civil_twins_about_the_same_things() -> None:
    rude, civil = examples_of("rude without a hard word"), examples_of("firm and civil")
    assert min(len(rude), len(civil)) >= 250
    for topic in ("the budget", "the vaccine", "the museum"):
        for side in (rude, civil):
            assert any(topic in example.text.casefold() for example in side), topic


def test_hard_words_come_with_an_attack_and_without() -> None:
    for word in ("vermin", "plague", "kill", "banned", "fuck", "i know where you"):
        toxicity = {
            round(example.targets[Label.TOXICITY])
            for example in EXAMPLES
            if word in example.text.casefold()
        }
        assert toxicity == {0, 1}, word


def test_comments_written_one_by_one_have_civil_twins() -> None:
    sides = {True: 0, False: 0}
    for family in own.FAMILIES:
        if family.name.startswith("written, "):
            sides[family.targets[Label.INCIVILITY] > 0.5] += len(family.frames)
    assert min(sides.values()) > 2000


def test_the_check_of_tone_has_both_sides_in_many_kinds() -> None:
    kinds = Counter((one.kind, one.uncivil) for one in TONES)
    assert sum(uncivil for _, uncivil in kinds) >= 6
    assert sum(not uncivil for _, uncivil in kinds) >= 6
    assert min(kinds.values()) >= 20


def test_a_line_outside_every_section_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "some.txt"
    path.write_text("lost\n== firm\nno\n", "utf-8")
    with pytest.raises(ValueError, match=r"some\.txt.*lost"):
        list(sections(path))
    path.write_text("== firm\nno\n\n yes \n== empty\n== mocking\nwow\n", "utf-8")
    assert list(sections(path)) == [("firm", ("no", "yes")), ("mocking", ("wow",))]
