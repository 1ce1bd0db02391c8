"""What is blurred in a list, where nobody looked for a text's toxic words."""

from __future__ import annotations

from triage.domain.kindness import Blur, veils
from triage.domain.policy import Route


def test_in_a_list_words_that_nobody_looked_for_blur_the_text_unless_the_policy_lets_it_pass() -> (
    None
):
    routes = [Route.PASS, Route.REVIEW, Route.HOLD, None]
    assert [veils(Blur.OFF, route) for route in routes] == [False] * 4
    assert [veils(Blur.WORDS, route) for route in routes] == [False, True, True, True]
    assert [veils(Blur.TEXT, route) for route in routes] == [True] * 4
