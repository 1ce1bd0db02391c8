"""What is known of a comment at present, as tables, queue and exports show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from triage.domain.appeals import Appealed
from triage.domain.comments import Comment
from triage.domain.decisions import Annotation, Decision, FlagSource, Verdict
from triage.domain.looks import Opinion
from triage.domain.policy import Route
from triage.domain.scores import Label, Scores

__all__ = [
    "Act",
    "Annotated",
    "AppealRecord",
    "AuthorRecord",
    "Copy",
    "Decided",
    "Entry",
    "Logged",
    "MentionReport",
    "MentionShare",
    "Mentioned",
    "PutOff",
    "Said",
    "Seen",
    "Skip",
    "scores_by",
]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reviewer had seen of a comment when deciding.

    `decision_id` is the decision in force at that time, None for an undecided comment; `appeal_id`
    the appeal against it that waited for an answer, if any.
    """

    comment_id: str
    text_sha256: str
    decision_id: str | None
    appeal_id: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A comment, its current revision, and what follows from the facts about that revision.

    `source` is the file or system that the comment was first read from. `scores` are those of the
    panel in force; None means that it has not scored this text yet. `route` is what the policy in
    force proposes, None where there are no scores or no policy. `asked` is set where a person's
    flag stands. `pending` means flagged and not decided, or flagged by a person since, or appealed:
    `appeal_id` is the appeal that waits for an answer, if any. Nothing here tells whether an audit
    drew the comment. `priority` is the harm to expect, its reach taken into account, in [0, 1.5];
    `arrived_at` is when it first came in. `verdict`, `decision_id`, `reviewer` and `decided_at`
    tell of the decision in force, which a pending comment may have too; they are None where there
    is none. `language` is the text's, `languages.UNKNOWN` where it cannot be told, and None where
    nobody looked.
    """

    comment: Comment
    thread_title: str
    source: str
    revision: int
    text_sha256: str
    scores: Scores | None
    route: Route | None
    asked: FlagSource | None
    flagged: bool
    priority: float
    verdict: Verdict | None
    decision_id: str | None
    reviewer: str | None
    decided_at: datetime | None
    pending: bool
    arrived_at: datetime
    appeal_id: str | None = None
    language: str | None = None

    @property
    def unseen(self) -> Entry:
        """The entry as it is before anybody looked: no scores, no verdict, like any that waits."""
        return replace(
            self,
            scores=None,
            route=None,
            flagged=True,
            priority=0.0,
            verdict=None,
            reviewer=None,
            decided_at=None,
            pending=True,
        )

    @property
    def unrated(self) -> Entry:
        """The entry without scores and what follows from them but that it is flagged."""
        return replace(self, scores=None, route=None, priority=0.0)

    @property
    def seen(self) -> Seen:
        """What to hand over with a decision by whoever looks at this entry."""
        return Seen(self.comment.id, self.text_sha256, self.decision_id, self.appeal_id)


@dataclass(frozen=True, slots=True)
class Copy:
    """An undecided near copy of a comment: what says whether it may share a verdict, and no more.

    `flagged` and `scores` are as in `Entry`.
    """

    comment_id: str
    text_sha256: str
    flagged: bool
    scores: Scores | None

    @property
    def seen(self) -> Seen:
        """What to hand over with a decision that is for it, too."""
        return Seen(self.comment_id, self.text_sha256, None)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision in force, the comment it is about, and what every scorer said of that text.

    `entry.scores` are the panel's of today; `by_scorer` maps `key@version` to scores, so that
    those which `decision.scorer` names can be told from those that came later. `inclusion` is the
    probability in (0, 1] with which the audit sample, as far as it is reviewed, holds the comment,
    and None for one that is not in it, or whose verdict in force is by nobody who looked.
    `automatic` says that it is in the sample for a range in which the policy decides by itself,
    with scores that reach a threshold. `reported` says that a reader of the site had objected
    before it was decided. `chain_head` is the hash in which the chain ended with it.
    """

    decision: Decision
    entry: Entry
    by_scorer: Mapping[str, Scores]
    inclusion: float | None = None
    reported: bool = False
    automatic: bool = False
    # It hangs on random salts: no two databases have the same.
    chain_head: str | None = field(default=None, compare=False)

    @property
    def seen(self) -> Scores | None:
        """The scores of the scorers that the decision names; the first with a label counts."""
        named = (self.decision.scorer or "").split("+")
        seen = [self.by_scorer[name] for name in named if name in self.by_scorer]
        values: dict[Label, float] = {}
        for scores in seen:
            values = {**scores.values, **values}
        return Scores(values) if values else next(iter(seen), None)


@dataclass(frozen=True, slots=True)
class AppealRecord:
    """An appeal and what became of it, with the text that the decision appealed against is about.

    `by_scorer` maps `key@version` to what that scorer says of the text, as in `Decided`.
    """

    appealed: Appealed
    thread_id: str
    text: str
    by_scorer: Mapping[str, Scores]

    @property
    def strongest(self) -> tuple[Label, float] | None:
        """The label that was decided upon, and its score as the first decider had it.

        The highest score of the labels that the decision names as reasons, of all labels where it
        names none. None where no scorer that the decision names gave any.
        """
        first = self.appealed.first
        seen = scores_by(first, self.by_scorer)
        values = seen.values if seen is not None else {}
        named = {label: at for label, at in values.items() if label.value in first.reasons}
        return max((named or values).items(), key=lambda one: one[1], default=None)


@dataclass(frozen=True, slots=True)
class Logged:
    """One decision of the log with the text that it was about, which may be edited by now.

    `chain_head` is the hash in which the chain ended with it.
    """

    decision: Decision
    thread_id: str
    text: str
    chain_head: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A comment with the identities that its text mentions, as one scorer says.

    `by` names that scorer (`key@version`); `mentions` maps every identity that it knows to a
    probability in [0, 1].
    """

    entry: Entry
    by: str
    mentions: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class MentionShare:
    """Of `comments`, how many the policy in force sends to review or holds."""

    comments: int
    flagged: int

    @property
    def share(self) -> float | None:
        """The part that is flagged, in [0, 1]; None of no comments."""
        return self.flagged / self.comments if self.comments else None


@dataclass(frozen=True, slots=True)
class MentionReport:
    """Whether comments are flagged more often where an identity is mentioned.

    A text mentions an identity where the scorer `by` (`key@version`) gives that a probability of
    `at` or more. `everyone` is about all comments that it read, `by_identity` about those that
    mention one; a comment that mentions two counts for both. What people flagged does not count.
    """

    by: str
    at: float
    everyone: MentionShare
    by_identity: Mapping[str, MentionShare]


@dataclass(frozen=True, slots=True)
class Act:
    """What a reviewer decided at once: the last decision of it, its text, and how many there are.

    Of a group of near copies it is the decision about the one that was read.
    `count` is that of the whole act; those taken back since one by one are among them.
    """

    decision: Decision
    text: str
    count: int

    @property
    def made(self) -> Decision:
        """What was decided."""
        return self.decision

    @property
    def word(self) -> str:
        """What it is called in a list of acts."""
        return str(self.decision.verdict)


@dataclass(frozen=True, slots=True)
class Said:
    """What a reviewer said at a second look, and the text that it is about.

    In that reviewer's list of acts it looks like a decision: neither then nor later is anybody told
    which comments were asked about twice.
    """

    opinion: Opinion
    text: str
    count: int = 1

    @property
    def made(self) -> Opinion:
        """What was said."""
        return self.opinion

    @property
    def word(self) -> str:
        """What it is called in a list of acts."""
        return str(self.opinion.verdict)


@dataclass(frozen=True, slots=True)
class Skip:
    """That a reviewer put a comment off, to see it after all the others; no decision."""

    id: str
    comment_id: str
    reviewer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PutOff:
    """What a reviewer put off at once: the one that was read, its text, and how many there are."""

    skip: Skip
    text: str
    count: int = 1

    @property
    def made(self) -> Skip:
        """What was put off."""
        return self.skip

    @property
    def word(self) -> str:
        """What it is called in a list of acts."""
        return "skip"


@dataclass(frozen=True, slots=True)
class Annotated:
    """An annotation with the text that it is about, which may be edited by now.

    `replaced` says that the same reviewer annotated the same text again later, `erased` that the
    text is gone.
    """

    annotation: Annotation
    thread_id: str
    text: str
    replaced: bool
    erased: bool = False


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """What is decided about the comments under one author's name.

    `comments` of them were looked at, the newest imported first; `all_of_them` says that there are
    no more. `verdicts` counts those decided, `recent` are the newest ones. A name is no identity:
    two people may share one.
    """

    author: str
    comments: int
    all_of_them: bool
    verdicts: Mapping[Verdict, int]
    recent: tuple[Entry, ...]


def scores_by(decision: Decision, by_scorer: Mapping[str, Scores]) -> Scores | None:
    """Return the scores of the scorers that a decision names: what the decider saw."""
    named = (decision.scorer or "").split("+")
    seen = [by_scorer[name] for name in named if name in by_scorer]
    values: dict[Label, float] = {}
    for scores in seen:
        values = {**scores.values, **values}  # the first that reports a label answers for it
    return Scores(values) if values else next(iter(seen), None)
