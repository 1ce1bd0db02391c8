from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from tests.scoring.far_side import far_side, many, remote
from tests.scoring.tiny_detoxify import needs_detoxify
from triage.domain.scores import Label, Scorer, ScorerInfo, Scores
from triage.errors import ScorerError, UsageError
from triage.scoring import registry
from triage.scoring.models.card import Card, Source, Verified
from triage.scoring.models.catalogue import MODELS
from triage.scoring.registry import (
    GROUP,
    default_panel,
    describe,
    lacking,
    load_scorer,
    marking_scorer,
    may_mention,
    scorer_keys,
)


class Shouting:
    """A scorer as another package might bring one: the more capitals, the more toxic."""

    def __init__(self) -> None:
        self.info = ScorerInfo("shouting", "1", (Label.TOXICITY,), "capitals")

    def score(self, texts: Sequence[str]) -> list[Scores]:
        return [Scores({Label.TOXICITY: sum(map(str.isupper, one)) / len(one)}) for one in texts]


def make_shouting(*, models_dir: Path | None, allow_download: bool) -> Scorer:
    return Shouting()


def make_nothing(*, models_dir: Path | None, allow_download: bool) -> Scorer:
    raise OSError("the disk is on fire")


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register two scorers as an installed package would, one of them broken."""
    here = sys.modules[__name__]
    monkeypatch.setitem(sys.modules, "shouting_package", here)
    points = EntryPoints(
        EntryPoint(name, f"shouting_package:{function}", GROUP)
        for name, function in (("shouting", "make_shouting"), ("broken", "make_nothing"))
    )
    monkeypatch.setattr(registry, "entry_points", lambda group: points.select(group=group))


def test_compact_is_the_default_and_always_there() -> None:
    assert scorer_keys()[0] == registry.DEFAULT == "compact"
    first = describe()[0]
    assert first.available
    assert first.labels == load_scorer("compact", models_dir=None).info.labels


def write_card(models_dir: Path) -> Path:
    """Write the card of a converted `unbiased`, which is all that is read to choose; return it."""
    card = Card(
        name="unbiased",
        base="roberta-base",
        architecture="RobertaForSequenceClassification",
        tokenizer="RobertaTokenizer",
        outputs=("toxicity", "insult"),
        files=dict.fromkeys(("model.safetensors", "config.json"), "0" * 64),
        base_files={},
        source=Source("a.ckpt", "0" * 64, 1, Verified.NOT),
        converted_at=datetime(2026, 11, 25, tzinfo=UTC),
        converted_by="a test",
    )
    path = models_dir / "unbiased" / "model.json"
    path.parent.mkdir(parents=True)
    path.write_text(card.to_json())
    return path


def test_without_a_model_of_detoxifys_the_default_panel_is_compact(tmp_path: Path) -> None:
    assert default_panel(None) == default_panel(tmp_path) == ("compact",)
    (tmp_path / "unbiased").mkdir()
    (tmp_path / "unbiased" / "weights.ckpt").write_bytes(b"not converted")
    assert default_panel(tmp_path) == ("compact",)


@needs_detoxify
def test_once_unbiased_is_converted_it_leads_the_default_panel(tmp_path: Path) -> None:
    write_card(tmp_path)
    assert default_panel(tmp_path) == ("detoxify:unbiased", "compact")
    program = (
        "import sys; from pathlib import Path; from triage.scoring.registry import default_panel\n"
        "print(default_panel(Path(sys.argv[1])), {'torch', 'transformers'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "('detoxify:unbiased', 'compact') set()"


def test_a_model_that_cannot_be_used_leads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = write_card(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(registry, "packages_missing", lambda: ["torch"])
        assert default_panel(tmp_path) == ("compact",)
    card.write_text("{}")
    assert default_panel(tmp_path) == ("compact",)


@needs_detoxify
def test_only_models_of_detoxifys_whose_weights_are_not_here_are_lacking(tmp_path: Path) -> None:
    write_card(tmp_path)
    keys = ["detoxify:unbiased", "detoxify:original", "compact", "remote:x", "detoxify:nonsense"]
    assert lacking(keys, tmp_path) == ("original",)
    assert lacking(keys, None) == ("unbiased", "original")


@pytest.mark.usefixtures("registered")
def test_whether_mentions_may_come_is_known_of_our_own_scorers() -> None:
    known = {key: may_mention(key) for key in scorer_keys()}
    assert {key for key, may in known.items() if may} == {
        "detoxify:unbiased",
        "detoxify:unbiased-small",
        "detoxify:multilingual",
        "shouting",
        "broken",
    }


def test_an_unknown_key_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="compact, detoxify:original") as caught:
        load_scorer("perspective", models_dir=None)
    assert "perspective" in str(caught.value)


def test_detoxify_alone_suggests_its_models() -> None:
    with pytest.raises(UsageError, match="detoxify:unbiased"):
        load_scorer("detoxify", models_dir=None)


def test_a_model_without_weights_is_listed_with_how_to_get_it(tmp_path: Path) -> None:
    listed = {entry.key: entry for entry in describe(tmp_path)}
    for name, card in MODELS.items():
        entry = listed[f"detoxify:{name}"]
        assert not entry.available
        assert entry.labels == card.labels
        assert card.file in entry.how_to_get
        assert f"triage models pull {name}" in entry.how_to_get
        assert str(tmp_path / name) in entry.how_to_get


@needs_detoxify
def test_a_model_with_weights_is_available(tmp_path: Path) -> None:
    folder = tmp_path / "unbiased"
    folder.mkdir()
    (folder / MODELS["unbiased"].file).write_bytes(b"...")
    listed = {entry.key: entry.available for entry in describe(tmp_path)}
    assert listed["detoxify:unbiased"]
    assert not listed["detoxify:original"]


@pytest.mark.usefixtures("registered")
def test_another_package_can_bring_a_scorer() -> None:
    assert "shouting" in scorer_keys()
    scorer = load_scorer("shouting", models_dir=None)
    assert scorer.score(["AAbb"])[0].values[Label.TOXICITY] == 0.5
    assert describe()[-2].description == "capitals"


@pytest.mark.usefixtures("registered")
def test_a_broken_scorer_of_another_package_spoils_no_list() -> None:
    broken = describe()[-1]
    assert not broken.available
    assert "on fire" in broken.how_to_get
    with pytest.raises(ScorerError, match="on fire"):
        load_scorer("broken", models_dir=None)


KEYED = 'headers = { Authorization = "Bearer ${OURS_TOKEN}" }'


def test_a_remote_scorer_is_one_more_and_is_asked_only_when_it_is_chosen(tmp_path: Path) -> None:
    with far_side() as far:
        remotes = (remote(tmp_path, far.url, more='description = "our own model"'),)
        assert scorer_keys(remotes)[-1] == "remote:ours"
        listed = describe(tmp_path, remotes)[-1]
        assert listed.available
        assert listed.labels == (Label.TOXICITY, Label.INSULT)
        assert listed.description == "our own model; over HTTP: comment texts are sent to 127.0.0.1"
        chosen = load_scorer("remote:ours", models_dir=None, remotes=remotes)
        load_scorer("compact", models_dir=None, remotes=remotes).score(["text"])
        assert marking_scorer("remote:ours", models_dir=None) is None
        assert far.asked == []
        assert len(chosen.score(many(3))) == len(far.asked) == 3


def test_a_remote_scorer_without_its_key_says_which_variable_holds_it(tmp_path: Path) -> None:
    remotes = (remote(tmp_path, "https://example.org/", more=KEYED),)
    listed = describe(tmp_path, remotes)[-1]
    assert not listed.available
    assert "set OURS_TOKEN in the environment" in listed.how_to_get
    with pytest.raises(ScorerError, match="remote:ours cannot be used: set OURS_TOKEN"):
        load_scorer("remote:ours", models_dir=None, remotes=remotes)


def test_an_unknown_remote_says_where_remotes_are_set_up(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'remote:ours': name the file .* in TRIAGE_REMOTE"):
        load_scorer("remote:ours", models_dir=None)
    remotes = (remote(tmp_path, "https://example.org/"),)
    with pytest.raises(UsageError, match=r"no scorer 'remote:yours'; known are: .*remote:ours"):
        load_scorer("remote:yours", models_dir=None, remotes=remotes)


def test_listing_scorers_loads_none() -> None:
    code = """
import sys
from triage.scoring.registry import describe
describe()
heavy = {"torch", "transformers", "detoxify", "onnxruntime", "tokenizers", "numpy", "pandas"}
assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True)
