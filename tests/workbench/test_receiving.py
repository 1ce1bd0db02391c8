"""Comments that arrive while the site runs, and what moderators elsewhere decide."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from triage.domain.arrivals import Arrival, Suggestion
from triage.domain.decisions import DecidedBy, Verdict
from triage.domain.policy import Route
from triage.domain.scores import Label
from triage.errors import ConflictError, NotFoundError
from triage.settings import Settings
from triage.workbench import BrowseFilter, Workbench

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUDE, CALM = "You are a complete idiot.", "Thank you for this calm article."
SENT = Arrival("coral", RUDE)
NAMED = replace(SENT, comment_id="c7", url="https://d.example/1")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    made = Workbench(
        Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}", api_store=True), lambda: NOON
    )
    yield made
    made.close()


def rate(bench: Workbench, *texts: str) -> None:
    bench.score_texts(texts)
    assert bench.save_answers(texts) == []


def rejected(sent: Arrival) -> Suggestion:
    return Suggestion(sent, {Label.TOXICITY: 1.0})


def approved(sent: Arrival) -> Suggestion:
    return Suggestion(sent, {Label.TOXICITY: 0.0})


def test_a_comment_that_arrives_is_rated_routed_and_waits_for_review(bench: Workbench) -> None:
    rows = [{"id": "1", "text": RUDE, "author": "Bo"}, {"id": "2", "text": CALM}]
    received = bench.receive(json.dumps(rows).encode(), "blog")
    assert (received.new, received.ids, set(received.unrated)) == (2, ("1", "2"), {RUDE, CALM})
    rate(bench, *received.unrated)
    rude, calm = bench.entries(["1", "2"])
    assert (rude.route, rude.pending, rude.source) == (Route.REVIEW, True, "blog")
    assert (calm.route, calm.pending) == (Route.PASS, False)
    assert bench.next_comment("ana") == "1"


def test_the_same_body_twice_changes_nothing_and_an_edit_asks_again(bench: Workbench) -> None:
    body = json.dumps({"id": "1", "text": RUDE, "author": "Bo"}).encode()
    rate(bench, *bench.receive(body, "blog").unrated)
    bench.decide([bench.entries(["1"])[0].seen], Verdict.REJECT, reviewer="ana")
    again = bench.receive(body, "blog")
    assert (again.new, again.unchanged, again.unrated) == (0, 1, ())
    assert bench.entries(["1"])[0].verdict is Verdict.REJECT
    edited = bench.receive(body.replace(b"complete", b"total"), "blog")
    assert (edited.revised, edited.unrated) == (1, (RUDE.replace("complete", "total"),))
    assert bench.entries(["1"])[0].verdict is None


def test_another_comment_under_a_known_id_is_refused_and_never_overwrites(bench: Workbench) -> None:
    bench.receive(json.dumps({"id": "1", "text": CALM, "author": "Bo"}).encode(), "blog")
    other = json.dumps([{"id": "1", "text": RUDE, "author": "Cy"}, {"id": "2", "text": RUDE}])
    received = bench.receive(other.encode(), "blog")
    assert received.ids == ("2",)
    assert "by another author" in received.problems[0].message
    assert bench.entries(["1"])[0].comment.text == CALM
    named = bench.receive(other.encode(), "blog", source="second")
    assert named.ids == ("second:1", "second:2")


def test_what_another_client_sent_is_not_edited_by_whoever_knows_its_id(bench: Workbench) -> None:
    bench.keep([replace(SENT, comment_id="c7")])
    with pytest.raises(ConflictError, match="from another source"):
        bench.suggest(approved(Arrival("evil", CALM, comment_id="c7")), "client:evil")
    assert bench.entries(["c7"])[0].comment.text == RUDE


def test_a_client_edits_no_comment_and_no_thread_of_another_source(bench: Workbench) -> None:
    mine = {"id": "7", "text": CALM, "author": "Ann", "thread": "t", "title": "Ours"}
    bench.receive(json.dumps(mine).encode(), "blog")
    theirs = mine | {"text": RUDE, "title": "Theirs", "url": "https://evil.example/"}
    body = [theirs, {"id": "8", "text": CALM, "thread": "t", "title": "Theirs"}]
    received = bench.receive(json.dumps(body).encode(), "other")
    assert (received.revised, received.new, received.ids) == (0, 1, ("8",))
    assert "from another source ('blog')" in received.problems[-1].message
    item = bench.item("7")
    assert (item.comment.text, item.thread.title, item.thread.url) == (CALM, "Ours", None)
    same = bench.receive(json.dumps(mine | {"author": "Eve"}).encode(), "other")
    assert (same.ids, same.unchanged, bench.item("7").comment.author) == (("7",), 1, "Ann")
    own = bench.receive(json.dumps(theirs).encode(), "blog")
    assert (own.revised, bench.item("7").thread.title) == (1, "Theirs")


def test_a_community_is_a_thread_of_its_client_alone(bench: Workbench) -> None:
    bench.receive(json.dumps({"id": "1", "text": CALM, "thread": "t"}).encode(), "blog")
    (kept,) = bench.keep([Arrival("evil", RUDE, community="t")]).ids
    assert bench.item(kept).comment.thread_id == "evil:t"


def test_nothing_is_kept_until_the_site_switches_storing_on(tmp_path: Path) -> None:
    bench = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}"))
    assert bench.keep([SENT]).ids == ()
    assert bench.suggest(rejected(NAMED), "client:coral") is None
    assert bench.count() == 0
    bench.close()


def test_a_text_sent_again_is_one_comment_and_another_id_another(bench: Workbench) -> None:
    assert bench.keep([SENT, SENT]).new == 1
    assert bench.keep([SENT]).new == 0
    assert bench.keep([replace(SENT, comment_id=one) for one in "123"]).new == 3
    assert bench.keep([replace(SENT, community="daily")]).new == 1
    assert bench.count() == 5


def test_scores_that_were_answered_are_kept_and_nothing_is_rated_twice(bench: Workbench) -> None:
    (answered,), _ = bench.score_texts([RUDE])
    received = bench.keep([SENT])
    assert bench.save_answers([*received.unrated, CALM]) == [CALM]
    (entry,) = bench.entries(received.ids)
    assert entry.scores is not None
    assert entry.scores.values == pytest.approx(dict(answered.values))
    assert bench.keep([replace(SENT, comment_id="again")]).unrated == ()


def test_a_verdict_elsewhere_is_a_decision_by_the_client(bench: Workbench) -> None:
    bench.keep([NAMED])
    rate(bench, RUDE)
    made = bench.suggest(rejected(NAMED), "client:coral")
    assert made is not None
    assert (made.decided_by, made.reviewer, made.via) == (
        DecidedBy.CLIENT,
        "client:coral",
        "feedback",
    )
    assert (made.verdict, made.reasons, made.looked) == (Verdict.REJECT, ("toxicity",), False)
    entry = bench.entries(["c7"])[0]
    assert (entry.verdict, entry.pending) == (Verdict.REJECT, False)
    assert bench.suggest(rejected(NAMED), "client:coral") == made, "told twice, decided once"


def test_a_person_outranks_the_client_whoever_comes_last(bench: Workbench) -> None:
    bench.keep([NAMED])
    bench.suggest(rejected(NAMED), "client:coral")
    seen = bench.entries(["c7"])[0].seen
    bench.decide([seen], Verdict.APPROVE, reviewer="ana")
    bench.suggest(approved(NAMED), "client:coral")
    bench.suggest(rejected(NAMED), "client:coral")
    entry = bench.entries(["c7"])[0]
    assert (entry.verdict, entry.reviewer) == (Verdict.APPROVE, "ana")
    assert len(bench.item("c7").log) == 4, "and nothing that was said is lost"


def test_an_unknown_comment_is_kept_with_its_page_when_it_is_decided(bench: Workbench) -> None:
    bench.suggest(rejected(NAMED), "client:coral")
    item = bench.item("c7")
    assert (item.comment.text, item.thread.url) == (RUDE, "https://d.example/1")
    assert item.entry.verdict is Verdict.REJECT


def test_what_was_rated_without_an_id_gets_it_with_the_verdict(bench: Workbench) -> None:
    (nameless,) = bench.keep([SENT]).ids
    rate(bench, RUDE)
    assert bench.next_comment("ana") == nameless
    bench.suggest(approved(NAMED), "client:coral")
    assert bench.count() == 1
    entry = bench.entries(["c7"])[0]
    assert (entry.verdict, entry.comment.thread_id) == (Verdict.APPROVE, "https://d.example/1")
    with pytest.raises(NotFoundError):
        bench.item(nameless)
    bench.suggest(rejected(replace(NAMED, comment_id="c8")), "client:coral")
    assert [one.verdict for one in bench.entries(["c7", "c8"])] == [
        Verdict.APPROVE,
        Verdict.REJECT,
    ], "the next one with this text is another comment"


def test_an_edit_that_was_rated_without_its_id_is_decided_with_the_comment(
    bench: Workbench,
) -> None:
    bench.suggest(approved(replace(NAMED, text=CALM)), "client:coral")
    (nameless,) = bench.keep([SENT]).ids
    rate(bench, RUDE)
    bench.suggest(rejected(NAMED), "client:coral")
    both = bench.entries(["c7", nameless])
    assert [(one.comment.text, one.verdict) for one in both] == [(RUDE, Verdict.REJECT)] * 2
    assert bench.next_comment("ana") is None


def test_what_is_kept_after_a_verdict_under_an_id_is_that_comment(bench: Workbench) -> None:
    """By whichever process: the one that was asked may be another one than was told."""
    asked_one = Workbench(bench.settings, lambda: NOON)
    for told in (NAMED, replace(NAMED, url=None, community="daily")):
        named = replace(told, comment_id=f"of {told.url}", text=f"{RUDE} {told.url}")
        bench.suggest(rejected(named), "client:coral")
        asked = replace(SENT, text=named.text, asked_at=NOON)
        late = asked_one.keep([asked, asked])
        assert (late.ids, late.new, late.unchanged) == ((named.comment_id,), 0, 1)
    assert bench.count() == 2
    assert {thread.id for thread in bench.threads()} == {"https://d.example/1", "coral:daily"}
    asked_one.close()


@pytest.mark.parametrize(
    "other",
    [
        {"asked_at": NOON + timedelta(seconds=1)},
        {"client": "blog"},
        {"url": "https://d.example/2"},
        {"text": CALM},
        {"comment_id": "c8"},
    ],
    ids=["sent since", "of another client", "on another page", "another text", "another id"],
)
def test_what_is_kept_after_a_verdict_is_another_comment_if_it_is(
    bench: Workbench, other: dict[str, Any]
) -> None:
    bench.suggest(rejected(NAMED), "client:coral")
    assert bench.keep([replace(SENT, **{"asked_at": NOON, **other})]).new == 1


def test_what_was_sent_before_a_verdict_and_since_is_two_comments(bench: Workbench) -> None:
    bench.suggest(rejected(NAMED), "client:coral")
    later = NOON + timedelta(seconds=1)
    kept = bench.keep([replace(SENT, asked_at=NOON), replace(SENT, asked_at=later)])
    assert kept.new == 1
    assert bench.entries(kept.ids)[0].verdict is None


def test_what_is_sent_between_two_verdicts_on_a_comment_is_another_comment(
    bench: Workbench,
) -> None:
    """The verdict was changed; that the words were sent again had nothing to do with it."""
    bench.suggest(approved(NAMED), "client:coral")
    sent = replace(SENT, asked_at=NOON + timedelta(seconds=1))
    with closing(Workbench(bench.settings, lambda: NOON + timedelta(seconds=2))) as later:
        later.suggest(rejected(NAMED), "client:coral")
        kept = later.keep([sent])
    assert (kept.new, kept.unchanged) == (1, 0)


def test_of_two_that_wait_in_two_places_one_is_what_was_decided(bench: Workbench) -> None:
    bench.suggest(rejected(NAMED), "client:coral")
    site = replace(SENT, url=None, community="daily", asked_at=NOON)
    page = replace(SENT, url=None, article="About zoos", asked_at=NOON)
    kept = bench.keep([site, page])
    assert (kept.new, kept.unchanged) == (1, 1)
    (other,) = set(kept.ids) - {"c7"}
    assert bench.entries([other])[0].comment.thread_id == "coral:daily"


def test_a_community_is_not_the_page_of_another_one(bench: Workbench) -> None:
    bench.suggest(rejected(replace(NAMED, url=None, community="daily")), "client:coral")
    assert bench.keep([replace(SENT, community="weekly", asked_at=NOON)]).new == 1


def test_feedback_without_an_id_is_about_the_text_in_that_place(bench: Workbench) -> None:
    place = replace(SENT, community="daily")
    (kept,) = bench.keep([place]).ids
    made = bench.suggest(rejected(place), "client:coral")
    assert made is not None
    assert made.comment_id == kept


def test_a_clients_verdicts_do_not_pass_for_labels_by_people(bench: Workbench) -> None:
    bench.keep([NAMED])
    rate(bench, RUDE)
    bench.suggest(rejected(NAMED), "client:coral")
    known = bench.findings().known
    assert known.reviewers == 0
    assert known.verdict.tolist() == [0]
    assert bench.count(BrowseFilter(decided=True)) == 1
