"""`triage learn`: what decisions teach a scorer, using that, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from triage.cli.automation import tell_stopped
from triage.cli.opening import opened
from triage.cli.printing import many, say
from triage.cli.progress import progress
from triage.domain.scores import Label
from triage.errors import UsageError
from triage.settings import Settings

if TYPE_CHECKING:
    from triage.workbench import Learned, Lesson, Trial, Workbench

__all__ = ["learn"]


@click.command()
@click.option(
    "--kind",
    type=click.Choice(["reranking", "calibration"]),
    default="reranking",
    show_default=True,
    help="With --adopt: scores that find more, or scores that mean what they say.",
)
@click.option(
    "--label",
    "labels",
    multiple=True,
    type=click.Choice([label.value for label in Label]),
    help="With --adopt: these labels, shown to be better or not. Default: those that are.",
)
@click.option("--adopt", is_flag=True, help="Use what was learned, as a new scorer version.")
@click.option("--rollback", is_flag=True, help="Use the scorer as it was before.")
@click.option("--why", default="", help="The reason; kept with it.")
@click.pass_obj
def learn(
    settings: Settings,
    kind: str,
    labels: Sequence[str],
    adopt: bool,
    rollback: bool,
    why: str,
) -> None:
    """Say what the decisions so far would teach the scorers in use, old against new.

    What audits drew teaches nothing: it judges, together with comments that each trial left out.
    "Not better: do not adopt" is a normal answer. Nothing is used before --adopt, and then the
    thresholds go along, so that the queue stays as long as it is. Only leads may adopt.
    """
    from triage.workbench import Learned

    if adopt and rollback:
        raise UsageError("choose one of --adopt and --rollback")
    with opened(settings) as bench:
        if rollback:
            before = bench.policy()
            done = bench.roll_back_learned(settings.reviewer, why)
            after = bench.policy()
            say(f"{done.base_key} is in use again as it is; policy {after.ref} is in force")
            tell_stopped(before, after.automatic, "scores")
            if left := bench.to_rate():
                say(f"{many(left, 'text')} came since and are not rated by it: triage score")
            return
        with progress("Learning", unit="comments") as tick:
            lessons = bench.learn(on_progress=tick)
        for lesson in lessons:
            _tell(lesson)
        if not adopt:
            return
        wanted = [Label(one) for one in labels]
        _adopt(bench, settings, lessons, Learned(kind), wanted, why)


def _adopt(
    bench: Workbench,
    settings: Settings,
    lessons: Sequence[Lesson],
    kind: Learned,
    wanted: Sequence[Label],
    why: str,
) -> None:
    """Adopt of one scorer: the thresholds that go along are new, and so are the next lesson's."""
    chosen = [(lesson, [label for label in wanted if label in lesson.in_use]) for lesson in lessons]
    chosen = [
        one for one in chosen if one[1] or (not wanted and bench.better(one[0], kind))
    ] or chosen[:1]
    if not chosen:
        raise UsageError("no scorer is in use yet: triage score")
    lesson, own = chosen[0]
    with progress("Giving every comment its new scores", unit="texts") as tick:
        made = bench.adopt(lesson, kind, settings.reviewer, why, own, on_progress=tick)
    policy = bench.policy()
    say(f"{made.ref} is in use; policy {policy.ref} is in force")
    tell_stopped(lesson.findings.policy, policy.automatic, "scores")
    waiting = bench.progress(settings.reviewer).pending
    say(f"{many(waiting, 'comment')} to review. The way back: triage learn --rollback --why ...")
    for other, _ in chosen[1:]:
        say(f"For {other.base[0]} there is something, too: the same command again")


def _tell(lesson: Lesson) -> None:
    say(f"{'@'.join(lesson.base)}:")
    if lesson.refused:
        say(f"  {lesson.refused}")
        return
    for label in lesson.in_use:
        if label in lesson.too_few:
            say(f"  {label.words}: {lesson.too_few[label].said}")
            continue
        for kind, trials in lesson.trials.items():
            one = trials[label]
            say(f"  {label.words}, {kind}: {one.verdict}; {one.why}")
            say(f"    {_figures(one)}")


def _figures(one: Trial) -> str:
    said = [
        f"{many(one.trained, 'decision')} taught, {one.positives:,} carry it",
        f"{one.audited:,} audited held out, {one.audited_positives:,} carry it",
    ]
    if one.auc_before is not None and one.auc_after is not None:
        said.append(f"AUC {one.auc_before:.3f}, then {one.auc_after:.3f}")
    if one.loss_before is not None and one.loss_after is not None and one.loss_95 is not None:
        said.append(
            f"log loss {one.loss_before:.3f}, then {one.loss_after:.3f} "
            f"(saves {one.loss_95.low:+.3f} to {one.loss_95.high:+.3f})"
        )
    if one.gain is not None:
        found = one.gain
        said.append(
            f"same queue of {found.queue:,}: {found.comes:,} come with about {found.gained:,.0f} "
            f"to be found, {found.goes:,} go with about {found.lost:,.0f}"
        )
    return "; ".join(said)
