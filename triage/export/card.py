"""The data card of an exported dataset: what it is, and what it is a sample of.

It names policies, scorers and counts, and never an author, a reviewer, a title or a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.domain.audits import Audit
from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.export.meanings import meaning
from triage.export.sampling import DRAWN, Drawn
from triage.export.tables import Export
from triage.export.tally import Tally
from triage.files.table_writer import Column

__all__ = ["SPLIT", "CardFacts", "card"]

SPLIT = "train"
"""The one split there is: nothing was held out."""

_SIZES = (
    *((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K")),
    *((1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M")),
)
_CODE = re.compile(r"[A-Z][A-Z0-9]{0,11}")
_NO_CODE = re.compile(r"[`|\s]+")
_IS = {
    Export.DECISIONS: "One row per decided comment: the verdict in force, by whom, when, under "
    "which policy, and the scores that were seen.",
    Export.LOG: "One row per act, in order and complete: what was decided, what was undone.",
    Export.COMMENTS: "One row per comment, decided or not, with its scores and its verdict.",
    Export.MENTIONS: "One row per comment, with the probability that its text mentions each "
    "identity.",
    Export.ANNOTATIONS: "One row per annotation and per verdict with reasons: 1 for a label that "
    "a person gave, 0 for one that a person rejected, empty where nobody said.",
    Export.APPEALS: "One row per appeal: the decision objected to, by which role, and what became "
    "of it.",
}
_HOLD = ("author", "reviewer", "note", "thread_title", "text")
_APPEALS_HOLD = ("received_by", "answered_by", "appeal_text", "reply")
_NOT_BY_CHANCE = """\
Which comments were decided was not left to chance, apart from audits. A rate that is counted over
all rows is a rate among what was looked at, not among all comments."""
_AUDIT = """\
An audit is a Poisson sample: each comment that nothing flagged has a permanent random number, and
is drawn where that lies below its inclusion probability, which grows with the root of how near its
scores come to a threshold. A larger draw holds a smaller one. Of what a policy decides by itself
in a range of scores, the same share is left to people everywhere in it. A row whose verdict was
replaced by one that nobody read for it is no longer in the sample, which then stands for fewer."""
_DRAWN_OF = {False: "what nothing flagged", True: "what the policy decides by itself"}
_RATES = """\
- How often something occurs below the thresholds: the rows with `drawn_by` = `audit` only, each
  weighed by 1 / `inclusion_probability`. The probabilities are those of the sample as far as it was
  reviewed at the export.
- Precision among what the policy flagged: the rows of people that reach the thresholds of the
  policy in their column `policy`. They are no random sample, and say nothing of what was not
  flagged. Rows with `drawn_by` = `range` are weighed by 1 / `inclusion_probability`: they stand for
  those with `policy`, which nobody read and which do not count.
- Recall: what of the rejectable was flagged, R / (R + M). R is how many of these flagged rows were
  rejected, so weighed; M the sum of 1 / `inclusion_probability` over the rejected rows with
  `drawn_by` = `audit`. It holds only where all that was flagged is decided and read, under one
  policy and without a filter; while flagged comments wait, R and with it recall come out too low.
  The audit rows alone say nothing of recall: none of them was flagged."""
_NO_RATES = """\
- Recall, and how often something occurs among all comments: not from this table. The table of
  decisions says which rows were drawn by chance, and how likely each was."""
_TRAINING = """\
- Training: the rows that a person read. What was decided in a batch, as a near copy, by a client or
  by the policy was not read here for it, and is nobody's label.
- A comment without a decision is undecided, not harmless."""
_WITH_TEXT = """\
The comments' texts are here because they were asked for. Their authors wrote them for one place:
ask what allows another one before you share them."""
_WITHOUT_TEXT = """\
The comments' texts were left out. `text_sha256` tells them apart, and whoever has a text can
recognise it by that."""


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card tells beside the rows.

    `policies` are all versions, `in_force` is the ref of the one at the export. `scorers` are those
    on the panel (`compact@1f0c`), `filters` what restricted the rows, in words without anybody's
    name, `doubled` the share of decisions that somebody else made again, `chain_head` the hash that
    hangs on every event there was.
    """

    what: Export
    at: datetime
    version: str
    languages: Sequence[str]
    policies: Sequence[Policy]
    in_force: str
    scorers: Sequence[str]
    audits: Sequence[Audit]
    filters: Sequence[str]
    doubled: float
    chain_head: str | None = None


def card(facts: CardFacts, columns: Sequence[Column], tally: Tally) -> str:
    """Return the card in Markdown, with the front matter that the Hugging Face Hub reads."""
    parts = (
        _front_matter(facts, tally),
        _summary(facts, tally),
        _sampling(facts, tally),
        _scores(facts, tally),
        _columns(facts, columns),
        _counts(tally),
        _personal(columns),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _front_matter(facts: CardFacts, tally: Tally) -> Iterator[str]:
    yield "---"
    yield f"pretty_name: Moderation {facts.what.value} by triage"
    yield "# license: state it here before you share this; nobody but you can"
    if facts.languages:
        yield "language:"
        yield from (f"- {one}" for one in facts.languages)
    else:
        yield "# language: state the comments' languages here, as ISO 639-1 codes"
    yield from ("task_categories:", "- text-classification", "tags:", "- moderation", "- toxicity")
    size = next((name for most, name in _SIZES if tally.rows < most), "n>100M")
    yield from ("size_categories:", f"- {size}")
    yield from ("configs:", f"- config_name: {facts.what.value}", "  data_files:")
    yield from (f"  - split: {SPLIT}", f"    path: data/{SPLIT}-*.parquet", "---", "")


def _summary(facts: CardFacts, tally: Tally) -> Iterator[str]:
    yield from (f"# Moderation {facts.what.value}", "", _IS[facts.what], "")
    rows = f"{tally.rows:,} row{'' if tally.rows == 1 else 's'}"
    yield f"{rows}, exported {facts.at:%Y-%m-%d %H:%M} UTC by triage {facts.version}."
    if facts.filters:
        yield f"Not all there are: kept were those with {'; '.join(facts.filters)}."
    else:
        yield "No filter: these are all there were."
    yield f"Everything is in the split `{SPLIT}`: nothing was held out."
    if facts.chain_head is not None:
        yield f"Head of the chain over the log: `{facts.chain_head}` (`triage verify --head`)."
    yield ""


def _sampling(facts: CardFacts, tally: Tally) -> Iterator[str]:
    decisions = facts.what is Export.DECISIONS
    yield from ("## Sampling design", "", _NOT_BY_CHANCE, "")
    if decisions:
        told = tally.of("drawn_by")
        yield from ("| `drawn_by` | rows | how the comment came to be decided |", "|---|---|---|")
        yield from (f"| `{one.value}` | {told[one.value]:,} | {DRAWN[one]} |" for one in Drawn)
        yield ""
    yield from _audits(facts.audits)
    yield f"{facts.doubled:.0%} of the decisions made in Review are made again by somebody else,"
    yield from ("unseen; that measures agreement and adds no rows here.", "")
    yield from ("### What the rows may be used for", "")
    yield from (_RATES if decisions else _NO_RATES, _TRAINING, "")


def _audits(audits: Sequence[Audit]) -> Iterator[str]:
    if not audits:
        yield from ("No audit was drawn: recall cannot be estimated from these rows.", "")
        return
    yield from (_AUDIT, "")
    yield "| draw | when | of | from | drawn for the first time | decided | policy | scorers |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in audits:
        made = one.draw
        yield (
            f"| {made.number} | {made.at:%Y-%m-%d} | {_DRAWN_OF[made.automatic]} | "
            f"{made.population:,} | {made.drawn:,} | {one.decided:,} | "
            f"{_named(made.policy)} | {_named(made.scorer)} |"
        )
    yield ""


def _scores(facts: CardFacts, tally: Tally) -> Iterator[str]:
    yield from ("## Policies and scorers", "")
    yield "A score estimates how likely it is that readers would use the label; it is not severity,"
    yield "and not truth. A comment is flagged where a score reaches its label's threshold."
    yield ""
    wanted = {facts.in_force, *tally.refs("policy"), *(one.draw.policy for one in facts.audits)}
    yield from ("| policy | from | thresholds |", "|---|---|---|")
    for one in facts.policies:
        if one.ref in wanted:
            marks = ", ".join(
                f"{each.label.value} {each.at:g} ({each.route.value})" for each in one.thresholds
            )
            force = ", in force at the export" if one.ref == facts.in_force else ""
            yield f"| {_named(one.ref)}{force} | {one.created_at:%Y-%m-%d} | {marks or 'none'} |"
    yield ""
    yield f"Scorers in use at the export: {_all(facts.scorers)}."
    if seen := tally.refs("scorer"):
        yield f"Scorers that rows name: {_all(seen)}. Scores of two versions are not comparable."
    yield ""


def _columns(facts: CardFacts, columns: Sequence[Column]) -> Iterator[str]:
    yield from ("## Columns", "", "| column | type | meaning |", "|---|---|---|")
    for one in columns:
        yield f"| `{one.name}` | {one.kind.value} | {meaning(one.name, facts.what)} |"
    yield from ("", "Lists are JSON in a text. Times are UTC.", "")


def _counts(tally: Tally) -> Iterator[str]:
    titles = {"verdict": "verdict", "event": "event", "origin": "origin", "reasons": "reason"}
    titles |= {"refused": "refused label", "decided_by": "decided by", "route": "route"}
    for column, title in titles.items():
        if counts := tally.of(column):
            yield from (f"## Rows by {title}", "", f"| {title} | rows |", "|---|---|")
            known = {name: count for name, count in counts.items() if _harmless(column, name)}
            yield from (f"| `{name}` | {count:,} |" for name, count in sorted(known.items()))
            if other := counts.total() - sum(known.values()):
                yield f"| others | {other:,} |"
            yield ""


def _harmless(column: str, name: str) -> bool:
    """Whether a value is one of ours: a client may give any words as its reason."""
    lists = column in {"reasons", "refused"}
    return not lists or name in list(Label) or _CODE.fullmatch(name) is not None


def _personal(columns: Sequence[Column]) -> Iterator[str]:
    names = {column.name for column in columns}
    held = [one for one in (*_HOLD, *_APPEALS_HOLD) if one in names]
    yield from ("## Personal data", "", f"Personal data may stand in: {_all(held)}.")
    yield _WITH_TEXT if "text" in names else _WITHOUT_TEXT
    yield "Ids and times can lead back to a public page, and so to people. This card names nobody."


def _named(ref: str | None) -> str:
    """Return a ref as code; what would end the cell or the code is taken out."""
    return "none" if ref is None else f"`{_NO_CODE.sub(' ', ref)}`"


def _all(refs: Iterable[str]) -> str:
    return ", ".join(map(_named, refs)) or "none"
