"""`triage models`: Detoxify's models on this machine, how they come there, and what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from triage.cli.exit_codes import EXIT_FAULT
from triage.cli.opening import opened
from triage.cli.printing import err, inert, many, say, size
from triage.cli.progress import progress
from triage.settings import Settings

if TYPE_CHECKING:
    from triage.workbench import Card, Workbench

__all__ = ["models"]

_PATH = click.Path(path_type=Path)

_sha256 = click.option(
    "--sha256", metavar="HEX", help="Refuse a checkpoint with another SHA-256, unopened."
)
_base = click.option(
    "--base", type=_PATH, metavar="FOLDER", help="Where the base model's config and tokenizer lie."
)
_name = click.option(
    "--as", "name", metavar="NAME", help="Which model it is, where its classes do not tell."
)


def _taken(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of whatever takes a checkpoint from a disk."""
    return _name(_base(_sha256(command)))


@click.group()
def models() -> None:
    """Detoxify's models on this machine, in the folder TRIAGE_MODELS_DIR.

    A checkpoint is read without running what is in it and converted once to safetensors; from
    then on no pickle is opened and no network is used.
    """


@models.command("list")
@click.pass_obj
def list_models(settings: Settings) -> None:
    """List the known models: here or not, how large, how far verified, where."""
    with opened(settings) as bench:
        entries = bench.models.entries()
    for entry in entries:
        facts = [entry.state.value]
        if entry.size:
            facts.append(size(entry.size))
        if entry.verified:
            facts.append(entry.verified)
        say(f"{entry.name}: {', '.join(facts)}")
        say(f"  {entry.description}")
        if entry.fast:
            say(f"  {entry.fast}")
        if entry.size:
            say(f"  {entry.folder}")
        if entry.note:
            say(f"  {entry.note}")
    if any(entry.state.value != "converted" for entry in entries):
        say("\nTo get one: triage models pull NAME, or triage models add FOLDER from a disk.")


@models.command()
@click.argument("path", metavar="FOLDER|FILE", type=_PATH)
@_taken
@click.pass_obj
def add(
    settings: Settings, path: Path, name: str | None, base: Path | None, sha256: str | None
) -> None:
    """Take a model from a disk: no network is used, and no code in it runs.

    FOLDER holds a checkpoint (*.ckpt) with the base model's config and tokenizer files beside it,
    or a model that was converted on another machine. Where it stands stays as it is.
    """
    with opened(settings) as bench, _default_watched(bench):
        _tell(bench.models.add(path, name=name, base=base, sha256=sha256), settings)


@models.command()
@click.argument("name")
@_sha256
@click.pass_obj
def pull(settings: Settings, name: str, sha256: str | None) -> None:
    """Fetch a model from Detoxify's releases and the Hugging Face hub, and convert it.

    What an interrupted pull has fetched is kept, and the next one goes on from there.
    """
    with opened(settings) as bench, _default_watched(bench):
        with progress(f"Fetching {name}", in_bytes=True) as tick:
            card = bench.models.pull(name, sha256=sha256, on_progress=tick)
        _tell(card, settings)


@models.command()
@click.argument("what", metavar="NAME|FILE")
@click.option("--trust", is_flag=True, help="Unpickle the file, which RUNS THE CODE IN IT.")
@click.option("--no-fast", is_flag=True, help="Write no int8 file for the fast mode.")
@_taken
@click.pass_obj
def convert(
    settings: Settings,
    what: str,
    trust: bool,
    no_fast: bool,
    name: str | None,
    base: Path | None,
    sha256: str | None,
) -> None:
    """Convert a model that lies in the models folder as a checkpoint, or a checkpoint's FILE.

    Writes the int8 file of the fast mode, too, where there is none, and of a model that is
    converted already nothing else: a minute or two, and 3 GB of memory, for a full-size model.

    A file that holds more than tensors and plain settings is refused, because reading it would
    run code. With --trust it is read all the same, in a process of its own: do that only for a
    file whose maker you trust with all that you may do on this machine.
    """
    if trust:
        warning = f"The code in {what} will run now, with your rights."
        err.print(Text.assemble(("Trusted: ", "bold red"), inert(warning)), soft_wrap=True)
    with opened(settings) as bench, _default_watched(bench):
        with progress(f"Converting {what}"):
            card = bench.models.convert(
                what, trust=trust, name=name, base=base, sha256=sha256, fast=not no_fast
            )
        _tell(card, settings)


@models.command()
@click.argument("name")
@click.pass_obj
def trial(settings: Settings, name: str) -> None:
    """Time a model in all its modes anew, and remember which is worth it here.

    With TRIAGE_DETOXIFY=auto that is how it computes from now on, but where scores by another
    mode are in force.
    """
    with opened(settings) as bench, progress(f"Trying {name}"):
        found = bench.try_modes(name)
    say(f"{name}: {found}")


@models.command()
@click.argument("name", required=False)
@click.pass_obj
def verify(settings: Settings, name: str | None) -> int:
    """Read every byte again and hold it against the model's card."""
    with opened(settings) as bench:
        found = bench.models.verify(name)
    for one in found:
        facts = ", ".join(filter(None, (one.state.value, one.verified)))
        say(f"{one.name}: {facts}{'' if one.problems else ', whole'}")
        if one.fast:
            say(f"  {one.fast}")
        for problem in one.problems:
            err.print(inert(f"  {problem}"), style="yellow", soft_wrap=True)
    if not found:
        say("no model is here: triage models pull NAME, or triage models add FOLDER")
    return EXIT_FAULT if any(one.problems for one in found) else 0


@models.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove(settings: Settings, name: str, yes: bool) -> None:
    """Delete a model's folder with all that is in it."""
    with opened(settings) as bench:
        folder = settings.models_dir / name
        listed = next((one for one in bench.models.entries() if one.name == name), None)
        if listed is not None and listed.size and not yes:
            inside = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
            say(f"{folder}: {size(listed.size)}, {many(len(inside), 'file')}")
            say(f"  {', '.join(inside)}")
            click.confirm("Delete it?", abort=True, err=True)
        with _default_watched(bench):
            linked = folder.is_symlink()
            freed = size(bench.models.remove(name))
            say(f"{name} removed: {'only a link, ' if linked else ''}{freed} freed")


@contextmanager
def _default_watched(bench: Workbench) -> Iterator[None]:
    """Say what becomes of the scorers that rate where nobody chose any, if they change."""
    before = bench.chosen()
    yield
    if (after := bench.chosen()) == before:
        return
    say(
        f"Unless others are chosen, texts are rated by {' and '.join(after)} from now on, in place "
        f"of {' and '.join(before)}: the next `triage score` scores every text that they have not "
        "scored yet."
    )
    if set(before) <= set(after):  # what was removed cannot be chosen
        say(f"TRIAGE_SCORERS={','.join(before)} leaves it as it was.")


def _tell(card: Card, settings: Settings) -> None:
    """Say what is there now."""
    folder = settings.models_dir / card.name
    say(f"{card.name}: converted, {card.source.verified.words}, in {folder}")
    say(f"  {card.architecture} on {card.base}: {', '.join(card.outputs)}")
    say(f"  from {card.source.name}, SHA-256 {card.source.sha256}")
    if card.int8 is None:
        say(f"  no int8 file for the fast mode: triage models convert {card.name} writes it")
    else:
        say(
            f"  int8 file for the fast mode: off by {card.int8.mean:.4f} on average, "
            f"{card.int8.greatest:.4f} at most; exact within {card.int8.margin:.4f} of a threshold"
        )
    say(f"Rate with it: triage score --scorer detoxify:{card.name}")
