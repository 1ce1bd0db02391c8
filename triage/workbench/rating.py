"""Verbs about files of texts: rate them, hold scores against labels; no database is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from triage.domain.comments import Problem
from triage.domain.scores import Label, Mode, Scorer
from triage.errors import ReadError, UsageError
from triage.files.atomic import atomic_file
from triage.files.table_writer import TableFormat
from triage.files.tables import TableFile, open_table
from triage.intake.columns import guess_columns
from triage.scoring.choosing import Choices
from triage.scoring.kept import place_beside
from triage.scoring.labelled import by_column, by_scorer, read_labelled
from triage.scoring.panel import Panel
from triage.scoring.rate import Extras, RateReport, rate_table
from triage.scoring.registry import may_mention
from triage.workbench.panels import Panels, Told
from triage.workbench.parts import Tick, without_total

if TYPE_CHECKING:
    from triage.tuning.evaluation import Evaluation

__all__ = ["EvaluationReport", "Rating", "text_column_of"]


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Scores held against labels: the figures, the report as Markdown, and what was left out."""

    evaluation: Evaluation
    markdown: str
    problems: tuple[Problem, ...]


class Rating(Panels):
    """Files of texts get scores."""

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
        column = text_column_of(table, text_column)
        panel = self._rating_panel(
            scorers, self._choices(mode), spans=spans, mentions=mentions, told=on_scorer
        )
        return rate_table(
            table,
            output,
            panel,
            text_column=column,
            id_column=id_column,
            extras=Extras(spans=spans, mentions=mentions),
            by_language=self._by_language,
            on_progress=on_progress,
        )

    def _rating_panel(
        self,
        scorers: Sequence[str],
        choices: Choices,
        *,
        spans: bool,
        mentions: bool,
        told: Told | None,
    ) -> Panel:
        """Return the chosen scorers. Raises UsageError where none tells what is asked for."""
        panel = self._panel(scorers, choices, told)
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
        return panel

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
            scored = by_scorer(table, own, label, texts, self._by_language)
            name = f"{own.info.key}@{own.info.version}, label {label}"
        elif scorer is None and text_column is None and label is None:
            scored, name = by_column(table, score_column), f"column {score_column}"
        else:
            raise UsageError(
                "with --score-column there is nothing to rate: leave --scorer, --label and "
                "--text-column out"
            )
        found = read_labelled(table, label_column, scored, without_total(on_progress))
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
        return own, label, text_column_of(table, text_column)


def text_column_of(table: TableFile, name: str | None) -> str:
    """Return the column of the texts, as named or guessed; raise UsageError where none fits."""
    column = name or guess_columns(table.columns).get("text")
    if column is None:
        known = ", ".join(table.columns)
        raise UsageError(
            f"{table.path.name}: no column looks like the text; name one of: {known} "
            "(--text-column)"
        )
    return column
