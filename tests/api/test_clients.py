"""Real clients of Perspective, from the registries, against the API on a port of this machine.

What each one needs stands in docs/perspective.md; where it says "only the URL", the test here
sets that and nothing else.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api.live import serving
from triage.domain.decisions import Verdict
from triage.domain.tokens import Scope
from triage.settings import Settings
from triage.workbench import Workbench

GOOGLES = "commentanalyzer.googleapis.com"
RUDE, CALM = "You are a complete idiot.", "Thank you for this calm article."


def client_package(name: str) -> ModuleType:
    module: ModuleType = pytest.importorskip(name, reason=f"{name} is in the extra `dev`")
    return module


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    folder: Path = tmp_path_factory.mktemp("clients")
    made = Workbench(Settings(database_url=f"sqlite:///{folder / 'triage.db'}", api_store=True))
    yield made
    made.close()


@pytest.fixture(scope="module")
def key(bench: Workbench) -> str:
    return bench.create_token("old-client", [Scope.ANALYZE, Scope.FEEDBACK], "ada").secret


@pytest.fixture(scope="module")
def address(bench: Workbench, key: str) -> Iterator[str]:
    with serving(bench) as url:
        yield url


@pytest.fixture(scope="module")
def named_here(
    bench: Workbench, key: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """A server with a certificate for Google's name by an authority of our own, and that one."""
    folder: Path = tmp_path_factory.mktemp("authority")
    authority = client_package("trustme").CA()
    mine = authority.issue_cert(GOOGLES)
    paths = folder / "authority.pem", folder / "certificate.pem", folder / "key.pem"
    authority.cert_pem.write_to_path(paths[0])
    for blob in mine.cert_chain_pems:
        blob.write_to_path(paths[1], append=True)
    mine.private_key_pem.write_to_path(paths[2])
    with serving(bench, certificate=(paths[1], paths[2])) as url:
        yield url, paths[0]


def soon(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not what():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


class TestGooglesPythonClient:
    """google-api-python-client: only the URL, of the discovery document."""

    @pytest.fixture
    def google(self, address: str, key: str) -> Any:
        build = client_package("googleapiclient.discovery").build
        return build(
            "commentanalyzer",
            "v1alpha1",
            developerKey=key,
            discoveryServiceUrl=f"{address}/$discovery/rest?version=v1alpha1",
            static_discovery=False,
        )

    def test_it_analyses(self, google: Any) -> None:
        body = {
            "comment": {"text": RUDE},
            "requestedAttributes": {"TOXICITY": {}, "INSULT": {"scoreThreshold": 0.2}},
            "languages": ["en"],
            "spanAnnotations": True,
            "doNotStore": True,
        }
        answer = google.comments().analyze(body=body).execute()
        assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"] > 0.7
        span = answer["attributeScores"]["INSULT"]["spanScores"][0]
        assert (span["begin"], span["end"]) == (0, len(RUDE))

    def test_it_raises_its_own_error_with_our_message(self, google: Any) -> None:
        errors = client_package("googleapiclient.errors")
        body = {"comment": {"text": ""}, "requestedAttributes": {"TOXICITY": {}}}
        with pytest.raises(errors.HttpError, match="Comment must be non-empty") as refused:
            google.comments().analyze(body=body).execute()
        assert refused.value.status_code == 400
        (detail,) = refused.value.error_details
        assert detail["errorType"] == "COMMENT_EMPTY"

    def test_it_suggests_scores(self, google: Any, bench: Workbench) -> None:
        body = {
            "comment": {"text": RUDE},
            "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
            "clientToken": "comment:google-1",
        }
        assert google.comments().suggestscore(body=body).execute() == {
            "clientToken": "comment:google-1"
        }
        (decision,) = bench.item("google-1").log
        assert (decision.reviewer, decision.verdict) == ("client:old-client", Verdict.REJECT)


class TestPerspective:
    """PyPI perspective 1.0.3: only the URL, an attribute set after it was made."""

    @pytest.fixture
    def perspective(self, address: str, key: str) -> Any:
        made = client_package("perspective").PerspectiveAPI(key)
        made.api_client.url = f"{address}/v1alpha1/{{endpoint}}"
        return made

    def test_it_scores(self, perspective: Any) -> None:
        found = perspective.score(RUDE, tests=["TOXICITY", "INSULT", "THREAT"])
        assert found["TOXICITY"] > 0.7
        assert found["THREAT"] < 0.2

    def test_it_analyses_with_everything_it_can_send(self, perspective: Any) -> None:
        answer = perspective.analyze_comment(
            CALM,
            comment_type="PLAIN_TEXT",
            context=[{"text": RUDE, "type": "PLAIN_TEXT"}],
            requested_attributes={"TOXICITY": {"scoreType": "PROBABILITY", "scoreThreshold": 0.0}},
            span_annotations=True,
            languages=["en"],
            do_not_store=True,
            client_token="t",
            session_id="s",
            community_id="daily",
        )
        assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"] < 0.2
        assert answer["clientToken"] == "t"

    def test_it_stores_unless_told_otherwise_and_its_feedback_decides(
        self, perspective: Any, bench: Workbench
    ) -> None:
        text = "These are words that nobody else sends."
        perspective.score(text)
        soon(lambda: any(one.comment.text == text for one in bench.store.comments.stream()))
        scores = {"TOXICITY": {"summaryScore": {"value": 0.0}}}
        perspective.suggest_score(text, scores)
        (entry,) = [one for one in bench.store.comments.stream() if one.comment.text == text]
        assert (entry.verdict, entry.reviewer) == (Verdict.APPROVE, "client:old-client")


class TestPyPerspective:
    """PyPI PyPerspective 1.0.4: its address is a constant of its module, so it needs a patch."""

    @pytest.fixture
    def module(self) -> ModuleType:
        return client_package("PyPerspective.Perspective")

    @pytest.fixture
    def patched(
        self, module: ModuleType, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> ModuleType:
        monkeypatch.setattr(module, "base_url", f"{address}/v1alpha1/comments:analyze")
        return module

    def test_no_option_of_it_names_another_address(self, module: ModuleType) -> None:
        source = Path(module.__file__ or "").read_text(encoding="utf-8")
        assert 'base_url = "https://commentanalyzer.googleapis.com/' in source
        assert "requests.post(base_url" in source

    def test_with_the_constant_patched_it_scores(self, patched: Any, key: str) -> None:
        comment = patched.Perspective(key).get_score(RUDE, tests=["TOXICITY", "INSULT"])
        assert comment["TOXICITY"].score > 0.7
        assert str(comment["INSULT"][0]) == RUDE

    def test_it_tells_a_wrong_key_as_it_did(self, patched: Any) -> None:
        with pytest.raises(client_package("PyPerspective.errors").InvalidAuthKey):
            patched.Perspective("wrong")

    def test_behind_a_local_name_it_is_not_patched_at_all(
        self,
        module: Any,
        key: str,
        named_here: tuple[str, Path],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        address, authority = named_here
        found = socket.getaddrinfo

        def as_the_hosts_file_has_it(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
            here = urlsplit(address)
            if host == GOOGLES:
                return found(here.hostname, here.port, *rest, **more)
            return found(host, port, *rest, **more)

        monkeypatch.setattr(socket, "getaddrinfo", as_the_hosts_file_has_it)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
        assert module.Perspective(key).get_score(RUDE)["TOXICITY"].score > 0.7


class TestNode:
    """npm googleapis: only the URL. npm perspective-api-client 3.1.0: a constant, so a local name.

    TRIAGE_TEST_NODE_MODULES names the folder that `npm install googleapis perspective-api-client`
    made.
    """

    @pytest.fixture
    def node(self) -> Callable[..., Any]:
        program, packages = shutil.which("node"), os.environ.get("TRIAGE_TEST_NODE_MODULES")
        if not program or not packages:
            pytest.skip("needs node, and npm packages in the folder TRIAGE_TEST_NODE_MODULES")

        def run(script: str, **variables: str) -> Any:
            environment = os.environ | {"NODE_PATH": str(packages)} | variables
            done = subprocess.run(
                [program, "-e", script], env=environment, capture_output=True, timeout=120
            )
            assert done.returncode == 0, done.stderr.decode()
            return json.loads(done.stdout)

        return run

    def test_googles_node_client_builds_itself_from_our_document(
        self, node: Callable[..., Any], address: str, key: str
    ) -> None:
        script = """
            const {google} = require('googleapis');
            google.discoverAPI(process.env.DOCUMENT).then(client => client.comments.analyze({
                key: process.env.KEY,
                resource: {
                    comment: {text: process.env.TEXT},
                    requestedAttributes: {TOXICITY: {}},
                    doNotStore: true,
                },
            })).then(found => console.log(JSON.stringify(found.data)));
        """
        document = f"{address}/$discovery/rest?version=v1alpha1"
        answer = node(script, DOCUMENT=document, KEY=key, TEXT=RUDE)
        assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"] > 0.7

    def test_perspective_api_client_works_behind_a_local_name(
        self, node: Callable[..., Any], key: str, named_here: tuple[str, Path]
    ) -> None:
        address, authority = named_here
        # What the hosts file and a listener on port 443 would do; the client is as it is.
        script = """
            const tls = require('tls'), connect = tls.connect;
            tls.connect = options => connect({
                ...options, host: '127.0.0.1', port: Number(process.env.PORT),
            });
            const Perspective = require('perspective-api-client');
            new Perspective({apiKey: process.env.KEY})
                .analyze(process.env.TEXT, {attributes: ['toxicity', 'insult']})
                .then(found => console.log(JSON.stringify(found)));
        """
        answer = node(
            script,
            PORT=str(urlsplit(address).port),
            KEY=key,
            TEXT=RUDE,
            NODE_EXTRA_CA_CERTS=str(authority),
        )
        assert set(answer["attributeScores"]) == {"TOXICITY", "INSULT"}
