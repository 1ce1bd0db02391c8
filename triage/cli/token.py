"""`triage token`: which programs may ask over HTTP, and for what."""

from __future__ import annotations

from collections.abc import Sequence

import click

from triage.cli.opening import opened
from triage.cli.printing import note, say
from triage.domain.tokens import Scope
from triage.settings import Settings

__all__ = ["token"]


@click.group()
def token() -> None:
    """Make, list and revoke the tokens with which other programs ask over HTTP.

    Only leads may make and revoke them (TRIAGE_LEADS).
    """


@token.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it is for; may be given again.",
)
@click.pass_obj
def create(settings: Settings, name: str, scopes: Sequence[str]) -> None:
    """Make a token called NAME and print its secret, this once.

    Decisions that come with it stand in the log as by client:NAME.
    """
    with opened(settings) as bench:
        issued = bench.create_token(name, map(Scope, scopes), settings.reviewer)
    say(issued.secret)
    note("Keep it now: it is stored nowhere and cannot be shown again.")


@token.command("list")
@click.pass_obj
def list_tokens(settings: Settings) -> None:
    """List every token: what it is for, by whom it was made, and when it was last used."""
    with opened(settings) as bench:
        known = bench.tokens()
    if not known:
        say("There are no tokens: triage token create NAME --scope analyze")
    for one in known:
        gone = f", revoked {one.revoked_at:%Y-%m-%d %H:%M} UTC" if one.revoked_at else ""
        used = f"{one.last_used_at:%Y-%m-%d %H:%M} UTC" if one.last_used_at else "never"
        say(f"{one.name}: {', '.join(sorted(one.scopes))}{gone}")
        say(f"  made {one.created_at:%Y-%m-%d %H:%M} UTC by {one.created_by}, last used {used}")


@token.command()
@click.argument("name")
@click.pass_obj
def revoke(settings: Settings, name: str) -> None:
    """Let the token NAME be good for nothing from now on."""
    with opened(settings) as bench:
        gone = bench.revoke_token(name, settings.reviewer)
    say(f"Revoked: {gone.name}. What came with it stays in the log.")
