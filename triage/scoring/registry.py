"""The table of scorers: bundled, Detoxify's, remote ones, and those that other packages register.

A package adds scorers under the entry-point group `triage.scorers`: the name is the scorer's
key, the object a callable that takes `models_dir` and `allow_download` and returns a Scorer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from triage.domain.remotes import Remote
from triage.domain.scores import Label, Scorer
from triage.errors import ScorerError, TriageError, UsageError
from triage.scoring import compact
from triage.scoring.choosing import Choices, detoxify_scorer, outlook
from triage.scoring.compact import CompactScorer
from triage.scoring.models.building import packages_missing
from triage.scoring.models.catalogue import MODELS, how_to_get
from triage.scoring.models.folder import find
from triage.scoring.remote import RemoteScorer, how_to_set_up, info_of

__all__ = [
    "DEFAULT",
    "GROUP",
    "ScorerListing",
    "default_panel",
    "describe",
    "lacking",
    "load_scorer",
    "marking_scorer",
    "may_mention",
    "scorer_keys",
]

DEFAULT = "compact"
_PREFERRED = "unbiased"  # of Detoxify's models, once it is here
GROUP = "triage.scorers"

Factory = Callable[[Path | None, bool, Choices], Scorer]


@dataclass(frozen=True, slots=True)
class ScorerListing:
    """A scorer as it is listed; `how_to_get` is empty where it is available.

    `marks_spans` says whether it marks the words that made its scores, `mentions` whether it is
    known to say which identities a text mentions, `note` in which mode it would be used here, where
    it has two.
    """

    key: str
    description: str
    labels: tuple[Label, ...]
    available: bool
    how_to_get: str = ""
    marks_spans: bool = False
    mentions: bool = False
    note: str = ""


def scorer_keys(remotes: Sequence[Remote] = ()) -> tuple[str, ...]:
    """Return the keys of all known scorers, the default first."""
    table = _table(remotes)
    return (*table, *_registered(table))


def describe(
    models_dir: Path | None = None,
    remotes: Sequence[Remote] = (),
    choices: Choices | None = None,
) -> list[ScorerListing]:
    """Return every known scorer, without loading, trying or asking any.

    `models_dir` is where weights are looked for, as in `load_scorer`.
    """
    entries = [_listed(DEFAULT, CompactScorer, compact.DESCRIPTION, compact.LABELS)]
    for name, card in MODELS.items():
        how = how_to_get(name, models_dir)
        there = not packages_missing() and _has_weights(name, models_dir)
        entries.append(
            ScorerListing(
                f"detoxify:{name}",
                card.description,
                card.labels,
                there,
                "" if there else how,
                mentions=bool(card.identities),
                note=_outlook(name, models_dir, choices) if there and choices else "",
            )
        )
    for remote in remotes:
        info, how = info_of(remote), how_to_set_up(remote)
        entries.append(ScorerListing(info.key, info.description, info.labels, not how, how))
    entries += [
        _listed(key, partial(_made, key, point, models_dir, False), f"registered by {point.value}")
        for key, point in _registered(_table(remotes)).items()
    ]
    return entries


def default_panel(models_dir: Path | None = None) -> tuple[str, ...]:
    """Return the keys of the panel where nobody chose one; nothing is loaded or asked for.

    `detoxify:unbiased` for the labels that it reports and `compact` for the other, incivility,
    where the former is converted and the packages that it needs are installed; else `compact`.
    """
    try:
        place = find(_PREFERRED, models_dir)
    except ScorerError:  # what cannot be used is as good as not here
        place = None
    if place is None or place.card is None or packages_missing():
        return (DEFAULT,)
    return (f"detoxify:{_PREFERRED}", DEFAULT)


def lacking(keys: Iterable[str], models_dir: Path | None) -> tuple[str, ...]:
    """Return the names of Detoxify's models among these scorers whose weights are not here.

    None where the packages are missing that they need as well.
    """
    if packages_missing():
        return ()
    names = [key.removeprefix("detoxify:") for key in keys if key.startswith("detoxify:")]
    return tuple(name for name in names if name in MODELS and not _has_weights(name, models_dir))


def load_scorer(
    key: str,
    *,
    models_dir: Path | None,
    allow_download: bool = False,
    remotes: Sequence[Remote] = (),
    choices: Choices | None = None,
) -> Scorer:
    """Return the scorer with this key; its weights are loaded by its first `score` call.

    `models_dir` holds one folder per model for weights that were put on this machine. Nothing
    is fetched unless `allow_download`; nothing is sent anywhere unless the key is that of one of
    `remotes`. Without `choices` a scorer that has two modes is exact; where they leave it to a
    trial, weights are loaded for that at once. Raises UsageError for an unknown key, ScorerError
    where a registered scorer cannot be made, a remote one has no key to show, or the fast mode is
    wanted of a model without an int8 file.
    """
    table = _table(remotes)
    if factory := table.get(key):
        return factory(models_dir, allow_download, choices or Choices())
    if point := _registered(table).get(key):
        return _made(key, point, models_dir, allow_download)
    known = ", ".join(scorer_keys(remotes))
    if key.startswith("remote:") and not remotes:
        raise UsageError(
            f"there is no scorer {key!r}: name the file that sets it up in TRIAGE_REMOTE, see "
            f"docs/scorers.md; known are: {known}"
        )
    if key == "detoxify":
        models = ", ".join(f"detoxify:{name}" for name in MODELS)
        raise UsageError(f"detoxify is several scorers: choose one of {models}")
    raise UsageError(f"there is no scorer {key!r}; known are: {known}")


def marking_scorer(
    key: str, *, models_dir: Path | None, allow_download: bool = False
) -> Scorer | None:
    """Return the scorer with this key if it marks words, else None; no weights are read.

    Raises as `load_scorer` does. Detoxify's models and remote ones mark none, here or missing.
    """
    if key.startswith("remote:") or key in {f"detoxify:{name}" for name in MODELS}:
        return None
    scorer = load_scorer(key, models_dir=models_dir, allow_download=allow_download)
    return scorer if scorer.info.marks_spans else None


def may_mention(key: str, remotes: Sequence[Remote] = ()) -> bool:
    """Return whether a scorer may say which identities a text mentions; nothing is loaded.

    Of another package's nobody knows before it has rated a text: it may.
    """
    name = key.removeprefix("detoxify:")
    if name in MODELS and name != key:
        return bool(MODELS[name].identities)
    return key not in _table(remotes)


def _table(remotes: Sequence[Remote] = ()) -> Mapping[str, Factory]:
    """Return key -> factory for the scorers of this package."""
    table: dict[str, Factory] = {DEFAULT: lambda *_: CompactScorer()}
    for name in MODELS:
        table[f"detoxify:{name}"] = _detoxify(name)
    for remote in remotes:
        table[remote.key] = _remote(remote)
    return table


def _remote(remote: Remote) -> Factory:
    return lambda *_: RemoteScorer(remote)


def _detoxify(name: str) -> Factory:
    def make(models_dir: Path | None, allow_download: bool, choices: Choices) -> Scorer:
        return detoxify_scorer(name, models_dir, choices, allow_download=allow_download)

    return make


def _registered(own: Mapping[str, Factory]) -> Mapping[str, EntryPoint]:
    """Return key -> entry point for scorers of other packages; ours keep their keys."""
    return {point.name: point for point in entry_points(group=GROUP) if point.name not in own}


def _made(key: str, point: EntryPoint, models_dir: Path | None, allow_download: bool) -> Scorer:
    """Return the scorer behind an entry point. Raises ScorerError for whatever goes wrong."""
    try:
        scorer: Scorer = point.load()(models_dir=models_dir, allow_download=allow_download)
    except TriageError:
        raise
    except Exception as error:
        raise ScorerError(f"scorer {key!r} ({point.value}) cannot be made: {error}") from error
    return scorer


def _listed(
    key: str, make: Callable[[], Scorer], description: str, labels: tuple[Label, ...] = ()
) -> ScorerListing:
    """Return the listing of the scorer that `make` makes.

    One that fails is listed with its error, and with what is known of it all the same.
    """
    try:
        info = make().info
    except TriageError as error:
        return ScorerListing(key, description, labels, available=False, how_to_get=str(error))
    return ScorerListing(
        key, info.description, info.labels, available=True, marks_spans=info.marks_spans
    )


def _has_weights(name: str, models_dir: Path | None) -> bool:
    try:
        return find(name, models_dir) is not None
    except ScorerError:
        return False


def _outlook(name: str, models_dir: Path | None, choices: Choices) -> str:
    try:
        return outlook(name, models_dir, choices)
    except ScorerError as error:
        return str(error)
