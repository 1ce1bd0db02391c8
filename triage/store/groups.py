"""Groups that comments fall into: by thread, source, author, language, or whom they mention."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, func, select

from triage.domain.languages import words
from triage.store.database import streamed
from triage.store.languages import read_by_key
from triage.store.mentions import teller
from triage.store.schema import comments, mentions, standing, threads

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["READERS", "Groups", "Kind", "numbers"]

_PAIR = [("comment", "i8"), ("group", "i8")]
_MENTIONED_FROM = 0.5
_AUTHORS = ("no name", "new: the first comment under its name", "known: the name wrote before")


class Kind(StrEnum):
    """By what comments are told apart."""

    THREAD = "thread"
    SOURCE = "source"
    AUTHOR = "author"
    LANGUAGE = "language"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Groups:
    """Who belongs where: the comment with the key `comment[i]` to the group `names[group[i]]`.

    A comment may belong to several groups, or to none.
    """

    names: tuple[str, ...]
    comment: NDArray[np.int64]
    group: NDArray[np.int64]


def numbers(connection: Connection, statement: Select[Any], kinds: Mapping[str, str]) -> Any:
    """Return the rows of a statement as an array with named fields: numbers, and none of them null.

    They go from the driver into the array, in two thirds of the time that SQLAlchemy's rows take.
    """
    import numpy as np

    with connection.execute(statement) as result:
        rows: Any = result.cursor
        return np.fromiter(rows, np.dtype(list(kinds.items())))


def _threads(connection: Connection) -> Groups:
    named = connection.execute(select(threads.c.pk, threads.c.title, threads.c.id)).all()
    place = {row.pk: at for at, row in enumerate(named)}
    pairs = numbers(
        connection,
        select(standing.c.comment_pk, standing.c.thread_pk),
        {"comment": "i8", "thread": "i8"},
    )
    return _grouped(tuple(row.title or row.id for row in named), pairs, place)


def _sources(connection: Connection) -> Groups:
    import numpy as np

    place: dict[str, int] = {}
    rows = streamed(connection, select(comments.c.pk, comments.c.source))
    pairs = ((row.pk, place.setdefault(row.source, len(place))) for row in rows)
    found = np.fromiter(pairs, _PAIR)
    return Groups(tuple(place), found["comment"].copy(), found["group"].copy())


def _authors(connection: Connection) -> Groups:
    import numpy as np

    own = numbers(
        connection,
        select(comments.c.pk, comments.c.author.is_not(None)).order_by(comments.c.pk),
        {"comment": "i8", "named": "?"},
    )
    # By when it was written: files come in any order. What has no date is taken for the latest.
    order = (comments.c.created_at.is_(None), comments.c.created_at, comments.c.pk)
    place = func.row_number().over(partition_by=comments.c.author, order_by=order)
    named = select(comments.c.pk, place.label("place")).where(comments.c.author.is_not(None))
    ranked = named.subquery()
    first = select(ranked.c.pk).where(ranked.c.place == 1)
    new = np.isin(own["comment"], numbers(connection, first, {"comment": "i8"})["comment"])
    return Groups(_AUTHORS, own["comment"].copy(), np.where(new, 1, np.where(own["named"], 2, 0)))


def _languages(connection: Connection) -> Groups:
    """Return the groups by the language of the text; what nobody looked at yet is in none."""
    import numpy as np

    place: dict[str, int] = {}
    known = standing.c.language.is_not(None)
    rows = streamed(connection, select(standing.c.comment_pk, standing.c.language).where(known))
    pairs = ((row.comment_pk, place.setdefault(row.language, len(place))) for row in rows)
    found = np.fromiter(pairs, _PAIR)
    return Groups(tuple(map(words, place)), found["comment"].copy(), found["group"].copy())


def _identities(connection: Connection) -> Groups:
    import numpy as np

    place: dict[str, int] = {}
    found = teller(connection)
    pairs: Iterator[tuple[int, int]] = iter(())
    if found is not None:
        statement = (
            select(standing.c.comment_pk, mentions.c.identity)
            .join(standing, standing.c.text_pk == mentions.c.text_pk)
            .where(mentions.c.scorer_pk == found[0], mentions.c.probability >= _MENTIONED_FROM)
            .where(*read_by_key(connection, found[1].partition("@")[0]))
        )
        pairs = (
            (row.comment_pk, place.setdefault(row.identity, len(place)))
            for row in streamed(connection, statement)
        )
    rows = np.fromiter(pairs, _PAIR)
    return Groups(tuple(place), rows["comment"].copy(), rows["group"].copy())


def _grouped(names: tuple[str, ...], pairs: Any, place: Mapping[int, int]) -> Groups:
    """Return groups of comments by the key of what they belong to."""
    import numpy as np

    keys = np.array(sorted(place), np.int64)
    order = np.array([place[key] for key in keys.tolist()], np.int64)
    return Groups(names, pairs["comment"].copy(), order[np.searchsorted(keys, pairs["thread"])])


READERS: Mapping[Kind, Callable[[Connection], Groups]] = {
    Kind.THREAD: _threads,
    Kind.SOURCE: _sources,
    Kind.AUTHOR: _authors,
    Kind.LANGUAGE: _languages,
    Kind.IDENTITY: _identities,
}
