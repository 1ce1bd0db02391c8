"""`triage tune match`: an old threshold, carried over by how much it flagged."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from triage.cli.commands import commands
from triage.domain.comments import text_digest
from triage.domain.entries import Entry
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import UsageError
from triage.settings import Settings
from triage.workbench import Like, Workbench

OLD = ScorerInfo("perspective", "imported", (Label.TOXICITY, Label.OBSCENE))


def toxicity_of(entry: Entry) -> float | None:
    return entry.scores.values.get(Label.TOXICITY) if entry.scores else None


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('match') / 'desk.db'}"
    bench = Workbench(Settings(database_url=url))
    assert bench.load_samples()
    rows = {}
    for entry in bench.store.comments.stream():
        if (toxicity := toxicity_of(entry)) is not None:
            score = toxicity**0.5  # an older scorer: of the same mind, on another scale
            rows[text_digest(entry.comment.text)] = Scores({Label.TOXICITY: score})
    bench.store.scores.save(OLD, rows.items())
    bench.close()
    return url


def triage(database: str, *arguments: str) -> str:
    found = CliRunner().invoke(
        commands, ["--database", database, "tune", "match", *arguments], catch_exceptions=False
    )
    assert found.exit_code == 0, found.output
    return found.output


def test_an_old_threshold_becomes_the_one_that_flags_the_same(database: str) -> None:
    said = triage(database, "--like", "perspective:TOXICITY=.8")
    assert "toxicity from 0.8 by perspective@imported flags" in said
    assert "interval)" in said
    bench = Workbench(Settings(database_url=database))
    found = bench.match(like=Like.read("perspective:toxicity=0.8"))
    assert found.match.flagged == found.match.old_flagged == found.match.both
    assert found.at == pytest.approx(0.64, abs=0.05), "0.8 squared, and where a score is near it"
    assert f"triage policy set toxicity {found.at!r} --why" in said
    bench.close()


def test_a_share_is_matched_without_any_old_scores(database: str) -> None:
    said = triage(database, "--label", "insult", "--flag-rate", "0.1")
    assert "insult, scored by compact@" in said
    assert "10.00% wanted" in said


def test_what_it_says_to_do_can_be_done_and_flags_as_many(database: str) -> None:
    bench = Workbench(Settings(database_url=database))
    found = bench.match(Label.INSULT, flag_rate=0.2)
    thresholds = bench.policy().with_threshold(Label.INSULT, found.at)
    assert {one.at for one in thresholds if one.label is Label.INSULT} == {found.at}
    flagged = sum(
        bool(entry.scores and entry.scores.values.get(Label.INSULT, 0) >= found.at)
        for entry in bench.store.comments.stream()
    )
    assert flagged == found.match.flagged
    bench.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a share to flag"),
        (("--flag-rate", "0.1"), "name a label that is scored"),
        (("--flag-rate", "0.1", "--like", "perspective:TOXICITY=.8"), "name a share to flag"),
        (("--label", "insult", "--flag-rate", "1.5"), "between 0 and 1"),
        (("--label", "insult", "--flag-rate", "0"), "between 0 and 1"),
        (("--like", "TOXICITY=.8"), "is no old threshold"),
        (("--like", "perspective:SPAM=.8"), "is no old threshold"),
        (("--like", "perspective:TOXICITY=8"), "is no old threshold"),
        (("--like", "perspective:TOXICITY=1"), "flags nothing"),
        (("--like", "perspective:INSULT=.8"), "never scored insult"),
        (("--like", "nobody:TOXICITY=.8"), "nobody rated no comment here"),
    ],
)
def test_what_cannot_be_matched_is_refused_with_a_reason(
    database: str, arguments: tuple[str, ...], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        triage(database, *arguments)
