"""A site where whatever people may write holds payloads: few comments, many payloads in each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tests.hostile.payloads import LONG, PAYLOADS
from triage.domain.appeals import AppealVia
from triage.domain.comments import Comment, Thread
from triage.domain.decisions import Verdict
from triage.domain.policy import Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.workbench import Workbench

__all__ = ["GROUPS", "REVIEWER", "fill", "named"]

SCORER = ScorerInfo("test", "1", (Label.TOXICITY, Label.THREAT))
REVIEWER = "<img src=x onerror=alert(1)> :red[ana] [x](javascript:alert(1)) $x$"
_EACH = 60
_BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)

GROUPS: tuple[Sequence[str], ...] = tuple(
    PAYLOADS[start : start + _EACH] for start in range(0, len(PAYLOADS), _EACH)
)
"""The payloads in portions: one is what is written about one comment."""


def named(text: str) -> str:
    """Return a payload as an id or a name may hold it: without control characters, and not long."""
    return re.sub(r"[\x00-\x1f]", "?", text)[:300]


def _comments() -> list[Thread]:
    threads = []
    for number, group in enumerate((*GROUPS, *((text,) for text in LONG))):
        thread_id = f"t{number} {named(' '.join(group))}"[:200]
        members = tuple(
            Comment(
                f"c{number}{place} {named(group[-1])}"[:200],
                thread_id,
                text,
                place,
                parent_id=None,
                author=" ".join(group)[:4_000],
                created_at=_BEGAN + timedelta(hours=number),
                number=named(group[0])[:40],
            )
            for place, text in enumerate(("\n\n".join(group), "A quiet answer to all that."))
        )
        title = " ".join(group)[:4_000]
        url = f"javascript:alert({number})"
        source = named(f"{number} {group[0]}")[:100]
        threads.append(
            Thread(thread_id, title, "\n".join(group)[:4_000], url, source, comments=members)
        )
    return threads


def fill(bench: Workbench) -> list[str]:
    """Fill a workbench's database, and return the ids of the comments that hold the payloads.

    Every second one is decided: with hostile reasons and notes, flagged, annotated and appealed.
    """
    threads = _comments()
    bench.store.threads.save(threads)
    bench.store.panel.set(dict.fromkeys(SCORER.labels, (SCORER.key, SCORER.version)))
    rows = [
        (one.text_sha256, Scores({Label.TOXICITY: 0.99 - n / 100, Label.THREAT: n / 100}))
        for n, one in enumerate(comment for thread in threads for comment in thread.comments)
    ]
    bench.store.scores.save(SCORER, rows)
    bench.save_guidelines(
        "# Rules\n\n" + "\n\n".join(f"## R{n}: {named(text)}" for n, text in enumerate(PAYLOADS)),
        REVIEWER,
        upon=0,
        why=named(PAYLOADS[0]),
    )
    bench.save_policy(
        [Threshold(Label.TOXICITY, 0.4)], by=REVIEWER, why=" ".join(map(named, PAYLOADS[:40]))
    )
    firsts = [thread.comments[0].id for thread in threads]
    for number, group in enumerate(GROUPS):
        _touch(bench, firsts[number], group, decided=number % 2 == 0)
    return firsts


def _touch(bench: Workbench, comment_id: str, group: Sequence[str], *, decided: bool) -> None:
    note = "\n".join(group)[:2_000]
    seen = bench.item(comment_id).entry.seen
    bench.flag([comment_id], named(group[0]), note=note)
    bench.annotate(seen, reviewer=REVIEWER, confirmed=[Label.TOXICITY], note=note)
    bench.save_view(
        named(group[1])[:60].strip() or "view", REVIEWER, {"text": group[2]}, shared=True
    )
    if not decided:
        return
    (decision,) = bench.decide(
        [seen], Verdict.REJECT, reviewer=REVIEWER, reasons=[named(one) for one in group], note=note
    )
    bench.set_gold([bench.item(comment_id).entry.seen], REVIEWER)
    bench.appeal(comment_id, note, via=AppealVia.API, received_by=REVIEWER, decision_id=decision.id)
