"""What is tuned, and where its threshold is put: by score, or by the share of comments."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

import streamlit as st

from triage.domain.scores import Label
from triage.ui.state import Key, Query
from triage.workbench import Findings, Target, in_words

__all__ = ["Scale", "draw_sliders", "draw_target", "scale"]

_LINK: Literal["query-params"] = "query-params"
_WHOLE = "policy"
_START = 0.5  # where a label has no threshold yet


@dataclass(frozen=True, slots=True)
class Scale:
    """How a target's thresholds are put and said: scores, or how far all are moved together."""

    target: Target
    key: str

    @property
    def together(self) -> bool:
        """Whether all thresholds move at once."""
        return self.target.label is None

    def shown(self, at: float, *, up: bool = False) -> float:
        """Return a threshold as the slider has it, rounded to its steps."""
        steps = (2 * at - 1) * 200 if self.together else at * 1_000
        whole = ceil(steps - 1e-9) if up else floor(steps + 1e-9)
        return whole / 2 if self.together else whole / 1_000

    def at(self, shown: float) -> float:
        """Return the threshold that the slider shows."""
        return (1 + shown / 100) / 2 if self.together else shown

    def words(self, at: float) -> str:
        """Return a threshold as it is said."""
        return in_words(at) if self.together else f"{at:.3f}".removesuffix("0")

    def put(self, at: float, *, up: bool = False) -> None:
        """Put the slider at a threshold, rounded down unless `up`."""
        st.session_state[self.key] = self.shown(at, up=up)


def draw_target(findings: Findings) -> Target:
    """Draw the choice of the label, which lives in the link, and return what is known of it."""
    options = [_WHOLE, *findings.labels]
    picked = st.selectbox(
        "What to tune",
        options,
        format_func=lambda one: "The whole policy" if one == _WHOLE else Label(one).words,
        key=Query.TARGET,
        bind=_LINK,
        width=260,
    )
    return findings.target(None if picked in {None, _WHOLE} else Label(picked))


def scale(findings: Findings, target: Target) -> Scale:
    """Return how a target's threshold is put; a new policy begins at its own thresholds."""
    name = target.label or _WHOLE
    return Scale(target, f"{Key.TUNE_AT}.{name}.{findings.policy.ref}")


def draw_sliders(own: Scale) -> float:
    """Draw the two sliders, which move together, and return the threshold."""
    now = own.target.in_force
    st.session_state.setdefault(own.key, own.shown(_START if now is None else now))
    left, right = st.columns(2, gap="medium")
    with left:
        if own.together:
            shown = st.slider(
                "All thresholds, % moved",
                -100.0,
                100.0,
                step=0.5,
                format="%+.1f %%",
                key=own.key,
                persist_state="session",
                help="0 is the policy in force. At −20 % every threshold is a fifth lower; at "
                "+20 % each is moved a fifth of the way from where it is to 1.",
            )
        else:
            shown = st.slider(
                "Threshold, by score",
                0.0,
                1.0,
                step=0.001,
                format="%.3f",
                key=own.key,
                persist_state="session",
            )
    at = own.at(shown)
    share = f"{Key.TUNE_SHARE}.{own.key}"
    comments = own.target.curves.comments
    # The score says where; the share follows, and when it is moved the score follows it.
    st.session_state[share] = round(
        100 * int(own.target.curves.at(at).flagged[0]) / max(comments, 1), 1
    )
    with right:
        st.slider(
            "or by percent of comments",
            0.0,
            100.0,
            step=0.1,
            format="%.1f %%",
            key=share,
            on_change=_by_share,
            args=(own, share),
        )
    return at


def _by_share(own: Scale, share: str) -> None:
    wanted = st.session_state[share] / 100 * own.target.curves.comments
    at = own.target.curves.lowest_flagging(wanted)
    own.put(1.0 if at is None else at, up=True)
