"""The command line: one command per verb of the workbench."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

import click
from rich.text import Text

from triage import __version__
from triage.cli.appeal import appeal
from triage.cli.assigning import assign, notes
from triage.cli.audit import audit
from triage.cli.automation import tell_acted, tell_asleep
from triage.cli.backups import backup, migrate, restore
from triage.cli.batch import batch, undo
from triage.cli.exit_codes import EXIT_FAULT, EXIT_INPUT, EXIT_INTERRUPTED, EXIT_PARTLY
from triage.cli.exporting import export
from triage.cli.forgetting import forget, pseudonyms, retain
from triage.cli.importing import import_files
from triage.cli.learning import learn
from triage.cli.models import models
from triage.cli.opening import opened
from triage.cli.options import asked_mode, mode_option, scorer_option, tell_scorer
from triage.cli.panel import fetch_models, tell_beside, tell_change, tell_languages
from triage.cli.people import people
from triage.cli.policy import policy
from triage.cli.printing import err, inert, list_problems, many, say
from triage.cli.progress import progress
from triage.cli.rating import rate
from triage.cli.returning import hand_back
from triage.cli.serving import api, demo, serve
from triage.cli.settings import settings_in_force
from triage.cli.statements import notice, statements
from triage.cli.token import token
from triage.cli.tuning import tune
from triage.cli.verifying import verify
from triage.cli.webhook import webhook
from triage.domain.scores import Label
from triage.errors import InputError, TriageError, UsageError
from triage.logs import LogLevel, begin
from triage.settings import Settings

__all__ = ["commands", "main"]

_GUIDELINES_BYTES = 500_000
_PATH = click.Path(path_type=Path)
_SCORED = "What is scored is kept: the next `triage score` goes on from there."


def main() -> NoReturn:
    """Run the command line; everything raised on purpose ends as one message and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that knows no “ must not stop the work
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl+C: nothing half-written
    try:
        sys.exit(commands.main(standalone_mode=False) or 0)
    except (click.exceptions.Abort, KeyboardInterrupt):
        err.print("Interrupted. What was finished is kept, and nothing is half-written.")
        sys.exit(EXIT_INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except TriageError as error:
        err.print(Text.assemble(("Error: ", "bold red"), inert(str(error))), soft_wrap=True)
        sys.exit(EXIT_INPUT if isinstance(error, InputError) else EXIT_FAULT)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done; 3 done, but part of the input was left out (listed); 2 the input "
    "or the options cannot be used; 1 our own fault or the machine's; 130 interrupted.",
)
@click.version_option(__version__, prog_name="triage")
@click.option("--database", metavar="URL", help="Default: TRIAGE_DATABASE_URL, else ./triage.db.")
@click.pass_context
def commands(context: click.Context, database: str | None) -> None:
    """Rate comments for toxicity and incivility, review what is flagged, export the decisions."""
    settings = Settings.from_environment()
    begin(settings.log, settings.log_level or LogLevel.ERROR)
    context.obj = replace(settings, database_url=database) if database else settings


for one in (
    import_files,
    models,
    audit,
    appeal,
    policy,
    people,
    assign,
    notes,
    token,
    webhook,
    tune,
    learn,
    rate,
    batch,
    undo,
    hand_back,
    serve,
    api,
    demo,
    backup,
    restore,
    forget,
    retain,
    pseudonyms,
    verify,
    migrate,
    export,
    statements,
    notice,
    settings_in_force,
):
    commands.add_command(one)


@commands.command()
@scorer_option
@mode_option
@click.option(
    "--beside", is_flag=True, help="Leave the scorers in use as they are: triage tune compare."
)
@click.pass_obj
def score(settings: Settings, scorers: Sequence[str], mode: str | None, beside: bool) -> int:
    """Score what the database holds and this scorer version has not scored yet.

    Several scorers make a panel: each label comes from the first that reports it. What is scored
    is kept a few seconds' worth at a time. Stopped or killed, the next run goes on from there.
    After a change of the policy, what a fast mode scored near a new threshold is rated again,
    exactly. No scorer rates a comment in a language that it does not read: such comments are
    counted, and sent to review unless TRIAGE_OTHER_LANGUAGES is leave.
    """
    with opened(settings) as bench:
        fetch_models(bench, scorers)
        change = bench.panel_change(scorers, mode=asked_mode(mode))
        if change is not None and not beside:
            tell_change(change, automatic=bench.policy().automatic is not None)
        with progress("Scoring", unit="texts", then=lambda: _SCORED) as tick:
            report = bench.score(
                scorers,
                mode=asked_mode(mode),
                beside=beside,
                on_scorer=tell_scorer,
                on_progress=tick,
            )
        for info, count in report.again:
            say(f"{info.key}: {many(count, 'text')} near a threshold that moved, rated exactly")
        for info, count in report.scored:
            say(f"{info.key}@{info.version}: {many(count, 'text')} scored")
        for info, count, why in report.left:
            say(f"{info.key}: {many(count, 'text')} left for the next `triage score`: {why}")
        tell_languages(report, bench.settings.other_languages)
        tell_acted(report.acted)
        tell_asleep(report.stopped)
        if beside:
            tell_beside(bench, [info for info, _ in report.scored])
        elif report.overtaken:
            say(f"Other scorers came into use meanwhile and stay: {' and '.join(bench.in_use())}")
        elif change is not None and not report.left:
            say(f"In use from now on: {' and '.join(change.keys[1])}")
        waiting = bench.progress(settings.reviewer).pending
        say(f"{many(waiting, 'comment')} to review: triage serve")
    return EXIT_PARTLY if report.left else 0


@commands.command()
@click.argument("source", metavar="FILE", type=_PATH)
@click.option("--label-column", required=True, metavar="NAME", help="Holds the truth.")
@click.option(
    "--label",
    type=click.Choice([label.value for label in Label]),
    help="Which score stands beside it. Default: the label that the column is named after.",
)
@click.option("--score-column", metavar="NAME", help="Holds scores. Default: a scorer's.")
@click.option("--scorer", metavar="KEY", help="Default: TRIAGE_SCORERS.")
@click.option("--text-column", metavar="NAME", help="Default: guessed from the names.")
@click.option(
    "--output", "-o", "outputs", multiple=True, type=_PATH, help="A report: .json or .md."
)
@click.pass_obj
def evaluate(
    settings: Settings,
    source: Path,
    label_column: str,
    label: str | None,
    score_column: str | None,
    scorer: str | None,
    text_column: str | None,
    outputs: Sequence[Path],
) -> int:
    """Hold scores against the labels of a file: AUC, calibration, and each threshold's figures.

    A label is yes or no, true or false, or a number from 0 to 1, such as the share of raters, which
    counts from a half on. FILE should be a random sample of your comments: on a chosen one the
    intervals mean nothing, and on flagged comments alone recall does not either.
    """
    with opened(settings) as bench:
        if score_column is None:
            fetch_models(bench, (scorer,) if scorer else ())
        with progress("Evaluating") as tick:
            report = bench.evaluate(
                source,
                label_column=label_column,
                label=Label(label) if label else None,
                score_column=score_column,
                scorer=scorer,
                text_column=text_column,
                outputs=outputs,
                on_progress=tick,
            )
    say(report.markdown)
    for output in outputs:
        say(f"{output}: written")
    list_problems(report.problems)
    return EXIT_PARTLY if report.problems else 0


@commands.command()
@click.argument("source", metavar="[FILE]", required=False, type=_PATH)
@click.option("--why", default="", help="What the change is for; kept with the version.")
@click.pass_obj
def guidelines(settings: Settings, source: Path | None, why: str) -> None:
    """Print the site's guidelines, or put those in FILE (Markdown, UTF-8) in force.

    A heading such as "## R2: No insults" makes R2 a reason for a verdict.
    """
    with opened(settings) as bench:
        present = bench.guidelines()
        if source is None:
            say(present.text if present else "There are no guidelines yet: triage guidelines FILE")
            return
        try:
            if source.stat().st_size > _GUIDELINES_BYTES:
                raise UsageError(f"{source} is too long: guidelines hold up to 100,000 characters")
            text = source.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{source} cannot be read as UTF-8 text: {error}") from error
        upon = present.version if present else 0
        saved = bench.save_guidelines(text, settings.reviewer, upon=upon, why=why)
    say(f"In force: version {saved.version}, {many(len(saved.rules), 'rule')}")


@commands.command()
@click.pass_obj
def scorers(settings: Settings) -> None:
    """List the scorers, their labels, and how to get those that are not here."""
    with opened(settings) as bench:
        known, chosen = bench.scorers(), bench.chosen()
    for entry in known:
        here = "" if entry.available else ", not here"
        say(f"{entry.key}{here}: {entry.description}")
        say(f"  {', '.join(label.words for label in entry.labels)}")
        if entry.marks_spans:
            say("  marks the words that made its scores")
        if entry.mentions:
            say("  says which identities a text mentions")
        if entry.note:
            say(f"  {entry.note}")
    say(f"\nChosen, unless --scorer names others: {', '.join(chosen)}")
    for entry in known:
        if not entry.available:
            say(f"\nTo get {entry.key}: {entry.how_to_get}")
