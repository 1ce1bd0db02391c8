"""What docs/webhooks.md shows a receiver's author is what is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Decision, Verdict
from triage.domain.webhooks import PING, EventType, Extra, Webhook
from triage.store import Store
from triage.webhooks.messages import body_of, headers_of, new_secret

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
NOW = datetime.now(UTC)


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def genuine() -> Callable[[str, dict[str, str], bytes], bool]:
    """The receiver of the page."""
    names: dict[str, Any] = {}
    exec(block("python"), names)
    found: Callable[[str, dict[str, str], bytes], bool] = names["genuine"]
    return found


def test_the_receiver_takes_what_is_sent_and_nothing_that_was_altered_or_is_old(
    genuine: Callable[[str, dict[str, str], bytes], bool],
) -> None:
    secret, body = new_secret(), b'{"type":"decision.made"}'
    now = datetime.now(UTC)  # the receiver asks the clock
    headers = headers_of("msg_1", body, secret, now)
    assert genuine(secret, headers, body)
    assert not genuine(secret, headers, body.replace(b"made", b"MADE"))
    assert not genuine(secret, headers | {"webhook-id": "msg_2"}, body)
    assert not genuine(new_secret(), headers, body)
    assert not genuine(secret, headers_of("msg_1", body, secret, now - timedelta(hours=1)), body)


def test_the_message_has_the_fields_that_the_page_shows_in_their_order(tmp_path: Path) -> None:
    shown = json.loads(block("json"))
    with Store.open(f"sqlite:///{tmp_path / 'triage.db'}") as store:
        store.threads.save([Thread("t", comments=(Comment("c", "t", "a text"),))])
        store.webhooks.add(
            Webhook("x", "https://x.test", frozenset(EventType), frozenset(), NOW, "ada"), "whsec_"
        )
        store.decisions.add(
            Decision("d", "c", text_digest("a text"), Verdict.REJECT, "ana", datetime.now(UTC))
        )
        (one,) = store.deliveries.claim(NOW, NOW, 1)
    sent = json.loads(body_of(one.event, ()))
    assert list(sent) == list(shown)
    assert list(sent["data"]) == list(shown["data"])
    assert re.fullmatch(r"msg_[0-9a-f]{32}", sent["id"])
    assert len(shown["id"]) == len(sent["id"])


def test_every_type_and_every_extra_is_documented() -> None:
    types = set(re.findall(r"^\| `([a-z]+\.[a-z]+)` ", PAGE, re.MULTILINE))
    assert types == {*EventType, PING}
    for one in Extra:
        assert re.search(rf"`{one}`\s\(", PAGE)
