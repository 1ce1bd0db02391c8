"""Commands that go on until somebody ends them: the dashboard, and the API alone."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import replace
from importlib.util import find_spec
from typing import NoReturn

import click

from triage.cli.opening import opened
from triage.cli.panel import fetch_models
from triage.cli.printing import say
from triage.cli.progress import progress
from triage.domain.urls import is_loopback
from triage.errors import UsageError
from triage.places import app_script
from triage.settings import Settings

__all__ = ["api", "demo", "serve"]

_HOST = "localhost"


@click.command()
@click.option("--host", default=_HOST, show_default=True, help="The address to listen at.")
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--behind-proxy",
    is_flag=True,
    help="A proxy lets in only who may; all that come are the one reviewer.",
)
@click.pass_obj
def serve(settings: Settings, host: str, port: int, behind_proxy: bool) -> None:
    """Open the dashboard on http://HOST:PORT.

    Where TRIAGE_SIGN_IN names a provider, people sign in and have roles (docs/operations.md).
    Without it the dashboard is for one person on this machine, whom TRIAGE_REVIEWER names.
    """
    _serve(replace(settings, behind_proxy=settings.behind_proxy or behind_proxy), host, port)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes; each loads the scorers.",
)
@click.option("--no-auth", is_flag=True, help="Let anybody in who reaches a public address.")
@click.pass_obj
def api(settings: Settings, host: str, port: int, workers: int, no_auth: bool) -> None:
    """Answer over HTTP: scores in Perspective's format and in lists, health and metrics.

    Clients of Perspective are pointed at http://HOST:PORT; see docs/api.md. The dashboard of
    `triage serve` answers the same requests, on its own port.
    """
    _refuse_busy(host, port)
    command = [sys.executable, "-m", "triage.api", f"--host={host}", f"--port={port}"]
    command += [f"--workers={workers}", *(["--no-auth"] if no_auth else [])]
    _become(command, settings)


@click.command()
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65535))
@click.pass_obj
def demo(settings: Settings, port: int) -> None:
    """Import and score the sample threads, and open the dashboard on them.

    A database that holds comments of your own is opened as it is.
    """
    with opened(settings) as bench:
        fetch_models(bench)
        with progress("Preparing the sample threads", unit="comments") as tick:
            added = bench.load_samples(on_progress=tick)
        counts = bench.progress(settings.reviewer)
        comments = bench.count()
    if added:
        say(f"Sample threads: {comments} comments, {counts.pending} to review")
    else:
        say("This database holds comments of its own: the samples were not added.")
    _serve(settings, _HOST, port)


def _serve(settings: Settings, host: str, port: int) -> NoReturn:
    """Become a Streamlit server. Its settings stand in .streamlit/config.toml beside the app."""
    who = _who(settings, host)
    _refuse_busy(host, port)
    command = [sys.executable, "-m", "streamlit", "run", str(app_script())]
    command += [f"--server.port={port}", f"--server.address={host}"]
    say(f"The dashboard: http://{host}:{port} (Ctrl+C ends it)")
    say(who)
    _become(command, settings)


def _who(settings: Settings, host: str) -> str:
    """Return who will be at the dashboard; raise UsageError where that could be anybody."""
    if settings.sign_in is not None:
        if find_spec("authlib") is None:
            raise UsageError(
                "TRIAGE_SIGN_IN is set, and signing in needs packages that are not installed: "
                "pip install 'triage-workbench[team]'"
            )
        return "People sign in, and may do what their roles allow: triage people list."
    if is_loopback(host):
        reach = "this machine only"
    elif settings.behind_proxy:
        reach = "whoever the proxy lets in"
    else:
        raise UsageError(
            f"{host} can be reached from other machines, and nobody signs in: keep to "
            f"{_HOST}, set TRIAGE_SIGN_IN (docs/operations.md), or say --behind-proxy where a "
            "proxy lets in only who may"
        )
    return (
        f"Nobody signs in: for {reach}, and every decision is in the name of {settings.reviewer}."
    )


def _refuse_busy(host: str, port: int) -> None:
    """Raise UsageError for a port that somebody answers at."""
    try:
        socket.create_connection((host, port), timeout=1.0).close()
    except OSError:
        return
    raise UsageError(f"port {port} is in use: name another one with --port (make: PORT=)")


def _become(command: list[str], settings: Settings) -> NoReturn:
    """Run another program in place of this one, on the same database."""
    environment = os.environ | {
        "TRIAGE_DATABASE_URL": settings.database_url,
        "TRIAGE_BEHIND_PROXY": "1" if settings.behind_proxy else "0",
    }
    sys.stdout.flush()
    os.execve(sys.executable, command, environment)  # noqa: S606 - no shell, our own arguments
