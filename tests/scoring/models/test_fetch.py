"""Fetching goes on where it stopped, and takes nothing for a file that is none."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.scoring.models.loopback import Loopback, published, serving
from tests.scoring.tiny_detoxify import needs_detoxify, poison, write_original
from triage.errors import ScorerError
from triage.scoring.detoxify import DetoxifyScorer
from triage.scoring.models.catalogue import MODELS, OFFICIAL
from triage.scoring.models.fetch import fetch
from triage.scoring.models.listing import ModelState
from triage.scoring.models.shelf import Shelf

BODY = bytes(range(256)) * 8_000  # 2 MB


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving({"/file": BODY}) as state:
        yield state


@pytest.fixture
def paused() -> list[float]:
    """The pauses that were made, without making them."""
    return []


def get(server: Loopback, path: Path, paused: list[float]) -> None:
    fetch(f"{server.url}file", path, pause=paused.append)


def here(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_arrives_whole_and_progress_is_told(server: Loopback, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    fetch(f"{server.url}file", tmp_path / "file", on_progress=lambda *it: told.append(it))
    assert (tmp_path / "file").read_bytes() == BODY
    assert here(tmp_path) == ["file"]
    assert told[0] == (0, len(BODY))
    assert told[-1] == (len(BODY), len(BODY))
    assert told == sorted(told)


def test_a_cut_connection_is_gone_on_with_from_where_it_was_cut(
    server: Loopback, tmp_path: Path, paused: list[float]
) -> None:
    server.cut = [500_000, 1, 700_000]
    get(server, tmp_path / "file", paused)
    assert (tmp_path / "file").read_bytes() == BODY
    assert [asked for _, asked in server.asked] == [
        None,
        "bytes=500000-",
        "bytes=500001-",
        "bytes=1200001-",
    ]
    assert server.sent == len(BODY), "nothing was sent twice"
    assert paused == sorted(paused)
    assert len(paused) == 3


def test_a_server_that_always_sends_too_little_is_given_up_and_what_came_is_kept(
    server: Loopback, tmp_path: Path, paused: list[float]
) -> None:
    server.cut = [1000] * 5
    with pytest.raises(ScorerError, match=f"stopped after 5000 of {len(BODY)} bytes"):
        get(server, tmp_path / "file", paused)
    assert not (tmp_path / "file").exists()
    assert len(paused) == 4
    server.asked.clear()
    get(server, tmp_path / "file", paused)
    assert server.asked == [("/file", "bytes=5000-")]
    assert (tmp_path / "file").read_bytes() == BODY


def test_a_server_that_ignores_range_is_heard_from_the_start(
    server: Loopback, tmp_path: Path, paused: list[float]
) -> None:
    server.ranges, server.cut = False, [900_000]
    get(server, tmp_path / "file", paused)
    assert (tmp_path / "file").read_bytes() == BODY


def test_a_file_that_changed_meanwhile_is_never_put_together_from_two(
    server: Loopback, tmp_path: Path, paused: list[float]
) -> None:
    server.cut = [900_000] * 5
    with pytest.raises(ScorerError):
        fetch(f"{server.url}file", tmp_path / "file", pause=_swap(server, BODY[::-1]))
    server.cut = []
    get(server, tmp_path / "file", paused)
    assert (tmp_path / "file").read_bytes() == BODY[::-1]


def _swap(server: Loopback, body: bytes):  # type: ignore[no-untyped-def]
    """Return a pause in which the file on the server becomes another one, and stays so."""

    def pause(_: float) -> None:
        server.cut = [100_000] * 5
        server.files["/file"] = body

    return pause


def test_a_part_of_another_file_is_thrown_away(
    server: Loopback, tmp_path: Path, paused: list[float]
) -> None:
    """A server that has another file, and sends the part that was asked for all the same."""

    def wrong(handler: BaseHTTPRequestHandler) -> bool:
        if not handler.headers.get("Range"):
            return False
        handler.send_response(206)
        handler.send_header("ETag", '"another"')
        handler.send_header("Content-Range", f"bytes 500000-{len(BODY) - 1}/{len(BODY)}")
        handler.send_header("Content-Length", str(len(BODY) - 500_000))
        handler.end_headers()
        handler.wfile.write(b"x" * (len(BODY) - 500_000))
        return True

    server.cut, server.answers = [500_000], {"/file": wrong}
    get(server, tmp_path / "file", paused)
    assert (tmp_path / "file").read_bytes() == BODY


def test_without_an_etag_nothing_is_gone_on_with(
    server: Loopback, tmp_path: Path, paused: list[float]
) -> None:
    server.etags, server.cut = False, [500_000]
    get(server, tmp_path / "file", paused)
    assert [asked for _, asked in server.asked] == [None, None]
    assert (tmp_path / "file").read_bytes() == BODY


def test_a_file_of_unknown_length_is_not_taken(
    server: Loopback, tmp_path: Path, paused: list[float]
) -> None:
    server.lengths = False
    with pytest.raises(ScorerError, match="does not say how long it is"):
        get(server, tmp_path / "file", paused)
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/octet-stream"])
def test_a_page_in_place_of_a_file_is_refused_at_once(
    server: Loopback, tmp_path: Path, paused: list[float], kind: str
) -> None:
    def page(handler: BaseHTTPRequestHandler) -> bool:
        body = b"\n<!DOCTYPE html><title>Sign in to the guest network</title>"
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
        return True

    server.answers = {"/file": page}
    with pytest.raises(ScorerError, match="a page instead of a file"):
        get(server, tmp_path / "file", paused)
    assert not (tmp_path / "file").exists()
    assert paused == []


@pytest.mark.parametrize(
    "leads_to", ["http://192.0.2.1/file", "file:///etc/passwd", "ftp://192.0.2.1/file"]
)
def test_a_redirection_to_what_is_not_https_is_refused(
    server: Loopback, tmp_path: Path, paused: list[float], leads_to: str
) -> None:
    def lead(handler: BaseHTTPRequestHandler) -> bool:
        handler.send_response(302)
        handler.send_header("Location", leads_to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    server.answers = {"/file": lead}
    with pytest.raises(ScorerError, match="not HTTPS"):
        get(server, tmp_path / "file", paused)
    assert here(tmp_path) == []
    assert paused == []


def test_a_redirection_keeps_the_range(
    server: Loopback, tmp_path: Path, paused: list[float]
) -> None:
    """Releases redirect to a storage with a signed address, anew each time."""

    def lead(handler: BaseHTTPRequestHandler) -> bool:
        handler.send_response(302)
        handler.send_header("Location", f"/storage?{len(server.asked)}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    server.answers, server.cut = {"/file": lead}, [500_000]
    server.files |= {"/storage?1": BODY, "/storage?3": BODY}
    get(server, tmp_path / "file", paused)
    assert server.asked[-1] == ("/storage?3", "bytes=500000-")
    assert (tmp_path / "file").read_bytes() == BODY


@pytest.mark.parametrize("address", ["http://192.0.2.1/x", "file:///etc/passwd", "ftp://h/x"])
def test_an_address_that_is_not_https_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(ScorerError, match="not HTTPS"):
        fetch(address, tmp_path / "file")


def test_what_is_official_is_https() -> None:
    for known in MODELS.values():
        assert all(url.startswith("https://") for url in known.addresses(OFFICIAL).values())


@pytest.mark.parametrize(("code", "tries"), [(404, 1), (403, 1), (503, 5), (429, 5)])
def test_an_error_that_may_pass_is_tried_again_and_another_is_not(
    server: Loopback, tmp_path: Path, paused: list[float], code: int, tries: int
) -> None:
    def fail(handler: BaseHTTPRequestHandler) -> bool:
        handler.send_error(code)
        return True

    server.answers = {"/file": fail}
    with pytest.raises(ScorerError, match=str(code)):
        get(server, tmp_path / "file", paused)
    assert len(server.asked) == tries


def test_a_server_that_is_not_there_is_said_so(tmp_path: Path, paused: list[float]) -> None:
    with serving({}) as gone:
        url = gone.url
    with pytest.raises(ScorerError, match="refused"):
        fetch(f"{url}file", tmp_path / "file", pause=paused.append)


def test_more_than_the_disk_holds_is_refused_before_a_byte_is_written(
    server: Loopback, tmp_path: Path, paused: list[float]
) -> None:
    def huge(handler: BaseHTTPRequestHandler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Length", str(1 << 50))
        handler.end_headers()
        return True

    server.answers = {"/file": huge}
    with pytest.raises(ScorerError, match="no model is as large"):
        get(server, tmp_path / "file", paused)
    assert here(tmp_path) == []


# A whole model.


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("published")
    write_original(folder)
    return published(folder, "original")


@needs_detoxify
def test_a_model_is_pulled_converted_and_rated_with(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    with serving(files) as server:
        shelf = Shelf(tmp_path, server.origin)
        card = shelf.pull("original")
        assert {path for path, _ in server.asked} == set(files)
        asked = len(server.asked)
        assert shelf.pull("original") == card
        assert len(server.asked) == asked, "what is here is not fetched again"
    assert here(tmp_path) == ["original"], "nothing partial is left"
    assert here(tmp_path / "original") == sorted([*card.files, "model.json"])
    assert DetoxifyScorer("original", models_dir=tmp_path).score(["a word"])[0].values


@needs_detoxify
def test_a_pull_that_is_killed_leaves_nothing_whole_and_is_gone_on_with(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    checkpoint = f"/releases/v0.1-alpha/{MODELS['original'].file}"

    def slowly(handler: BaseHTTPRequestHandler) -> bool:
        if handler.headers.get("Range"):
            return False
        from hashlib import sha256

        body = files[checkpoint]
        handler.send_response(200)
        handler.send_header("ETag", f'"{sha256(body).hexdigest()[:16]}"')
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[:10_000])
        handler.wfile.flush()
        time.sleep(30)
        return True

    with serving(files) as server:
        server.answers = {checkpoint: slowly}
        code = f"""
from pathlib import Path
from triage.scoring.models.catalogue import Origin
from triage.scoring.models.shelf import Shelf
Shelf(Path({str(tmp_path)!r}), Origin({server.origin.releases!r}, {server.origin.hub!r})).pull(
    "original", on_progress=lambda here, all: print(here, flush=True)
)
"""
        running = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        part = tmp_path / ".original.pull" / f"{MODELS['original'].file}.part"
        deadline = time.monotonic() + 60
        while not (part.exists() and part.stat().st_size):
            assert running.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert here(tmp_path) == [".original.pull"]
        shelf = Shelf(tmp_path, server.origin)
        listed = shelf.entries()[0]
        assert (listed.state, listed.size > 0) == (ModelState.PARTLY, True)
        with pytest.raises(ScorerError, match="missing"):
            _ = DetoxifyScorer("original", models_dir=tmp_path).info
        server.asked.clear()
        shelf.pull("original")
        ((path, asked),) = server.asked
        assert path == checkpoint
        assert asked is not None
    assert here(tmp_path) == ["original"]


@needs_detoxify
def test_a_pulled_file_that_is_no_checkpoint_is_not_kept_for_the_next_pull(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    checkpoint = f"/releases/v0.1-alpha/{MODELS['original'].file}"
    with serving(files | {checkpoint: b"PK\x03\x04 but no more"}) as server:
        shelf = Shelf(tmp_path, server.origin)
        with pytest.raises(ScorerError, match="damaged"):
            shelf.pull("original")
        assert not (tmp_path / "original").exists()
        server.files = files
        assert shelf.pull("original").name == "original"


@needs_detoxify
def test_a_base_file_that_is_none_is_fetched_anew_by_the_next_pull(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    settings = "/hub/google-bert/bert-base-uncased/resolve/main/config.json"
    with serving(files | {settings: b'{"model_type": "bert", '}) as server:
        shelf = Shelf(tmp_path, server.origin)
        with pytest.raises(ScorerError, match="no JSON"):
            shelf.pull("original")
        server.files = files
        assert shelf.pull("original").name == "original"


@needs_detoxify
def test_a_pulled_checkpoint_that_only_a_pickle_can_read_is_kept_for_who_trusts_it(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    mark, checkpoint = tmp_path / "it-ran", f"/releases/v0.1-alpha/{MODELS['original'].file}"
    poisoned = poison(write_original(tmp_path / "theirs"), mark)
    models_dir = tmp_path / "models"
    with serving(files | {checkpoint: poisoned.read_bytes()}) as server:
        shelf = Shelf(models_dir, server.origin)
        with pytest.raises(ScorerError, match="--trust"):
            shelf.pull("original")
    assert not (models_dir / "original").exists()
    assert not mark.exists()
    kept = models_dir / ".original.pull" / poisoned.name
    assert shelf.convert(str(kept), trust=True).source.trusted
    assert mark.exists()


@needs_detoxify
def test_a_pulled_file_with_another_digest_than_expected_is_refused(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    with serving(files) as server, pytest.raises(ScorerError, match="was not opened"):
        Shelf(tmp_path, server.origin).pull("original", sha256="0" * 64)
    assert not (tmp_path / "original").exists()


@needs_detoxify
def test_two_pulls_of_one_model_do_not_write_into_one_file(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    import fcntl

    partial = tmp_path / ".original.pull"
    partial.mkdir()
    with (partial / ".lock").open("w") as lock, serving(files) as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ScorerError, match="another process is fetching"):
            Shelf(tmp_path, server.origin).pull("original")
        assert server.asked == []
