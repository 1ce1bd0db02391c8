"""The section Webhooks of the Export page, over a live workbench."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from tests.scoring.far_side import FarSide, Reply, far_side
from triage.domain.comments import Comment, Thread
from triage.domain.decisions import Verdict
from triage.domain.webhooks import EventType
from triage.settings import Settings
from triage.ui.state import Key
from triage.workbench import Workbench


@pytest.fixture
def far() -> Iterator[FarSide]:
    with far_side(lambda _: Reply(204)) as running:
        yield running


@pytest.fixture
def bench(environment: pytest.MonkeyPatch) -> Iterator[Workbench]:
    environment.setenv("TRIAGE_WEBHOOK_HOSTS", "127.0.0.1")
    made = Workbench(Settings.from_environment())
    comments = (Comment("blog/1", "t", "one thing"), Comment("blog/2", "t", "quite another", 1))
    made.store.threads.save([Thread("t", comments=comments)])
    yield made
    made.close()


def section() -> AppTest:
    app = AppTest.from_string(
        "from triage.ui import export\nfrom triage.ui.state import workbench\n"
        "export.page(workbench())",
        default_timeout=30,
    )
    app.session_state[Key.EXPORT_SECTION] = "Webhooks"
    return drawn(app.run())


def drawn(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    (found,) = [one for one in app.button if one.label == label]
    return drawn(found.click().run())


def texts(app: AppTest) -> str:
    return "\n".join(one.value for one in app.text)


def decide(bench: Workbench, *ids: str) -> None:
    for one in ids:
        bench.decide([bench.item(one).entry.seen], Verdict.REJECT, reviewer="ana")


def give_up(bench: Workbench) -> None:
    now, deliveries = datetime.now(UTC), bench.store.deliveries
    for one in deliveries.claim(now, now, 10):
        deliveries.failed(one, now, "HTTP 500: no worker", None)


def test_a_webhook_is_added_in_the_form_and_its_secret_is_shown_once(
    bench: Workbench, far: FarSide
) -> None:
    app = section()
    assert [one.value for one in app.info] == ["Nobody is told yet."]
    app.text_input(Key.EXPORT_HOOK_URL).set_value(far.url)
    app.text_input(Key.EXPORT_HOOK_NAME).set_value("site")
    app = press(app, "Add")
    (state,) = bench.webhooks()
    assert (state.hook.name, state.hook.extras) == ("site", frozenset())
    assert state.hook.events == frozenset(EventType)
    (shown,) = [one.value for one in app.code]
    assert shown == bench.store.webhooks.get("site")[1]
    app = press(app, "I have kept it")
    assert not app.code
    assert "site: " + far.url in texts(app)


def test_an_address_that_cannot_be_one_is_said_and_what_was_typed_stays(bench: Workbench) -> None:
    app = section()
    app.text_input(Key.EXPORT_HOOK_URL).set_value("http://site.test/hook")
    app = press(app, "Add")
    assert [one.value for one in app.error] == ["The webhook was not added."]
    assert "plain HTTP" in texts(app)
    assert app.text_input(Key.EXPORT_HOOK_URL).value == "http://site.test/hook"
    assert bench.webhooks() == []


def test_a_test_says_whether_it_arrived_and_what_the_receiver_says_is_no_markup(
    bench: Workbench, far: FarSide
) -> None:
    bench.add_webhook(far.url, "ana", name="site")
    app = press(section(), "Send a test")
    assert [one.value for one in app.toast] == ["It arrived: the receiver answers as it should."]
    far.play = lambda _: Reply(500, b"<b>no</b> [link](http://evil.test)")
    app = press(app, "Send a test")
    assert [one.value for one in app.error] == ["The test did not arrive."]
    assert "HTTP 500: <b>no</b> [link](http://evil.test)" in texts(app)
    assert not any("evil.test" in one.value for one in app.markdown)


def test_a_webhook_is_disabled_enabled_and_removed(bench: Workbench, far: FarSide) -> None:
    bench.add_webhook(far.url, "ana", name="site")
    app = press(section(), "Disable")
    assert not bench.webhooks()[0].active
    decide(bench, "blog/1")
    app = press(app, "Enable")
    assert bench.webhooks()[0].active
    assert "1 waiting" in texts(app)
    assert "Forget site, its secret and the 1 that wait?" in texts(app)
    press(app, "Remove for good")
    assert bench.webhooks() == []


def test_what_was_given_up_is_sent_again_or_let_go(bench: Workbench, far: FarSide) -> None:
    bench.add_webhook(far.url, "ana", name="site")
    decide(bench, "blog/1")
    give_up(bench)
    app = section()
    assert "decision.made to site: comment blog/1" in texts(app)
    assert "after 1 try: HTTP 500: no worker" in texts(app)
    app = press(app, "Send again")
    assert bench.dead_letters() == []
    give_up(bench)
    app = press(section(), "Let go")
    assert (bench.dead_letters(), bench.webhooks()[0].waiting) == ([], 0)
    assert "Given up" not in [one.value for one in app.markdown]


def test_all_that_was_given_up_is_sent_again_at_once(bench: Workbench, far: FarSide) -> None:
    bench.add_webhook(far.url, "ana", name="site")
    decide(bench, "blog/1", "blog/2")
    give_up(bench)
    press(section(), "Send all 2 again")
    assert bench.webhooks()[0].waiting == 2


def test_all_that_was_given_up_is_let_go_at_once(bench: Workbench, far: FarSide) -> None:
    bench.add_webhook(far.url, "ana", name="site")
    decide(bench, "blog/1", "blog/2")
    give_up(bench)
    press(section(), "Let all 2 go")
    assert (bench.dead_letters(), bench.webhooks()[0].waiting) == ([], 0)


def test_who_is_no_lead_sees_how_it_goes_and_changes_nothing(
    bench: Workbench, environment: pytest.MonkeyPatch
) -> None:
    bench.add_webhook("https://site.test/hook", "ana")
    environment.setenv("TRIAGE_LEADS", "ada")
    app = section()
    assert "site.test: https://site.test/hook" in texts(app)
    assert not app.button
    assert not app.text_input
