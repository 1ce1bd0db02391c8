"""The loops of docs/formats.md make the calls that the files hold: a real curl, our own server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

HERE = Path(__file__).parent
DOCS = (HERE.parents[1] / "docs" / "formats.md").read_text(encoding="utf-8")
LOOPS = [block for block in re.findall(r"```\n(.*?)```", DOCS, re.DOTALL) if "done" in block]

pytestmark = pytest.mark.skipif(
    not (shutil.which("jq") and shutil.which("curl")), reason="the loops need jq and curl"
)


@dataclass
class Site:
    """What a site was asked: method, path, headers and body, in order."""

    port: int = 0
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    known = Site()

    class Answers(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            known.asked.append((self.command, self.path, dict(self.headers), body))
            self.send_response(200)
            self.end_headers()

        do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        known.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield known
        server.shutdown()


def run(site: Site, host: str, golden: str, folder: Path, **secrets: str) -> None:
    """Run the documented loop that asks this host, on the file that a way back makes."""
    [loop] = [one for one in LOOPS if host in one]
    shutil.copy(HERE / "golden" / golden, folder / "back.jsonl")
    done = subprocess.run(
        [
            "bash",
            "-euc",
            loop.replace(f"https://{host}", f"http://127.0.0.1:{site.port}").replace("sleep 1", ""),
        ],
        cwd=folder,
        env={**os.environ, **secrets, "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_corals_loop_posts_each_line_as_it_is(site: Site, tmp_path: Path) -> None:
    run(site, "coral.example.org", "coral.jsonl", tmp_path, CORAL_TOKEN="secret")
    lines = (HERE / "golden" / "coral.jsonl").read_bytes().splitlines()
    assert [body for *_, body in site.asked] == lines
    for method, path, headers, _ in site.asked:
        assert (method, path) == ("POST", "/api/graphql")
        assert headers["Authorization"] == "Bearer secret"
        assert headers["Content-Type"] == "application/json"


def test_discourses_loop_makes_the_calls_in_order(site: Site, tmp_path: Path) -> None:
    run(site, "forum.example.org", "discourse.jsonl", tmp_path, KEY="secret", NAME="ana")
    assert [(method, path) for method, path, *_ in site.asked] == [
        ("DELETE", "/posts/71.json"),
        ("PUT", "/posts/72/unhide.json"),
        ("PUT", "/posts/73/recover.json"),
    ]
    assert {headers["Api-Key"] for *_, headers, _ in site.asked} == {"secret"}
    assert {headers["Api-Username"] for *_, headers, _ in site.asked} == {"ana"}


def test_disqus_loop_names_the_posts_and_the_keys(site: Site, tmp_path: Path) -> None:
    run(site, "disqus.com", "disqus.jsonl", tmp_path, SECRET="a&b", TOKEN="c=d")
    asked = [(path, parse_qs(body.decode())) for _, path, _, body in site.asked]
    keys = {"api_secret": ["a&b"], "access_token": ["c=d"]}
    golden = (HERE / "golden" / "disqus.jsonl").read_text().splitlines()
    expected = [(one["path"], parse_qs(one["body"]) | keys) for one in map(json.loads, golden)]
    assert asked == expected
