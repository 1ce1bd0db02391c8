"""The façade: builds the concrete parts once, and offers the verbs that every edge calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from triage.domain.checks import utc_now
from triage.domain.comments import Ids, Node, Problem, Thread
from triage.domain.decisions import Annotation, Decision, Span, Verdict
from triage.domain.entries import (
    Act,
    Annotated,
    AuthorRecord,
    Decided,
    Entry,
    MentionReport,
    Seen,
)
from triage.domain.guidelines import Guidelines
from triage.domain.kindness import Blur, severe_from
from triage.domain.panels import PanelChange
from triage.domain.policy import DEFAULT_THRESHOLDS, DEFAULT_WHY, Policy, Threshold
from triage.domain.scores import Label, Mode, Scorer, ScorerInfo
from triage.errors import NotFoundError, ReadError, UsageError
from triage.export.tables import (
    ANNOTATIONS,
    COMMENTS,
    DECISIONS,
    LOG,
    Export,
    columns_of,
    labels_anything,
    mentions_table,
    rows_of,
)
from triage.files.atomic import atomic_file
from triage.files.table_writer import Column, TableFormat, write_rows
from triage.files.tables import TableFile, open_table
from triage.intake.columns import guess_columns
from triage.intake.identity import align
from triage.intake.reader import ReadOptions
from triage.intake.reading import read_file
from triage.places import samples
from triage.review.desk import Desk, Item
from triage.scoring.careful import CarefulScorer
from triage.scoring.choosing import Choices, try_again
from triage.scoring.explain import Explainer, Explanation
from triage.scoring.kept import place_beside
from triage.scoring.labelled import by_column, by_scorer, read_labelled
from triage.scoring.models.card import Card
from triage.scoring.models.shelf import Shelf
from triage.scoring.panel import Panel
from triage.scoring.portions import Portions
from triage.scoring.rate import Extras, RateReport, rate_table
from triage.scoring.registry import (
    ScorerListing,
    default_panel,
    describe,
    lacking,
    load_scorer,
    marking_scorer,
    may_mention,
)
from triage.settings import Settings
from triage.store import BrowseFilter, Progress, Sort, Store, ThreadSummary

if TYPE_CHECKING:
    from triage.tuning.evaluation import Evaluation

__all__ = [
    "BrowseFilter",
    "Card",
    "Entry",
    "EvaluationReport",
    "Explanation",
    "Export",
    "ImportReport",
    "Item",
    "MentionReport",
    "PanelChange",
    "Progress",
    "RateReport",
    "ScoreReport",
    "ScorerListing",
    "Sort",
    "ThreadSummary",
    "Workbench",
]

Tick = Callable[[int, int | None], None]
"""Told of progress: how many are done, and of how many, where that is known."""
Told = Callable[[ScorerInfo], None]
"""Told of each scorer that is used, before it rates: its `note` says in which mode, and why."""

_SCORE_BATCH = 2_000
_BLUR = "blur"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one file brought: which reader and why, how many comments and threads, what was left.

    `gone` counts comments of its threads that an earlier import held and this one does not: they
    are kept. It is known only where a whole thread is in one file.
    """

    reader: str
    why: str
    threads: int
    new: int
    revised: int
    unchanged: int
    gone: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """What was scored: per scorer, how many texts.

    `left` says how many a scorer could not be asked about for now, and why: the next run asks
    again. The panel is now these scorers, unless some were left and others were in use. `again`
    says how many had rough scores that lay near a threshold of the policy in force, which moved
    there since, and were rated exactly.
    """

    scored: tuple[tuple[ScorerInfo, int], ...]
    left: tuple[tuple[ScorerInfo, int, str], ...] = ()
    again: tuple[tuple[ScorerInfo, int], ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Scores held against labels: the figures, the report as Markdown, and what was left out."""

    evaluation: Evaluation
    markdown: str
    problems: tuple[Problem, ...]


class Workbench:
    """Everything a person can do, whichever edge they come through.

    The database is opened by the first verb that needs it; from then on threads may share it.
    Every verb raises TriageError with a message for a person.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self._clock = clock
        self._explainer = Explainer(
            lambda key: marking_scorer(
                key, models_dir=settings.models_dir, allow_download=settings.allow_download
            )
        )

    @cached_property
    def store(self) -> Store:
        """The database, migrated, with a policy in force."""
        store = Store.open(self.settings.database_url, clock=self._clock)
        if store.policies.in_force() is None:
            store.policies.save(
                Policy(
                    name="default",
                    version=1,
                    thresholds=DEFAULT_THRESHOLDS,
                    created_at=self._clock(),
                    created_by="triage",
                    why=DEFAULT_WHY,
                )
            )
        return store

    @cached_property
    def desk(self) -> Desk:
        """Where reviewers look, decide, undo and flag."""
        return Desk(self.store, self._clock)

    @cached_property
    def models(self) -> Shelf:
        """Detoxify's models on this machine: list, add, pull, convert, verify, remove."""
        return Shelf(self.settings.models_dir)

    def close(self) -> None:
        """Close the database, if it was opened, and stop explaining."""
        if "store" in self.__dict__:
            self.store.close()
        self._explainer.close()

    # Comments come in.

    def import_file(
        self,
        path: Path,
        *,
        reader: str = "auto",
        first_comment: int | str | None = None,
        columns: Mapping[str, str] | None = None,
        source: str | None = None,
        on_progress: Tick | None = None,
    ) -> ImportReport:
        """Read a file into the database; the same file twice changes nothing.

        Rows that cannot be used are reported, the rest is kept. Raises ReadError or UsageError
        where nothing can be read.
        """
        options = ReadOptions(
            first_comment=first_comment,
            columns=columns or {},
            timezone=self.settings.timezone,
            source=source,
        )
        reading = read_file(path, reader=reader, options=options)
        gone: dict[str, int] = {}
        saved = self.store.threads.save(
            self._aligned(reading.threads, gone),
            on_progress=_without_total(on_progress),
        )
        self.store.settle(saved.new + saved.revised)
        return ImportReport(
            reader=reading.reader,
            why=reading.why,
            threads=len(gone),
            new=saved.new,
            revised=saved.revised,
            unchanged=saved.unchanged,
            gone=sum(gone.values()),
            problems=(*reading.problems, *saved.problems),
        )

    def _aligned(self, threads: Iterable[Thread], gone: dict[str, int]) -> Iterator[Thread]:
        """Yield threads with the ids their comments already have; count per thread what is gone."""
        for thread in threads:
            gone.setdefault(thread.id, 0)
            known = self.store.threads.known(thread.id) if thread.ids is Ids.DERIVED else []
            if not known:
                yield thread
                continue
            aligned = align(known, thread)
            here = {comment.id for comment in aligned.comments}
            gone[thread.id] += sum(one.id not in here for one in known)
            yield aligned

    def load_samples(self, *, on_progress: Tick | None = None) -> bool:
        """Import and score the sample threads; False, and nothing done, beside other comments."""
        paths = samples()
        own = {thread.source for thread in self.threads()} - {path.name for path in paths}
        if own:
            return False
        for path in paths:
            self.import_file(path, on_progress=on_progress)
        in_use = dict.fromkeys(key for key, _ in self.store.panel.get().values())
        self.score(tuple(in_use), on_progress=on_progress)
        return True

    # Texts get scores.

    def scorers(self) -> list[ScorerListing]:
        """List every known scorer, whether its weights are here, and how to get them."""
        return describe(self.settings.models_dir, self.settings.remotes, self._choices(None))

    def chosen(self, keys: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the keys of the scorers that rate: these, else the settings', else the default.

        The default is `detoxify:unbiased` and `compact` once the former is converted here,
        `compact` before that. Nothing is loaded to tell.
        """
        given = tuple(dict.fromkeys(keys)) or self.settings.scorers
        return given or default_panel(self.settings.models_dir)

    def to_fetch(self, keys: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the models that the chosen scorers lack and that may be fetched (`models`)."""
        if not self.settings.allow_download:
            return ()
        return lacking(self.chosen(keys), self.settings.models_dir)

    def try_modes(self, name: str) -> str:
        """Time a model of Detoxify's in both modes, and remember it; return what was found."""
        return try_again(name, self.settings.models_dir, self.settings.device)

    def panel_change(
        self, keys: Sequence[str] = (), *, mode: Mode | None = None, trial: bool = True
    ) -> PanelChange | None:
        """Return what `score` will change about the scorers in use; None for nothing.

        Fetches nothing, and loads nothing but for a trial of modes that nobody made before; without
        `trial` not for that either, and a version that hangs on it may not be the one that comes.
        Raises as `score` does for scorers that cannot be used.
        """
        before = self.store.panel.get()
        choices = replace(self._choices(mode, dict(before.values())), trial=trial)
        seats = self._panel(keys, choices, fetch=False).seats
        after = {label: (info.key, info.version) for label, info in seats.items()}
        if not before or before == after:
            return None
        return PanelChange(before, after, by_default=not keys and not self.settings.scorers)

    def score(
        self,
        keys: Sequence[str] = (),
        *,
        mode: Mode | None = None,
        on_scorer: Told | None = None,
        on_progress: Tick | None = None,
    ) -> ScoreReport:
        """Score what is not yet scored by these scorers (default: `chosen`), and use them.

        Kept a few seconds' worth at a time: an interrupted run is continued by the next. Where
        other scorers were in use they stay so until all texts have their new scores; those that
        stay go first, so that new comments are in the queue soon. What a scorer could not be
        asked about for now (`Scores.later`) is not kept, so that the next run asks. In the fast
        mode (`mode`, default: the settings') texts near a threshold of the policy in force are
        rated exactly, also those that were scored under an earlier policy.
        """
        in_force = dict(self.store.panel.get().values())
        choices = self._choices(mode, in_force, lambda: self.policy().thresholds)
        panel = self._panel(keys, choices, on_scorer)
        seats = {label: (info.key, info.version) for label, info in panel.seats.items()}
        if not self.store.panel.get():
            self.store.panel.set(seats)
        in_use = set(self.store.panel.get().values())
        infos = [scorer.info for scorer in panel.scorers]
        total = sum(self.store.scores.unscored_count(info) for info in infos)
        done = 0
        again = [
            (one.info, self._score_doubtful(one, on_progress))
            for one in panel.scorers
            if isinstance(one, CarefulScorer)
        ]
        counts: dict[str, int] = dict.fromkeys((info.key for info in infos), 0)
        left: dict[str, list[str]] = {info.key: [] for info in infos}
        told = on_progress or (lambda _done, _all: None)
        told(0, total)
        for scorer in sorted(
            panel.scorers, key=lambda one: (one.info.key, one.info.version) not in in_use
        ):
            portions = Portions()
            for batch in self.store.scores.unscored(scorer.info, batch=_SCORE_BATCH):
                for portion in portions.of(batch):
                    put_off = self._score(scorer, portion)
                    left[scorer.info.key] += put_off
                    counts[scorer.info.key] += len(portion) - len(put_off)
                    done += len(portion)
                    told(done, total)
        if not any(left.values()):
            self.store.panel.set(seats)
        self.store.settle(done)
        return ScoreReport(
            scored=tuple((info, counts[info.key]) for info in infos),
            left=tuple((i, len(left[i.key]), left[i.key][-1]) for i in infos if left[i.key]),
            again=tuple((info, count) for info, count in again if count),
        )

    def _score_doubtful(self, scorer: CarefulScorer, on_progress: Tick | None) -> int:
        """Score again what is rough and near a threshold of the policy in force; return how many.

        It was not near one when it was scored: the policy has changed since.
        """
        count = 0
        doubtful = self.store.scores.rough(scorer.info, scorer.doubtful(), batch=_SCORE_BATCH)
        for batch in doubtful:
            self._score(scorer, batch)
            count += len(batch)
            if on_progress is not None:
                on_progress(count, None)
        return count

    def _score(self, scorer: Scorer, batch: Sequence[tuple[str, str]]) -> list[str]:
        """Score (digest, text) and keep it; return a reason for each text that has to wait."""
        found = scorer.score([text for _, text in batch])
        kept = [(row[0], one) for row, one in zip(batch, found, strict=True) if not one.later]
        self.store.scores.save(scorer.info, kept)
        return [one.not_scored or "" for one in found if one.later]

    def rate(
        self,
        source: Path,
        output: Path,
        *,
        scorers: Sequence[str] = (),
        text_column: str | None = None,
        id_column: str | None = None,
        spans: bool = False,
        mentions: bool = False,
        mode: Mode | None = None,
        on_scorer: Told | None = None,
        on_progress: Tick | None = None,
    ) -> RateReport:
        """Rate a table of texts into another file; the database is not touched.

        So no policy is known: in the fast mode, the thresholds near which scores are exact are the
        default's. What is rated is kept beside `output` until that is whole (`kept_beside`): a run
        that stopped is gone on with by the same call. `spans` asks for the words that the scorer
        read as toxic, too, `mentions` for the identities that a text names. Raises ReadError or
        UsageError for files and columns that cannot be used, and where words or mentions are asked
        for and no chosen scorer tells of any; `output` then stays as it was.
        """
        table = open_table(source)
        TableFormat.of(output)
        if output.exists() and output.samefile(source):
            raise UsageError(f"{output} is the input itself: write the scores to another file")
        column = _text_column(table, text_column)
        panel = self._panel(scorers, self._choices(mode), on_scorer)
        if spans and panel.marker is None:
            chosen = ", ".join(scorer.info.key for scorer in panel.scorers)
            marking = ", ".join(one.key for one in self.scorers() if one.marks_spans)
            raise UsageError(
                f"{chosen} marks no words, so there are no spans to write; scorers that do: "
                f"{marking or 'none that is here'}"
            )
        keys = [scorer.info.key for scorer in panel.scorers]
        if mentions and not any(may_mention(key, self.settings.remotes) for key in keys):
            raise UsageError(
                f"{', '.join(keys)} does not say which identities a text mentions; scorers that "
                f"do: {self._tellers()}"
            )
        return rate_table(
            table,
            output,
            panel,
            text_column=column,
            id_column=id_column,
            extras=Extras(spans=spans, mentions=mentions),
            on_progress=on_progress,
        )

    @staticmethod
    def kept_beside(output: Path) -> Path | None:
        """Return where scores for an output that is not whole yet are kept, if there are any."""
        path = place_beside(output)
        return path if path.exists() else None

    def evaluate(
        self,
        source: Path,
        *,
        label_column: str,
        label: Label | None = None,
        score_column: str | None = None,
        scorer: str | None = None,
        text_column: str | None = None,
        outputs: Sequence[Path] = (),
        on_progress: Tick | None = None,
    ) -> EvaluationReport:
        """Hold scores against the labels of a file; the database is not touched.

        The scores come from `score_column`, else a scorer rates the texts, in its exact mode
        (default: the one that the settings choose for the label). The label is the one that
        `label_column` is named after, unless given. Reports are written to `outputs`, as JSON or
        Markdown by suffix. Raises ReadError or UsageError for files and columns that cannot be
        used.
        """
        from triage.tuning.evaluation import evaluate
        from triage.tuning.report import as_json, as_markdown

        writers = {".json": as_json, ".md": as_markdown}
        for output in outputs:
            if output.suffix.lower() not in writers:
                raise UsageError(f"{output}: a report is JSON or Markdown; end it in .json or .md")
            if output.exists() and output.samefile(source):
                raise UsageError(f"{output} is the input itself: write the report elsewhere")
        table = open_table(source)
        if score_column is None:
            own, label, texts = self._rater(table, label_column, label, scorer, text_column)
            scored = by_scorer(table, own, label, texts)
            name = f"{own.info.key}@{own.info.version}, label {label}"
        elif scorer is None and text_column is None and label is None:
            scored, name = by_column(table, score_column), f"column {score_column}"
        else:
            raise UsageError(
                "with --score-column there is nothing to rate: leave --scorer, --label and "
                "--text-column out"
            )
        found = read_labelled(table, label_column, scored, _without_total(on_progress))
        if not found.scores:
            why = f"; the first: {found.problems[0]}" if found.problems else ""
            raise ReadError(f"{source.name} has no row with both a label and a score{why}")
        evaluation = evaluate(found.scores, found.positive)
        about = {"file": source.name, "labels": f"column {label_column}", "scores": name}
        for output in outputs:
            with atomic_file(output) as path:
                text = writers[output.suffix.lower()](evaluation, about)
                path.write_text(text, encoding="utf-8")
        return EvaluationReport(evaluation, as_markdown(evaluation, about), found.problems)

    def _rater(
        self,
        table: TableFile,
        label_column: str,
        label: Label | None,
        scorer: str | None,
        text_column: str | None,
    ) -> tuple[Scorer, Label, str]:
        """Return who scores the rows of a labelled table, for which label, by which column."""
        if label is None:
            label = next((one for one in Label if one == label_column), None)
        if label is None:
            known = ", ".join(Label)
            raise UsageError(
                f"{label_column!r} is no label of ours; say which it stands for (--label): {known}"
            )
        keys = () if scorer is None else (scorer,)
        panel = self._panel(keys, self._choices(Mode.EXACT))
        info = panel.seats.get(label)
        if info is None:
            chosen = ", ".join(one.info.key for one in panel.scorers)
            raise UsageError(
                f"{chosen} does not report {label.words}; triage scorers says who does"
            )
        own = next(one for one in panel.scorers if one.info == info)
        return own, label, _text_column(table, text_column)

    def _choices(
        self,
        mode: Mode | None,
        in_force: Mapping[str, str] | None = None,
        thresholds: Callable[[], Iterable[Threshold]] = lambda: DEFAULT_THRESHOLDS,
    ) -> Choices:
        return Choices(
            mode or self.settings.detoxify, thresholds, in_force or {}, self.settings.device
        )

    def _panel(
        self,
        keys: Sequence[str],
        choices: Choices,
        on_scorer: Told | None = None,
        *,
        fetch: bool = True,
    ) -> Panel:
        panel = Panel(
            tuple(
                load_scorer(
                    key,
                    models_dir=self.settings.models_dir,
                    allow_download=fetch and self.settings.allow_download,
                    remotes=self.settings.remotes,
                    choices=choices,
                )
                for key in self.chosen(keys)
            )
        )
        if on_scorer is not None:
            for scorer in panel.scorers:
                on_scorer(scorer.info)
        return panel

    # A person reviews.

    def policy(self) -> Policy:
        """Return the policy in force."""
        policy = self.store.policies.in_force()
        if policy is None:
            raise NotFoundError("no policy is in force")
        return policy

    def labels(self) -> list[Label]:
        """Return the labels that the scorers in use report, in their usual order."""
        panel = self.store.panel.get()
        return [label for label in Label if label in panel]

    def mentions(self, at: float = 0.5) -> MentionReport | None:
        """Return how often comments that mention an identity are flagged, beside all comments.

        A text mentions an identity from the probability `at` on. None where no scorer in use tells
        of mentions.
        """
        return self.store.mentions.report(at)

    def threads(self) -> list[ThreadSummary]:
        """List every thread with how far its review is."""
        return self.store.threads.summaries()

    def count(self, wanted: BrowseFilter | None = None) -> int:
        """Return how many comments a filter keeps."""
        return self.store.comments.count(wanted)

    def browse(
        self,
        wanted: BrowseFilter | None = None,
        *,
        sort: Label | Sort = Sort.PRIORITY,
        descending: bool = True,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Entry]:
        """Return one page of comments."""
        return self.store.comments.browse(
            wanted, sort=sort, descending=descending, limit=limit, offset=offset
        )

    def progress(self, reviewer: str) -> Progress:
        """Return how far the review is; the reviewer's own count is of the last day."""
        return self.store.queue.progress(reviewer, since=self._clock() - timedelta(days=1))

    def next_comment(self, reviewer: str, after: str | None = None) -> str | None:
        """Return the next comment to review: after another one, and then from the start."""
        with suppress(NotFoundError):
            found = self.store.queue.next(reviewer, after=after)
            if found is not None or after is None:
                return found
        return self.store.queue.next(reviewer)

    def following_comment(self, reviewer: str, after: str) -> str | None:
        """Return the id of the comment that the queue holds after another one; None at its end."""
        return self.store.queue.next(reviewer, after=after)

    def previous_comment(self, reviewer: str, before: str) -> str | None:
        """Return the id of the comment that the queue holds before another one."""
        return self.store.queue.previous(reviewer, before=before)

    def item(self, comment_id: str) -> Item:
        """Return a comment as the desk shows it; raise NotFoundError for an unknown one."""
        return self.desk.item(comment_id)

    def explain(self, text: str) -> Future[Explanation] | None:
        """Begin to find the words behind a text's scores; None where no scorer in use marks any.

        Returns at once, and loads the scorer where nobody waits for it; what was explained lately
        is done already. The result raises TriageError where the scorer cannot be loaded, or is not
        the version that the scores in force are by.
        """
        in_force = dict(self.store.panel.get().values())
        return self._explainer.explain(text, in_force or dict.fromkeys(self.chosen()))

    def decide(
        self,
        seen: Iterable[Seen],
        verdict: Verdict,
        *,
        reviewer: str,
        note: str = "",
        reasons: Iterable[str] = (),
        refused: Iterable[str] = (),
        seconds_spent: float | None = None,
        via: str = "review",
    ) -> list[Decision]:
        """Record one verdict about each comment as it was seen (`Entry.seen`): all or none.

        `reasons` are labels or codes of the guidelines, `refused` the proposed labels that the
        reviewer rejects.
        Raises ConflictError for a comment that was edited or decided meanwhile.
        """
        return self.desk.decide(
            seen,
            verdict,
            reviewer=reviewer,
            note=note,
            reasons=reasons,
            refused=refused,
            seconds_spent=seconds_spent,
            via=via,
        )

    def undo(self, reviewer: str) -> list[Decision]:
        """Take this reviewer's last act back as a whole and return it; empty if none is left."""
        return self.desk.undo(reviewer)

    def recent_acts(self, reviewer: str) -> list[Act]:
        """Return this reviewer's last ten acts that can be undone, the newest first."""
        return self.desk.recent_acts(reviewer)

    def undo_act(self, decision_id: str, reviewer: str) -> list[Decision]:
        """Take back one of this reviewer's acts as a whole; empty if nothing of it stands."""
        return self.desk.undo_act(decision_id, reviewer)

    def skip(self, comment_id: str, reviewer: str) -> None:
        """Let a comment come back to this reviewer after all the others."""
        self.desk.skip(comment_id, reviewer)

    def flag(
        self, comment_ids: Iterable[str], reviewer: str, *, raised: bool = True, note: str = ""
    ) -> None:
        """Ask for a review of these comments, decided ones too, or withdraw that."""
        self.desk.flag(comment_ids, reviewer, raised=raised, note=note)

    def annotate(
        self,
        seen: Seen,
        reviewer: str,
        *,
        confirmed: Iterable[Label] = (),
        rejected: Iterable[Label] = (),
        spans: Iterable[Span] = (),
        note: str = "",
    ) -> Annotation:
        """Record what this reviewer says of a text: labels, spans, a note; the last word counts.

        Raises ConflictError for a comment that was edited meanwhile.
        """
        return self.desk.annotate(
            seen, reviewer, confirmed=confirmed, rejected=rejected, spans=spans, note=note
        )

    def author_record(self, author: str, *, without: str | None = None) -> AuthorRecord:
        """Return what is decided about an author's newest comments, without the one in hand."""
        return self.store.authors.record(author, without=without)

    def thread_outline(self, thread_id: str) -> list[Node]:
        """Return a thread's comments without texts, in the order to read them."""
        return self.store.threads.outline(thread_id)

    def entries(self, comment_ids: Sequence[str]) -> list[Entry]:
        """Return the comments with these ids, in this order."""
        return self.store.comments.among(comment_ids)

    # The site's own rules, and what spares a reviewer.

    def guidelines(self) -> Guidelines | None:
        """Return the guidelines in force; None before the first."""
        return self.store.guidelines.in_force()

    def guidelines_history(self) -> list[Guidelines]:
        """Return every version of the guidelines, the one in force last."""
        return self.store.guidelines.history()

    def may_lead(self, reviewer: str) -> bool:
        """Whether this reviewer may edit the guidelines."""
        return not self.settings.leads or reviewer in self.settings.leads

    def save_guidelines(self, text: str, by: str, *, upon: int, why: str = "") -> Guidelines:
        """Put a new version of the guidelines in force; `upon` is the one that was edited.

        Raises UsageError for whoever is no lead and for a text that cannot be guidelines,
        ConflictError where they were changed meanwhile.
        """
        if not self.may_lead(by):
            leads = ", ".join(self.settings.leads)
            raise UsageError(f"{by} may not edit the guidelines: TRIAGE_LEADS names {leads}")
        return self.store.guidelines.save(text, by, upon=upon, why=why)

    def own_blur(self, reviewer: str) -> Blur | None:
        """Return what this reviewer chose to have blurred; None leaves it to the site."""
        chosen = self.store.preferences.get(reviewer, _BLUR)
        return Blur(chosen) if chosen in list(Blur) else None

    def blur(self, reviewer: str) -> Blur:
        """Return what is blurred for this reviewer: the own choice, else the site's."""
        return self.own_blur(reviewer) or self.settings.blur

    def set_blur(self, reviewer: str, chosen: Blur | None) -> None:
        """Keep what this reviewer chose; None leaves it to the site again."""
        self.store.preferences.set(reviewer, _BLUR, chosen)

    def severe_seen(self, reviewer: str) -> int:
        """Return how many severe comments this reviewer decided or skipped since midnight."""
        now = self._clock().astimezone(self.settings.timezone)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return self.store.queue.exposure(reviewer, midnight, severe_from(self.policy()))

    # Decisions leave.

    def export(
        self,
        path: Path,
        what: Export = Export.DECISIONS,
        *,
        table_format: TableFormat | None = None,
        include_text: bool = False,
        on_progress: Tick | None = None,
    ) -> int:
        """Write decisions, the log, all comments or annotations to a file; return how many rows.

        The format follows the suffix unless given. Raises UsageError where it cannot be written,
        and for mentions where no scorer in use tells of any.
        """
        own = self.store.file
        if own is not None and path.resolve() in (own, *_beside(own)):
            raise UsageError(f"{path} is the database itself: export to another file")
        if what is Export.MENTIONS and not self.store.mentions.identities():
            raise UsageError(
                "no scorer in use has told which identities a text mentions; scorers that do: "
                f"{self._tellers()}. Scores that an earlier version saved came without"
            )
        columns, rows = self._exported(what, include_text)
        return write_rows(path, columns, _counted(rows, on_progress), table_format)

    def preview(
        self, what: Export, *, include_text: bool = False, limit: int = 20
    ) -> list[dict[str, object]]:
        """Return the first rows of an export as they would be written."""
        columns, rows = self._exported(what, include_text)
        return [
            {column.name: row.get(column.name) for column in columns} for row in islice(rows, limit)
        ]

    def _exported(
        self, what: Export, include_text: bool
    ) -> tuple[list[Column], Iterator[Mapping[str, object]]]:
        if what is Export.DECISIONS:
            columns = columns_of(DECISIONS, include_text=include_text)
            return columns, rows_of(DECISIONS, self.store.decisions.current())
        if what is Export.LOG:
            columns = columns_of(LOG, include_text=include_text)
            return columns, rows_of(LOG, self.store.decisions.log())
        if what is Export.MENTIONS:
            table = mentions_table(self.store.mentions.identities())
            columns = columns_of(table, include_text=include_text)
            return columns, self._with_panel(rows_of(table, self.store.mentions.stream()))
        if what is Export.ANNOTATIONS:
            columns = columns_of(ANNOTATIONS, include_text=include_text)
            said: Iterator[Annotated | Decided] = chain(
                self.store.annotations.log(), self.store.decisions.current()
            )
            return columns, rows_of(ANNOTATIONS, (one for one in said if labels_anything(one)))
        columns = columns_of(COMMENTS, include_text=include_text)
        rows = rows_of(COMMENTS, self.store.comments.stream())
        return columns, self._with_panel(rows)

    def _tellers(self) -> str:
        """Name the scorers that are known to say which identities a text mentions."""
        return ", ".join(one.key for one in self.scorers() if one.mentions)

    def _with_panel(self, rows: Iterable[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
        """Add to each row of comments by whom the scores are: the panel in force."""
        scorer = {"scorer": self.store.panel.ref()}
        return ({**cells, **scorer} for cells in rows)


def _text_column(table: TableFile, name: str | None) -> str:
    """Return the column of the texts, as named or guessed; raise UsageError where none fits."""
    column = name or guess_columns(table.columns).get("text")
    if column is None:
        known = ", ".join(table.columns)
        raise UsageError(
            f"{table.path.name}: no column looks like the text; name one of: {known} "
            "(--text-column)"
        )
    return column


def _without_total(tick: Tick | None) -> Callable[[int], None] | None:
    """Return the listener for work of which nobody knows beforehand how much it is."""
    return None if tick is None else lambda done: tick(done, None)


def _beside(database: Path) -> list[Path]:
    """Return the files that SQLite keeps beside a database."""
    return [database.with_name(database.name + end) for end in ("-wal", "-shm", "-journal")]


def _counted(
    rows: Iterator[Mapping[str, object]], on_progress: Tick | None
) -> Iterator[Mapping[str, object]]:
    for count, row in enumerate(rows, 1):
        yield row
        if on_progress is not None:
            on_progress(count, None)
