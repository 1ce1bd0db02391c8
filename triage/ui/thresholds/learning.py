"""What decisions would teach the scorers: old against new, using it, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.errors import TriageError
from triage.ui.notices import fault, or_say, say
from triage.ui.site_text import plain_markdown
from triage.ui.state import Key
from triage.ui.thresholds.rivals import draw_comparison
from triage.ui.thresholds.saving import stopped_words
from triage.ui.words import ago, comments
from triage.workbench import Findings, Learned, Lesson, Trial, TrialVerdict, Workbench

__all__ = ["draw_learning"]

_WORDS = {
    Learned.RERANKING: "Find more: weigh words, too",
    Learned.CALIBRATION: "Mean more: calibrate the scores",
}


def draw_learning(bench: Workbench, findings: Findings) -> None:
    """Draw what is in use, what there is to learn, and the buttons."""
    who = bench.settings.reviewer
    st.text(
        "A scorer can learn from what people decided here: which of its scores were right, and the "
        "words of this site. What an audit drew teaches it nothing and judges it. Nothing is used "
        "before you adopt it, and there is a way back."
    )
    _in_use(bench, who)
    if not bench.may_lead(who):
        st.caption("Leads let a scorer learn.")
        return
    kept = st.session_state.get(Key.TUNE_LESSON)
    if kept is None or kept[0] is not findings:
        kept = _look(bench, findings)
    if kept is None:
        return
    kind = st.segmented_control(
        "What to learn",
        list(_WORDS),
        default=Learned.RERANKING,
        required=True,
        format_func=lambda one: _WORDS[one],
        key=f"{Key.TUNE_LEARNED}.kind",
        label_visibility="collapsed",
    )
    for lesson in kept[1]:
        _lesson(bench, lesson, kind or Learned.RERANKING, who)


def _look(bench: Workbench, findings: Findings) -> tuple[Findings, list[Lesson]] | None:
    """Draw the button; where it was pressed, how far it is in its place, and return the lessons."""
    place = st.empty()
    if not place.button(
        "See what there is to learn",
        icon=":material/school:",
        help="It reads every comment once: minutes on a large site.",
    ):
        return None
    try:
        lessons = bench.learn(on_progress=_told(place, "Reading what was decided"))
    except TriageError as error:
        place.empty()
        fault("Nothing was learned.", error)
        return None
    place.empty()
    kept = findings, lessons
    st.session_state[Key.TUNE_LESSON] = kept
    return kept


def _told(place: DeltaGenerator, doing: str) -> Callable[[int, int | None], None]:
    """Draw a bar, and return what moves it."""
    bar = place.progress(0.0, f"{doing} …")

    def tick(done: int, of: int | None) -> None:
        share = 0.0 if not of else min(done / of, 1.0)
        bar.progress(share, f"{doing}: {done:,}" + (f" of {of:,}" if of else ""))

    return tick


def _in_use(bench: Workbench, who: str) -> None:
    history = bench.adoptions()
    if not history:
        return
    last = history[-1]
    what = f"{last.base_key} as it is" if last.learned is None else last.learned.ref
    with st.container(border=True, gap="small", key="learned"):
        st.text(f"In use: {what}, by {last.by}, {ago(last.at)}: “{last.why}”")
        if last.learned is None or not bench.may_lead(who):
            return
        why = f"{Key.TUNE_WHY}.unlearn"
        st.text_input("Why go back", key=why, placeholder="What the way back is for; kept with it")
        st.button(
            f"Go back to {plain_markdown(last.base_key)} as it was",
            icon=":material/undo:",
            on_click=_back,
            args=(bench, who, why),
        )


def _lesson(bench: Workbench, lesson: Lesson, kind: Learned, who: str) -> None:
    trials = lesson.trials[kind]
    with st.container(border=True, gap="small", key=f"lesson-{lesson.base[0]}"):
        st.text(f"{'@'.join(lesson.base)}: old against new, on comments that did not teach it")
        if lesson.refused:
            st.text(lesson.refused)
            return
        if trials:
            st.html(_table(trials))
        few = [f"{label.words}: {one.said}." for label, one in lesson.too_few.items()]
        if few:
            with st.expander(f"Too few decisions for {len(few)} labels"):
                st.text("\n".join(few))
        if not trials:
            return
        better = bench.better(lesson, kind)
        chosen = st.pills(
            "Labels to adopt",
            list(trials),
            selection_mode="multi",
            default=list(better),
            format_func=lambda one: one.words,
            key=f"{Key.TUNE_LEARNED}.{lesson.base[0]}.{kind}",
        )
        labels: list[Label] = list(chosen or [])
        if not better:
            st.text("It is not shown to be better for any label. Do not adopt it.")
        _adopting(bench, lesson, kind, labels, who)
    if labels and st.toggle(
        "Show whose route would change", key=f"{Key.TUNE_LEARNED}.look.{lesson.base[0]}"
    ):
        draw_comparison(
            bench,
            bench.compare_lesson(lesson, kind, labels),
            labels[0] if len(labels) == 1 else None,
        )


def _adopting(
    bench: Workbench, lesson: Lesson, kind: Learned, labels: Sequence[Label], who: str
) -> None:
    why = f"{Key.TUNE_WHY}.learn.{lesson.base[0]}"
    st.text_input("Why", key=why, placeholder="What it is adopted for; kept with the version")
    place = st.empty()
    if place.button(
        f"Adopt for {', '.join(one.words for one in labels)}" if labels else "Adopt",
        disabled=not labels,
        icon=":material/check:",
        key=f"{Key.TUNE_LEARNED}.adopt.{lesson.base[0]}",
    ):
        tick = _told(place, "Giving every comment its new scores")
        _adopt(bench, lesson, kind, tuple(labels), who, why, tick)
        st.rerun()
    automatic = lesson.findings.policy.automatic is not None
    st.caption(
        "Adopting makes a new version of the scorer. The thresholds of its labels go along, so "
        "that each flags as many comments as now: a new version of the policy."
        + (" It turns off what the policy decides by itself." if automatic else "")
    )


def _table(trials: Mapping[Label, Trial]) -> str:
    """Return HTML: a row per label; numbers and our own words only."""
    # On a phone two columns are seen at once: what follows comes first.
    heads = ("", "so", "in a queue as long", "held out", "AUC, old → new", "log loss, old → new")
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "".join(_row(label, one) for label, one in trials.items())
    return (
        f'<div class="wide"><table class="figures"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(label: Label, one: Trial) -> str:
    cells = (
        (one.verdict.value, "adopt it" if one.verdict is TrialVerdict.BETTER else "do not adopt"),
        _gain(one),
        (f"{one.audited:,}", f"{one.audited_positives:,} carry it; {one.trained:,} taught"),
        _area(one),
        _loss(one),
    )
    drawn = "".join(
        f"<td><b>{escape(value)}</b><small>{escape(small)}</small></td>" for value, small in cells
    )
    return f'<tr><th scope="row">{escape(label.words)}</th>{drawn}</tr>'


def _area(one: Trial) -> tuple[str, str]:
    if one.auc_before is None or one.auc_after is None:
        return "not known", "all of one kind"
    span = one.auc_after_95
    small = "" if span is None else f"new: {span.low:.2f} to {span.high:.2f}"
    return f"{one.auc_before:.3f} → {one.auc_after:.3f}", small


def _gain(one: Trial) -> tuple[str, str]:
    found = one.gain
    if found is None:
        return "not known", "no threshold in force"
    small = f"{found.low:+,.0f} to {found.high:+,.0f}; {found.comes:,} come, {found.goes:,} go"
    return f"{found.difference:+,.0f} to be found", small


def _loss(one: Trial) -> tuple[str, str]:
    if one.loss_before is None or one.loss_after is None or one.loss_95 is None:
        return "not known", "needs an audit sample"
    small = f"saves {one.loss_95.low:+.3f} to {one.loss_95.high:+.3f}"
    return f"{one.loss_before:.3f} → {one.loss_after:.3f}", small


@or_say("Nothing was adopted.")
def _adopt(
    bench: Workbench,
    lesson: Lesson,
    kind: Learned,
    labels: Sequence[Label],
    who: str,
    why: str,
    tick: Callable[[int, int | None], None],
) -> None:
    said = str(st.session_state.get(why, ""))
    made = bench.adopt(lesson, kind, who, said, labels, on_progress=tick)
    waiting = bench.progress(who).pending
    more = _stopped(lesson.findings.policy, bench)
    say(f"{plain_markdown(made.ref)} is in use; {comments(waiting)} wait in Review.{more}")


@or_say("Nothing was taken back.")
def _back(bench: Workbench, who: str, why: str) -> None:
    before = bench.policy()
    done = bench.roll_back_learned(who, str(st.session_state.get(why, "")))
    st.session_state[Key.TUNE_CHANGED] = True
    st.session_state[why] = ""
    left = bench.to_rate()
    more = f" {left:,} texts came since and wait for `triage score`." if left else ""
    more += _stopped(before, bench)
    say(f"{plain_markdown(done.base_key)} is in use again as it was.{more}")


def _stopped(before: Policy, bench: Workbench) -> str:
    """Return that other scores turned off what the policy decided by itself; empty where not."""
    words = stopped_words(before, after := bench.policy())
    return f" {plain_markdown(after.ref)} is in force.{words}" if words else ""
