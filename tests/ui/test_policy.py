"""What the dashboard's page may load and run."""

from __future__ import annotations

from triage.ui.policy import page_policy


def directives() -> dict[str, list[str]]:
    return {name: sources for name, *sources in map(str.split, page_policy().split(";"))}


def test_what_is_not_named_is_not_loaded_at_all() -> None:
    assert directives()["default-src"] == ["'none'"]
    assert "object-src" not in directives()
    assert "frame-src" not in directives()


def test_no_other_host_is_named_and_no_text_is_run() -> None:
    for name, sources in directives().items():
        assert not [one for one in sources if "." in one or "*" in one or one == "http:"]
        if name != "style-src":
            assert not [one for one in sources if "unsafe" in one]


def test_the_scripts_in_streamlits_own_page_are_named_by_their_digests() -> None:
    digests = [one for one in directives()["script-src"] if one.startswith("'sha256-")]
    assert len(digests) >= 1
    assert all(len(one) == len("'sha256-") + 44 + 1 for one in digests)
