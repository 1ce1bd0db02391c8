"""Delivery to a real server on this machine, over a live workbench; time is wound by hand."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from tests.scoring.far_side import Asked, FarSide, Reply, far_side, in_turn
from tests.wording import rude
from triage.domain.decisions import Verdict
from triage.domain.webhooks import EventType, Extra
from triage.errors import StoreError, UsageError
from triage.settings import Settings
from triage.webhooks.courier import Courier, Round
from triage.webhooks.sending import TIMEOUT
from triage.workbench import Workbench

OK, DOWN = Reply(204), Reply(500, b"no worker")


class Clock:
    """The time, which passes only when it is wound on; it starts now, as receivers check it."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def wind(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def far() -> Iterator[FarSide]:
    with far_side(lambda _: OK) as running:
        yield running


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with ten comments to decide, and one whose text is broken."""
    folder = tmp_path_factory.mktemp("desk")
    comments = [{"id": f"c{n}", "text": text} for n, text in enumerate(rude(10))]
    comments.append({"id": "odd", "text": "broken \ud800 \0 und in Größe ✓"})
    path = folder / "comments.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in comments))
    made = Workbench(Settings(database_url=f"sqlite:///{folder / 'triage.db'}"))
    made.import_file(path)
    made.close()
    return folder / "triage.db"


@pytest.fixture
def bench(tmp_path: Path, imported: Path, clock: Clock) -> Iterator[Workbench]:
    """A desk on a database of its own."""
    path = Path(shutil.copy(imported, tmp_path))
    url = f"sqlite:///{path}"
    made = Workbench(Settings(database_url=url, webhook_hosts=("127.0.0.1",)), clock)
    yield made
    made.close()


def decide(bench: Workbench, *ids: str) -> None:
    for one in ids:
        seen = [bench.item(one).entry.seen]
        said = {"reviewer": "ana", "reasons": ("insult",), "note": "a note"}
        bench.decide(seen, Verdict.REJECT, **said)


def courier(bench: Workbench, clock: Clock, **given: Any) -> Courier:
    hosts = bench.settings.webhook_hosts
    return Courier(bench.store, hosts, clock=clock, chance=lambda: 0.0, **given)


def ids(far: FarSide) -> list[str]:
    return [one.headers["webhook-id"] for one in far.asked]


# What a receiver gets.


def test_a_receiver_verifies_a_message_with_the_library_it_has(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    secret = bench.add_webhook(far.url, "ada").secret
    decide(bench, "c1")
    assert courier(bench, clock).round() == Round(1, delivered=1)
    (asked,) = far.asked
    body = Verifier(secret).verify(asked.sent, dict(asked.headers))
    assert (body["id"], body["type"]) == (asked.headers["webhook-id"], "decision.made")
    assert body["timestamp"] == clock().isoformat().replace("+00:00", "Z")
    assert body["data"]["comment_id"] == "c1"
    assert body["data"]["verdict"] == "reject"
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(asked.sent.replace(b"reject", b"accept"), dict(asked.headers))
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(asked.sent, {**asked.headers, "webhook-id": "msg_other"})


def test_neither_text_nor_note_nor_a_name_is_told_unasked(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    bench.add_webhook(far.url, "ada", name="plain")
    bench.add_webhook(far.url, "ada", name="whole", extras=Extra)
    decide(bench, "c1")
    courier(bench, clock).round()
    plain, whole = sorted((one.body["data"] for one in far.asked), key=len)
    assert plain.keys().isdisjoint({"text", "note", "reviewer"})
    assert (whole["text"], whole["note"], whole["reviewer"]) == (rude(2)[1], "a note", "ana")


def test_a_ping_is_signed_and_tells_nothing(bench: Workbench, far: FarSide) -> None:
    secret = bench.add_webhook(far.url, "ada", name="site").secret
    assert bench.ping_webhook("site") == ""
    body = Verifier(secret).verify(far.asked[0].sent, dict(far.asked[0].headers))
    assert (body["type"], body["data"]) == ("webhook.ping", {})
    far.play = lambda _: Reply(401, b"wrong\nsecret")
    assert bench.ping_webhook("site") == "HTTP 401: wrong secret"


# What does not arrive comes again.


def test_a_message_that_failed_comes_again_under_the_same_id_signed_anew(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    secret = bench.add_webhook(far.url, "ada").secret
    far.play = in_turn(DOWN, OK)
    decide(bench, "c1")
    ours = courier(bench, clock)
    assert ours.round() == Round(1, failed=1)
    assert bench.webhooks()[0].last_error == "HTTP 500: no worker"
    assert ours.round() == Round(), "not before its time"
    clock.wind(seconds=5)
    assert ours.round() == Round(1, delivered=1)
    first, second = far.asked
    assert first.sent == second.sent
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert Verifier(secret).verify(second.sent, dict(second.headers))
    (state,) = bench.webhooks()
    assert (state.delivered, state.failed, state.failing_since) == (1, 1, None)


@pytest.mark.parametrize("status", [404, 500])
def test_after_eight_tries_over_a_day_and_more_a_message_is_given_up(
    bench: Workbench, far: FarSide, clock: Clock, status: int
) -> None:
    bench.add_webhook(far.url, "ada")
    far.play = lambda _: Reply(status)
    decide(bench, "c1")
    ours, start = courier(bench, clock), clock()
    for seconds in (5, 30, 120, 600, 3_600, 21_600, 86_400):
        assert ours.round().failed == 1
        clock.wind(seconds=seconds - 1)
        assert ours.round() == Round()
        clock.wind(seconds=1)
        if (held := bench.webhooks()[0].held_until) is not None and held > clock():
            clock.now = held  # a receiver that is down is also left alone
    assert ours.round().failed == 1
    assert clock() - start >= timedelta(hours=31)
    assert len(set(ids(far))) == 1
    assert len(far.asked) == 8
    (letter,) = bench.dead_letters()
    assert (letter.attempts, letter.error) == (8, f"HTTP {status}")
    far.play = lambda _: OK
    clock.wind(days=9)
    assert ours.round() == Round(), "it is given up"
    assert bench.retry_dead(None, "ada") == 1
    assert ours.round() == Round(1, delivered=1)
    assert len(set(ids(far))) == 1
    assert bench.webhooks()[0].given_up == 1


def test_a_receiver_may_ask_for_more_time_but_for_no_more_than_a_day(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    bench.add_webhook(far.url, "ada")
    far.play = in_turn(
        Reply(503, headers={"Retry-After": "90"}), Reply(429, headers={"Retry-After": "9" * 9}), OK
    )
    decide(bench, "c1")
    ours = courier(bench, clock)
    ours.round()
    clock.wind(seconds=89)
    assert ours.round() == Round()
    clock.wind(seconds=1)
    assert ours.round().failed == 1
    clock.wind(hours=24)
    assert ours.round().delivered == 1


def test_a_message_that_arrived_before_a_kill_comes_again(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    bench.add_webhook(far.url, "ada")
    decide(bench, "c1")

    def dies() -> datetime:
        """The time, until something was sent: then the process ends, before that is noted."""
        if far.asked:
            raise KeyboardInterrupt
        return clock()

    killed = Courier(bench.store, bench.settings.webhook_hosts, clock=dies)
    with pytest.raises(KeyboardInterrupt):
        killed.round()
    other = courier(bench, clock)
    assert other.round() == Round(), "its claim holds yet"
    clock.wind(minutes=2)
    assert other.round().delivered == 1
    assert ids(far)[0] == ids(far)[1], "which is how a receiver knows it again"


def test_a_database_that_fails_once_ends_no_courier(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    bench.add_webhook(far.url, "ada")
    decide(bench, "c1")
    faults = [StoreError("database is locked")]

    def faulty() -> datetime:
        if far.asked and faults:
            raise faults.pop()
        return clock()

    ours = Courier(bench.store, bench.settings.webhook_hosts, clock=faulty)
    with pytest.raises(StoreError):
        ours.round()
    clock.wind(minutes=2)
    assert ours.round().delivered == 1


def test_one_receiver_that_is_down_keeps_nothing_from_another(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    with far_side(lambda _: DOWN) as broken:
        bench.add_webhook(broken.url, "ada", name="broken")
        bench.add_webhook(far.url, "ada", name="well")
        decide(bench, *(f"c{n}" for n in range(10)))
        done = courier(bench, clock).round()
        assert len(broken.asked) == 5, "and is not asked for ever"
    assert done == Round(15, delivered=10, failed=5)
    assert [one.body["data"]["comment_id"] for one in far.asked] == [f"c{n}" for n in range(10)]


def test_what_arrived_before_a_fault_is_noted_and_not_sent_again(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    bench.add_webhook(far.url, "ada")
    decide(bench, "c1", "c2")
    faults = [StoreError("database is locked")]  # when it is asked whether there is time for c2

    def faulty() -> datetime:
        if far.asked and faults:
            raise faults.pop()
        return clock()

    with pytest.raises(StoreError):
        Courier(bench.store, bench.settings.webhook_hosts, clock=faulty).round()
    clock.wind(minutes=2)
    assert courier(bench, clock).round() == Round(1, delivered=1)
    assert [one.body["data"]["comment_id"] for one in far.asked] == ["c1", "c2"]


def test_a_try_that_goes_wrong_on_our_side_has_failed_and_ends_no_round(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    bench.add_webhook(far.url, "ada")
    decide(bench, "c1", "c2")
    faults = [ZeroDivisionError("nobody thought of this")]

    def lookup(*_: object) -> list[str]:
        if faults:
            raise faults.pop()
        return ["127.0.0.1"]

    assert courier(bench, clock, lookup=lookup).round() == Round(2, delivered=1, failed=1)


@pytest.mark.parametrize("year", ["9999999", "9" * 20, "10000"])
def test_a_date_that_no_calendar_holds_is_no_wait(
    bench: Workbench, far: FarSide, clock: Clock, year: str
) -> None:
    bench.add_webhook(far.url, "ada")
    until = f"Mon, 01 Jan {year} 00:00:00 GMT"
    far.play = in_turn(Reply(503, headers={"Retry-After": until}), OK)
    decide(bench, "c1")
    ours = courier(bench, clock)
    assert ours.round() == Round(1, failed=1)
    clock.wind(seconds=5)
    assert ours.round() == Round(1, delivered=1)


def test_a_slow_receiver_keeps_nothing_from_another(
    bench: Workbench, far: FarSide, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.webhooks.courier.EACH", 2)
    all_arrived = threading.Event()

    def slow(_: Asked) -> Reply:
        assert all_arrived.wait(TIMEOUT), "the other one waits for this one"
        clock.wind(seconds=13)
        return OK

    def well(_: Asked) -> Reply:
        if len(far.asked) == 9:
            all_arrived.set()
        return OK

    far.play = well
    with far_side(slow) as lame:
        bench.add_webhook(lame.url, "ada", name="lame")
        bench.add_webhook(far.url, "ada", name="well")
        decide(bench, *(f"c{n}" for n in range(9)))
        done = courier(bench, clock).round()
        assert len(lame.asked) == 2, "no longer than a round may take"
    assert done == Round(11, delivered=11, full=True)
    assert bench.webhooks()[1].delivered == 9


@pytest.mark.parametrize("act", ["disable", "remove"])
def test_who_is_disabled_or_removed_meanwhile_gets_no_further_message(
    bench: Workbench, far: FarSide, clock: Clock, act: str
) -> None:
    def meanwhile(_: Asked) -> Reply:
        if act == "disable":
            bench.switch_webhook("site", "ada", active=False)
        else:
            bench.remove_webhook("site", "ada")
        return OK

    far.play = meanwhile
    bench.add_webhook(far.url, "ada", name="site")
    decide(bench, "c1", "c2", "c3")
    courier(bench, clock).round()
    assert len(far.asked) == 1
    if act == "disable":
        assert bench.webhooks()[0].waiting == 2


def test_a_test_that_arrives_ends_the_wait_of_a_receiver_that_was_down(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    far.play = lambda _: DOWN
    bench.add_webhook(far.url, "ada", name="site")
    decide(bench, *(f"c{n}" for n in range(6)))
    courier(bench, clock).round()
    assert bench.webhooks()[0].held_until is not None
    assert bench.ping_webhook("site") != ""
    assert bench.webhooks()[0].held_until is not None, "it did not arrive"
    far.play = lambda _: OK
    assert bench.ping_webhook("site") == ""
    (state,) = bench.webhooks()
    assert (state.held_until, state.failing_since, state.last_error) == (None, None, "")
    assert courier(bench, clock).round().delivered == 1


def test_a_receiver_is_as_well_as_its_last_answer(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    bench.add_webhook(far.url, "ada")
    far.play = in_turn(OK, DOWN, OK)
    decide(bench, "c1", "c2", "c3")
    assert courier(bench, clock).round() == Round(3, delivered=2, failed=1)
    assert bench.webhooks()[0].failing_since is None
    far.play = in_turn(OK, DOWN)
    decide(bench, "c4", "c5")
    assert courier(bench, clock).round() == Round(2, delivered=1, failed=1)
    (state,) = bench.webhooks()
    assert (state.delivered, state.failing_since) == (3, clock())


def test_a_receiver_that_is_gone_is_asked_no_more(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    bench.add_webhook(far.url, "ada", name="site")
    far.play = lambda _: Reply(410)
    decide(bench, "c1", "c2")
    assert courier(bench, clock).round().failed == 1
    clock.wind(days=9)
    assert courier(bench, clock).round() == Round()
    (state,) = bench.webhooks()
    assert (state.active, state.waiting, state.disabled_why) == (False, 2, "HTTP 410")
    assert not bench.tells_anybody()
    far.play = lambda _: OK
    bench.switch_webhook("site", "ada", active=True)
    assert courier(bench, clock).round().delivered == 2


def test_two_couriers_never_send_the_same_at_the_same_time(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    bench.add_webhook(far.url, "ada")
    decide(bench, *(f"c{n}" for n in range(10)))
    both = threading.Barrier(2)

    def work() -> None:
        ours = courier(bench, clock)
        both.wait()
        while ours.round().tried:
            pass

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(ids(far)) == len(set(ids(far))) == 10


def test_a_courier_that_is_stopped_hangs_up_and_what_was_under_way_is_due(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def stall(_: Asked) -> Reply:
        reached.set()
        go_on.wait(TIMEOUT)
        return OK

    far.play = stall
    bench.add_webhook(far.url, "ada")
    decide(bench, "c1", "c2")
    stopped, done = courier(bench, clock), list[Round]()
    thread = threading.Thread(target=lambda: done.append(stopped.round()))
    thread.start()
    assert reached.wait(TIMEOUT)
    stopped.stop()
    thread.join(TIMEOUT / 2)
    go_on.set()
    assert done == [Round()]
    assert stopped.round() == Round()
    far.play = lambda _: OK
    assert courier(bench, clock).round().delivered == 2
    assert bench.webhooks()[0].failed == 0


# Where nothing goes.


def test_a_redirect_is_not_followed(bench: Workbench, far: FarSide, clock: Clock) -> None:
    with far_side(lambda _: OK) as elsewhere:
        far.play = lambda _: Reply(307, headers={"Location": elsewhere.url})
        bench.add_webhook(far.url, "ada")
        decide(bench, "c1")
        assert courier(bench, clock).round().failed == 1
        assert elsewhere.asked == []
    assert "points to another address" in bench.webhooks()[0].last_error


def test_a_receiver_that_drips_is_cut_off(bench: Workbench, far: FarSide, clock: Clock) -> None:
    far.play = lambda _: Reply(200, b"x" * 1_000, drip=0.02, at_once=20)
    bench.add_webhook(far.url, "ada")
    decide(bench, "c1")
    assert courier(bench, clock, timeout=0.2).round().failed == 1
    assert bench.webhooks()[0].last_error == "no whole answer within 0.2 s"


def test_of_a_long_answer_only_the_beginning_is_read(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    far.play = lambda _: Reply(200, b"x" * 9_000_000)
    bench.add_webhook(far.url, "ada")
    decide(bench, "c1", "c2")
    assert courier(bench, clock).round().delivered == 2


def test_no_proxy_of_the_environment_is_asked(
    bench: Workbench, far: FarSide, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    bench.add_webhook(far.url, "ada")
    decide(bench, "c1")
    assert courier(bench, clock).round().delivered == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1"])
def test_a_name_that_leads_to_a_private_address_is_not_sent_to(
    bench: Workbench, far: FarSide, clock: Clock, address: str
) -> None:
    bench.add_webhook(f"https://innocent.test:{far.port}/hook", "ada")
    decide(bench, "c1")
    ours = courier(bench, clock, lookup=lambda *_: [address])
    assert ours.round().failed == 1
    said = bench.webhooks()[0].last_error
    assert said == f"its address {address} is private, and nothing is sent there"
    assert far.connections == 0


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    url = bench.settings.database_url
    ours = Workbench(Settings(database_url=url, webhook_hosts=("hooks.test",)), clock)
    ours.add_webhook(f"http://hooks.test:{far.port}/hook", "ada")
    decide(bench, "c1")
    looked: list[str] = []

    def lookup(host: str, _port: int, _seconds: float) -> list[str]:
        looked.append(host)
        return ["127.0.0.1"]

    assert courier(ours, clock, lookup=lookup).round().delivered == 1
    assert looked == ["hooks.test"], "a second look might find another one"
    assert far.asked[0].headers["host"] == f"hooks.test:{far.port}"
    ours.close()


def test_this_machine_itself_is_asked_only_where_somebody_named_it(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    ours = Workbench(Settings(database_url=bench.settings.database_url), clock)
    with pytest.raises(
        UsageError, match=r"is plain HTTP.*add 127\.0\.0\.1 to TRIAGE_WEBHOOK_HOSTS"
    ):
        ours.add_webhook(far.url, "ada")
    ours.add_webhook(far.url.replace("http:", "https:"), "ada", name="site")
    assert (
        ours.ping_webhook("site") == "its address 127.0.0.1 is private, and nothing is sent there"
    )
    assert far.connections == 0
    ours.close()


def test_plain_http_ends_where_its_host_is_named_no_more(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    url = bench.settings.database_url
    ours = Workbench(Settings(database_url=url, webhook_hosts=("hooks.test",)), clock)
    ours.add_webhook(f"http://hooks.test:{far.port}/hook", "ada")
    decide(bench, "c1")
    later = Courier(bench.store, (), clock=clock, lookup=lambda *_: ["93.184.215.14"])
    assert later.round().failed == 1
    assert "nothing is sent over plain HTTP" in bench.webhooks()[0].last_error
    ours.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://site.test/hook", "is plain HTTP"),
        ("http://10.0.0.7/hook?key=secret", r"http://10\.0\.0\.7/hook\?… is plain HTTP"),
        ("ftp://site.test/", "no address"),
        ("https://ada:pw@site.test/", "a user or password"),
        ("https://site.test/a b", "holds blanks"),
        ("https://", "no address"),
    ],
)
def test_what_cannot_be_a_receiver_is_refused_at_once(
    bench: Workbench, url: str, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        bench.add_webhook(url, "ada")
    assert bench.webhooks() == []


def test_only_leads_set_up_webhooks(tmp_path: Path) -> None:
    ours = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'x.db'}", leads=("ada",)))
    ours.add_webhook("https://site.test/hook", "ada")
    for act in (
        lambda: ours.add_webhook("https://other.test/hook", "ben"),
        lambda: ours.switch_webhook("site.test", "ben", active=False),
        lambda: ours.remove_webhook("site.test", "ben"),
        lambda: ours.retry_dead(None, "ben"),
        lambda: ours.let_dead_go(None, "ben"),
    ):
        with pytest.raises(UsageError, match="ben may not set up webhooks"):
            act()
    ours.close()


def test_every_type_of_event_is_told_by_some_log() -> None:
    from triage.store.events import LOGS

    assert {one for log in LOGS.values() for one in log.types} == set(EventType)


def test_the_body_is_json_in_ascii_whatever_the_text_holds(
    bench: Workbench, far: FarSide, clock: Clock
) -> None:
    secret = bench.add_webhook(far.url, "ada", extras=[Extra.TEXT]).secret
    decide(bench, "odd")
    assert courier(bench, clock).round().delivered == 1
    (asked,) = far.asked
    assert asked.sent.isascii()
    body = Verifier(secret).verify(asked.sent, dict(asked.headers))
    assert body["data"]["text"] == bench.item("odd").comment.text
