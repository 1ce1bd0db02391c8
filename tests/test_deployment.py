"""The container's files agree with one another, and with the program that they start."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner

from triage.api.routes import ENDPOINTS
from triage.cli.commands import commands
from triage.errors import UsageError
from triage.given import Given
from triage.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE_TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
SERVICES: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)["services"]
OURS = sorted(name for name, one in SERVICES.items() if one["image"] == "triage-workbench")
NGINX = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")


def parsed(command: list[str]) -> click.Context:
    """Read a command as the command line would, and run nothing."""
    name, *rest = command
    return commands.commands[name].make_context(name, rest)


def instructions(name: str) -> list[str]:
    """Return what follows an instruction, each time it stands in the Dockerfile."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.split(None, 1)[1] for line in joined.splitlines() if line.startswith(f"{name} ")]


def test_the_image_starts_with_a_command_that_there_is() -> None:
    (entry,), (command,) = instructions("ENTRYPOINT"), instructions("CMD")
    assert yaml.safe_load(entry) == ["triage"]
    assert parsed(yaml.safe_load(command)).params["host"] == "0.0.0.0"


def test_a_dashboard_that_others_reach_needs_a_proxy_before_it() -> None:
    done = CliRunner().invoke(commands, ["serve", "--host", "0.0.0.0"])
    assert isinstance(done.exception, UsageError)
    assert "--behind-proxy" in str(done.exception)


@pytest.mark.parametrize("service", OURS)
def test_each_service_runs_a_command_that_there_is(service: str) -> None:
    parsed(SERVICES[service]["command"])


def test_the_image_is_made_of_files_that_are_there_and_let_in() -> None:
    let_in = [
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    ]
    for line in instructions("COPY"):
        if line.startswith("--from"):
            continue
        *sources, _target = shlex.split(line)
        for source in sources:
            assert (ROOT / source).exists(), source
            assert any(fnmatch(source.split("/")[0], one) for one in let_in), source


def test_the_wheel_gets_everything_that_it_is_made_of() -> None:
    copied = {word for line in instructions("COPY") for word in shlex.split(line)}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    forced = re.findall(r'^"([^"]+)" = "triage/', project, re.MULTILINE)
    assert forced
    for path in forced:
        assert path.split("/")[0] in copied, path


def test_the_image_runs_as_nobody_in_particular_and_asks_its_own_health() -> None:
    (user,) = instructions("USER")
    assert user.split(":")[0] not in ("root", "0")
    (probe,) = re.findall(r"HEALTHCHECK.*\n\s+CMD (.*)", DOCKERFILE)
    assert "127.0.0.1:8501/_stcore/health" in probe


@pytest.mark.parametrize("service", OURS)
def test_each_service_may_write_nowhere_but_its_volumes(service: str) -> None:
    found = SERVICES[service]
    assert found["read_only"]
    assert found["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in found["security_opt"]


def test_the_schema_is_brought_up_to_date_once_before_anything_serves() -> None:
    assert SERVICES["migrate"]["command"] == ["migrate"]
    for name in set(OURS) - {"migrate"}:
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"}
        }


def test_every_setting_in_the_compose_file_is_one_of_ours() -> None:
    given = Given({})
    Settings.read(given)
    for name in OURS:
        own = [key for key in SERVICES[name]["environment"] if key.startswith("TRIAGE_")]
        assert set(own) <= set(given.asked), name


@pytest.mark.parametrize("service", ["dashboard-1", "dashboard-2"])
def test_pages_open_a_session_by_the_sites_name_alone(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit import config
    from streamlit.web.cli import main_run
    from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

    site = "${SITE:?set it in .env}"
    for name, value in SERVICES[service]["environment"].items():
        if name.startswith("STREAMLIT_"):
            monkeypatch.setenv(name, value.replace(site, "desk.example"))
    read = main_run.make_context("run", ["app.py"], auto_envvar_prefix="STREAMLIT").params
    get_option = config.get_option
    allowed = {"server.allowedHosts": read["server_allowedHosts"]}
    monkeypatch.setattr(config, "get_option", lambda key: allowed.get(key) or get_option(key))
    assert is_host_allowed("desk.example:8080")
    assert not is_host_allowed("evil.example")


def test_every_variable_of_the_compose_file_is_in_the_example_and_no_secret_is() -> None:
    example = (ROOT / "deploy" / "example.env").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    assert set(re.findall(r"\$\{([A-Z_]+)", COMPOSE_TEXT)) == set(shown)
    assert shown["POSTGRES_PASSWORD"] == shown["COOKIE_SECRET"] == ""
    assert shown["LISTEN"].startswith("127.0.0.1:"), "public only once somebody says so"


def test_the_proxy_passes_to_services_that_there_are() -> None:
    passed = re.findall(r"(?:server|set \$\w+) ([a-z0-9-]+):([0-9]+);", NGINX)
    for host, port in passed:
        assert host in SERVICES
        assert port == {"api": "8080"}.get(host, "8501")
    for name in OURS:
        assert name == "migrate" or name in [host for host, _ in passed]


def test_the_proxy_sends_each_path_of_the_api_there() -> None:
    (pattern,) = re.findall(r"location ~ (\S+) \{\n\s+set \$api", NGINX)
    (hidden,) = re.findall(r"location ~ (\S+) \{\n\s+return 404", NGINX)
    for endpoint in ENDPOINTS:
        there = re.search(pattern, endpoint.path) or re.search(hidden, endpoint.path)
        assert there or f"location = {endpoint.path} " in NGINX, endpoint.path


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if nginx is None:
        pytest.skip("no nginx here")
    here = re.sub(r"server [a-z0-9-]+:", "server 127.0.0.1:", NGINX)
    (tmp_path / "site.conf").write_text(here, encoding="utf-8")
    whole = f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{ include {tmp_path}/site.conf; }}\n"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    done = subprocess.run(
        [nginx, "-t", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert "syntax is ok" in done.stderr, done.stderr
