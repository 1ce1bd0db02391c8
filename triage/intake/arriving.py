"""Comments that arrive over HTTP -> pieces of threads: JSON bodies, and texts sent to be rated."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from triage.domain.arrivals import Arrival, Unnamed
from triage.domain.comments import Comment, Thread
from triage.errors import ReadError, TooManyError
from triage.files.encoding import clean
from triage.files.json_rows import JsonRow, read_array, read_objects
from triage.files.tables import Row
from triage.intake.columns import guess_columns
from triage.intake.derived import short_digest
from triage.intake.gathering import fit
from triage.intake.reader import ReadOptions, Report
from triage.intake.table_rows import threads_from_rows

__all__ = ["MOST_ROWS", "arrived", "as_unnamed", "nameless_ids", "threads_in"]

MOST_ROWS = 1_000
"""Of a body: whoever has more sends several, or imports a file."""
_DIGITS = 24
"""Of a digest in an id: 96 bits, for texts come by the million, each to be told from the others."""


def threads_in(body: bytes, client: str, options: ReadOptions, report: Report) -> list[Thread]:
    """Return the threads in a body: a JSON array, one object, or one object a line.

    Columns are named as in a table that is imported. Where a row names no thread it stands under
    the client's name; one without an id gets one derived from its author, time and text, which is
    reported. A row that cannot be used is reported with its line and left out. Raises ReadError
    where nothing can be read, TooManyError for more than `MOST_ROWS` rows, good ones or not.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ReadError(f"{client}:{line}: byte {error.start} is not UTF-8") from error
    rows = list(islice(_rows(text), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise TooManyError(f"more than {MOST_ROWS:,} comments at once; send them in several bodies")
    names = dict.fromkeys(chain.from_iterable(row.values for row in rows))
    columns = {"id": "id", "thread": "thread", **guess_columns(names)}
    if "text" not in columns:
        broken = next((f"line {row.line}: {row.problem}" for row in rows if row.problem), None)
        why = broken or "no object has a text"
        raise ReadError(f"{why}; send comments as JSON, one object each, with id and text")
    placed = _placed(rows, columns["thread"], client)
    return list(threads_from_rows(placed, Path(client), columns, options, report))


def _rows(text: str) -> Iterator[JsonRow]:
    if text.lstrip().startswith("["):
        return read_array(text)
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return read_objects(text.split("\n"))
    # One object may be spread over lines.
    return read_objects([json.dumps(whole)])


def _placed(rows: Iterable[JsonRow], column: str, client: str) -> Iterator[Row]:
    """Yield rows that all name a thread: the client's own where they name none."""
    for row in rows:
        named = row.values.get(column)
        given = named if named is not None and str(named).strip() else client
        yield Row(row.line, {**row.values, column: given} if row.values else {}, row.problem)


def arrived(arrival: Arrival) -> Thread:
    """Return the thread of a comment that was sent to be rated, with that comment alone.

    Its thread is that of its page: by URL, else by the article's text; else what the client calls
    its site, under the client's name, else the client itself. Its id is the client's, else one
    derived from client, thread and text: the same text in the same place is one comment, however
    often it is sent, for clients ask again when a page is loaded, a draft is checked, or an answer
    came late.
    """
    thread_id, parent_id = _thread_id(arrival), arrival.parent_id
    if parent_id is None and arrival.parent:
        parent_id = _nameless(arrival.client, thread_id, clean(arrival.parent))
    text = clean(arrival.text)
    own = arrival.comment_id
    comment = Comment(
        own if own is not None else _nameless(arrival.client, thread_id, text),
        thread_id,
        text,
        parent_id=parent_id,
    )
    return Thread(
        thread_id,
        article=clean(arrival.article),
        url=arrival.url,
        source=arrival.client,
        comments=(comment,),
    )


def nameless_ids(arrival: Arrival) -> tuple[str, ...]:
    """Return the ids that this comment may have got while its client told none, likeliest first.

    Coral, for one, asks for scores before a comment has an id, and names id and page only when it
    says what its moderators decided.
    """
    places = (
        arrival,
        replace(arrival, url=None),
        replace(arrival, url=None, article=""),
        replace(arrival, url=None, article="", community=""),
    )
    text = clean(arrival.text)
    ids = (_nameless(arrival.client, _thread_id(place), text) for place in places)
    return tuple(dict.fromkeys(ids))


def as_unnamed(arrival: Arrival) -> Unnamed | None:
    """Return what is known of a comment that came without an id; None for one that has one.

    Its client may name it where it stands, or in a place of which more is told: that is what
    `nameless_ids` says, seen from the other side.
    """
    if arrival.comment_id is not None or arrival.asked_at is None:
        return None
    client, own = arrival.client, _thread_id(arrival)
    told = _told(client, own)
    return Unnamed(
        arrival.asked_at, lambda there: there == own or _told(client, there) > told, told
    )


def _told(client: str, thread_id: str) -> int:
    """Return how much a thread's id tells of its place: nothing, a community, an article, a URL."""
    if thread_id == client:
        return 0
    return 1 + next((n for n, mark in enumerate(":-") if thread_id.startswith(client + mark)), 2)


def _thread_id(arrival: Arrival) -> str:
    if arrival.url and arrival.url.strip():
        return fit(arrival.url.strip())
    if arrival.article.strip():
        return f"{arrival.client}-{short_digest(clean(arrival.article), digits=_DIGITS)}"
    community = arrival.community.strip()
    return fit(f"{arrival.client}:{community}" if community else arrival.client)


def _nameless(client: str, thread_id: str, text: str) -> str:
    return f"{client}-{short_digest(client, thread_id, text, digits=_DIGITS)}"
