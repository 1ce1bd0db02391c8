from __future__ import annotations

from triage.domain.panels import PanelChange
from triage.domain.scores import Label

OLD, NEW, ASIDE = ("compact", "1f0c"), ("detoxify:unbiased", "77aa"), ("remote:ours", "9")


def test_labels_that_go_the_same_way_share_a_line_and_what_stays_has_none() -> None:
    change = PanelChange(
        {
            Label.TOXICITY: OLD,
            Label.THREAT: OLD,
            Label.INCIVILITY: OLD,
            Label.OBSCENE: ASIDE,
        },
        {
            Label.TOXICITY: NEW,
            Label.THREAT: NEW,
            Label.SEXUAL_EXPLICIT: NEW,
            Label.INCIVILITY: OLD,
        },
        by_default=True,
    )
    assert change.lines == [
        "toxicity, threat: detoxify:unbiased@77aa in place of compact@1f0c",
        "obscene: remote:ours@9, no more",
        "sexual explicit: detoxify:unbiased@77aa, new",
    ]
    assert change.keys == (("compact", "remote:ours"), ("detoxify:unbiased", "compact"))


def test_another_version_of_the_same_scorer_is_a_change() -> None:
    change = PanelChange(
        {Label.TOXICITY: OLD}, {Label.TOXICITY: ("compact", "2")}, by_default=False
    )
    assert change.lines == ["toxicity: compact@2 in place of compact@1f0c"]
    assert change.keys == (("compact",), ("compact",))
