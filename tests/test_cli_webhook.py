"""`triage webhook`: added, tried, delivered, given up and sent again from the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from standardwebhooks import Webhook as Verifier

from tests.scoring.far_side import FarSide, Reply, far_side
from triage.cli.commands import commands
from triage.cli.exit_codes import EXIT_FAULT, EXIT_PARTLY
from triage.domain.decisions import Verdict
from triage.errors import NotFoundError, UsageError
from triage.settings import Settings
from triage.workbench import Workbench


@pytest.fixture
def far() -> Iterator[FarSide]:
    with far_side(lambda _: Reply(204)) as running:
        yield running


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TRIAGE_WEBHOOK_HOSTS", "127.0.0.1")
    return f"sqlite:///{tmp_path / 'triage.db'}"


def triage(database: str, *arguments: str) -> Result:
    return CliRunner().invoke(
        commands,
        ["--database", database, *arguments],
        catch_exceptions=False,
        standalone_mode=False,
    )


def webhook(database: str, *arguments: str) -> str:
    done = triage(database, "webhook", *arguments)
    assert done.exit_code == 0, done.output
    return done.output


def decide(database: str, tmp_path: Path) -> None:
    path = tmp_path / "comments.csv"
    path.write_text("id,text\nc1,a comment\n")
    assert triage(database, "import", str(path)).exit_code == 0
    bench = Workbench(Settings(database_url=database))
    bench.decide([bench.item("c1").entry.seen], Verdict.REJECT, reviewer="ana")
    bench.close()


def test_the_secret_is_printed_alone_once_and_verifies_what_is_delivered(
    database: str, tmp_path: Path, far: FarSide
) -> None:
    made = triage(database, "webhook", "add", far.url, "--name", "site", "--with", "note")
    secret = made.stdout.strip()
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret), "so that a script can read it"
    assert "not shown again" in made.stderr
    decide(database, tmp_path)
    listed = webhook(database, "list")
    assert "site: appeal.received, appeal.settled, decision.made, decision.undone, with" in listed
    assert "with note" in listed
    assert "0 delivered (last never), 1 waiting, 0 dead" in listed
    assert secret not in listed
    assert "Delivered 1 message; 0 did not arrive" in webhook(database, "deliver", "--once")
    (asked,) = far.asked
    assert Verifier(secret).verify(asked.sent, dict(asked.headers))["data"]["note"] == ""


def test_cron_hears_by_the_exit_code_that_something_did_not_arrive(
    database: str, tmp_path: Path, far: FarSide
) -> None:
    webhook(database, "add", far.url, "--name", "site")
    decide(database, tmp_path)
    far.play = lambda _: Reply(503, b"down")
    done = triage(database, "webhook", "deliver", "--once")
    assert done.return_value == EXIT_PARTLY
    assert "1 did not arrive" in done.output
    assert "HTTP 503: down" in webhook(database, "list")


def test_a_test_says_whether_the_receiver_answers(database: str, far: FarSide) -> None:
    webhook(database, "add", far.url, "--name", "site")
    assert "Delivered" in webhook(database, "test", "site")
    far.play = lambda _: Reply(401, b"\x1b[2Jwrong secret")
    done = triage(database, "webhook", "test", "site")
    assert done.return_value == EXIT_FAULT
    assert "Not delivered: HTTP 401: [2Jwrong secret" in done.output, "it steers no terminal"


def test_what_was_given_up_is_listed_by_number_and_sent_again(
    database: str, tmp_path: Path, far: FarSide
) -> None:
    webhook(database, "add", far.url, "--name", "site")
    decide(database, tmp_path)
    assert "Nothing was given up" in webhook(database, "dead")
    bench = Workbench(Settings(database_url=database))
    now = bench._clock()
    (one,) = bench.store.deliveries.claim(now, now, 1)
    bench.store.deliveries.failed(one, now, "HTTP 500", None)
    bench.close()
    listed = webhook(database, "dead")
    assert f"to site ({one.event.id})" in listed
    number = listed.split(":")[0]
    assert "1 message" in webhook(database, "retry", number)
    assert "Delivered 1 message" in webhook(database, "deliver", "--once")
    assert far.asked[0].headers["webhook-id"] == one.event.id
    with pytest.raises(NotFoundError, match=f"number {number}"):
        triage(database, "webhook", "let-go", number)
    assert "Let go: 0 messages" in webhook(database, "let-go", "--dead")
    for wrong in (("retry",), ("retry", "1", "--dead")):
        with pytest.raises(UsageError, match="triage webhook dead"):
            triage(database, "webhook", *wrong)


def test_a_list_that_is_cut_says_so(
    database: str, tmp_path: Path, far: FarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.cli.webhook._LISTED", 1)
    webhook(database, "add", far.url, "--name", "site")
    decide(database, tmp_path)
    bench = Workbench(Settings(database_url=database))
    bench.undo("ana")
    now = bench._clock()
    for one in bench.store.deliveries.claim(now, now, 2):
        bench.store.deliveries.failed(one, now, "HTTP 500", None)
    bench.close()
    assert "The latest 1 of 2" in webhook(database, "dead")


def test_a_webhook_is_disabled_enabled_and_removed_by_its_name(database: str, far: FarSide) -> None:
    webhook(database, "add", "https://site.test/hook?key=secret", "--events", "decision.undone")
    webhook(database, "disable", "site.test")
    listed = webhook(database, "list")
    assert "site.test: decision.undone, disabled" in listed
    assert "to https://site.test/hook?…" in listed
    webhook(database, "enable", "site.test")
    assert "disabled" not in webhook(database, "list")
    webhook(database, "remove", "site.test")
    assert "There are no webhooks" in webhook(database, "list")
