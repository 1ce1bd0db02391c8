"""What is written down of a finished shard, so that no later run rates it again.

In the output's folder lies `_triage/`: `run.json`, which says by what its shards are rated, and one
file per finished shard, written after its output. A run that goes on believes these alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath
from typing import Any

from triage.domain.comments import Problem
from triage.engines.shards import Shard
from triage.errors import ReadError, UsageError
from triage.files.folders import DiskFolder, FileSeen, Folder

__all__ = ["Manifest", "Plan", "begin", "digest_of", "finish", "sort_out"]

_FOLDER = "_triage"
_RUN = f"{_FOLDER}/run.json"
_FORMAT = 1
PROBLEMS = 20
"""How many problems of a shard are kept as they are; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the scores of every shard hang on, beside its rows.

    `portion` is how many texts are rated at once, which shows in a score's last digit. `languages`
    is what the languages of texts are told by, "" where nobody does.
    """

    scorers: tuple[str, ...]
    text_column: str
    id_column: str | None
    spans: bool
    mentions: bool
    portion: int
    languages: str = ""

    @property
    def digest(self) -> str:
        """What tells it from every other one."""
        return sha256(_written(asdict(self))).hexdigest()

    def against(self, other: Mapping[str, Any]) -> str:
        """Say in what another one differs: `by compact@1f0c, not compact@77ab`."""
        own = json.loads(_written(asdict(self)))
        return "; ".join(
            f"{name.replace('_', ' ')}: {_shown(other.get(name))} there, {_shown(value)} now"
            for name, value in own.items()
            if other.get(name) != value
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """A finished shard: what was read, as which plan says, and what came of its rows.

    `source` is the folder that it was read from: a name is known below one alone. `sha256` is of
    the file that was read. Of `problem_count` problems the first few are here.
    """

    source: str
    file: FileSeen
    sha256: str
    output: FileSeen
    plan: str
    rows: int
    scored: int
    renamed: Mapping[str, str]
    problem_count: int = 0
    problems: tuple[Problem, ...] = ()


def begin(output: Folder, plan: Plan, shards: Sequence[Shard]) -> dict[str, Manifest]:
    """Make ready to write shards; return what is finished already, by the shard's name.

    Raises UsageError where shards there were rated by another plan, where outputs were made of
    other tables (`a.tsv` and `a.csv` are both written to `a.csv`) or by no run, and where
    `run.json` is no file of ours.
    """
    there = _listed(output)
    if _RUN not in there:
        taken = next((one.output for one in shards if one.output in there), None)
        if taken is not None:
            raise UsageError(
                f"{output.shown(taken)} is there and no run of triage wrote it: name another output"
            )
        _note(output, plan)
        return {}
    content = _read(output.read_all([_RUN]).get(_RUN, b""))
    known = content.get("plan")
    if content.get("format") != _FORMAT or not isinstance(known, dict):
        raise UsageError(
            f"{output.shown(_RUN)} was not written by this version of triage: name another output"
        )
    if differs := plan.against(known):
        if any(name.startswith(f"{_FOLDER}/") and name != _RUN for name in there):
            raise UsageError(
                f"{output.shown()} holds shards that were rated in another way ({differs}): rate "
                "in the same way to go on there, or name another output"
            )
        _note(output, plan)
    places = _places(shards, there)
    read = (_manifest(_read(one)) for one in output.read_all(places).values())
    finished = [
        one
        for one in read
        if one is not None
        and one.plan == plan.digest
        and one.output.name in there
        and there[one.output.name].size == one.output.size
    ]
    _check_own(output, finished, shards)
    return {one.file.name: one for one in finished}


def finish(output: Folder, manifest: Manifest) -> None:
    """Write down that a shard is finished: its output is in place."""
    content = asdict(manifest) | {"format": _FORMAT}
    output.write(_place(manifest.file.name), _written(content))


def sort_out(
    source: Folder, output: Folder, shards: Iterable[Shard], known: Mapping[str, Manifest]
) -> tuple[list[Manifest], list[Shard], list[Shard]]:
    """Return what is finished of the shards, and what is to do: new ones, and changed ones.

    One whose input was written since is finished all the same where its bytes are the same, as far
    as that can be told without fetching it. Raises UsageError where one of the same name is
    finished that came from another folder: it would be written over.
    """
    here = source.address()
    done: list[Manifest] = []
    new: list[Shard] = []
    changed: list[Shard] = []
    for shard in shards:
        one = known.get(shard.name)
        if one is None or one.output.name != shard.output:
            new.append(shard)
        elif one.source != here:
            raise UsageError(
                f"{output.shown()} holds {one.output.name} from {one.source}, and not from {here}: "
                "name another output, or a pattern below a folder that holds both"
            )
        elif _same(source, shard, one):
            done.append(one)
        else:
            changed.append(shard)
    return done, new, changed


def _same(source: Folder, shard: Shard, one: Manifest) -> bool:
    """Whether the input is what was rated."""
    if shard.file == one.file and shard.file.stamp:
        return True
    if shard.file.size != one.file.size:
        return False
    if not isinstance(source, DiskFolder):
        # Some storages say another thing of a file in a list than of the file alone.
        return bool(one.file.stamp) and source.look(shard.name) == one.file
    with source.to_read(shard.name) as path:
        return digest_of(path) == one.sha256


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as handle:
        return file_digest(handle, "sha256").hexdigest()


def _listed(output: Folder) -> dict[str, FileSeen]:
    try:
        return {one.name: one for one in output.find()}
    except ReadError:  # it is not there yet
        return {}


def _places(shards: Sequence[Shard], there: Collection[str]) -> list[str]:
    """Return where it is written down what shards came to, and tables of the same stem."""
    stems = {_stem(shard.name) for shard in shards}
    written = (name for name in there if name.startswith(f"{_FOLDER}/") and name != _RUN)
    return sorted(one for one in written if _stem(_table(one)) in stems)


def _stem(name: str) -> PurePosixPath:
    """Return a table's name without its ending; what has no name, as of `.json`, is no table."""
    path = PurePosixPath(name)
    return path.with_suffix("") if path.name else path


def _check_own(output: Folder, finished: Iterable[Manifest], shards: Sequence[Shard]) -> None:
    """Raise UsageError for an output that an earlier run made of another table."""
    names = {shard.output: shard.name for shard in shards}
    for one in finished:
        name = names.get(one.output.name, one.file.name)
        if name != one.file.name:
            raise UsageError(
                f"{output.shown(one.output.name)} was made of {one.file.name}, and {name} would be "
                "written over it: rename one, or rate them into two folders"
            )


def _note(output: Folder, plan: Plan) -> None:
    output.write(_RUN, _written({"format": _FORMAT, "plan": asdict(plan)}))


def _place(name: str) -> str:
    return f"{_FOLDER}/{name}.json"


def _table(place: str) -> str:
    return place.removeprefix(f"{_FOLDER}/").removesuffix(".json")


def _manifest(content: Mapping[str, Any]) -> Manifest | None:
    try:
        if content["format"] != _FORMAT:
            return None
        return Manifest(
            source=str(content["source"]),
            file=FileSeen(**content["file"]),
            sha256=content["sha256"],
            output=FileSeen(**content["output"]),
            plan=content["plan"],
            rows=int(content["rows"]),
            scored=int(content["scored"]),
            renamed=dict(content["renamed"]),
            problem_count=int(content["problem_count"]),
            problems=tuple(Problem(**one) for one in content["problems"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _read(content: bytes) -> Mapping[str, Any]:
    """Return a JSON object; an empty one for anything else."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _written(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, indent=1).encode()


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "+".join(map(str, value))
    return "none" if value is None else str(value)
