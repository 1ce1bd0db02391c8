"""The index of near copies: each text's band keys, by which `triage.store.copies` finds others.

It follows from the texts alone. New ones are entered as they are stored; those that were there
before there was an index are entered portion by portion.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select, update

from triage.domain.copies import comparable
from triage.store.database import Database, load_numbers
from triage.store.schema import text_bands, texts

__all__ = ["catch_up", "index_texts"]

_PORTION = 2_000  # texts: a tenth of a second in which nobody else can write


def index_texts(connection: Connection, rows: Iterable[tuple[int, str]]) -> None:
    """Enter (key, text) of texts that are not in the index; what is not compared has no bands."""
    import numpy as np

    from triage.store.minhash import BANDS, band_keys

    told = [(pk, said) for pk, text in rows if (said := comparable(text)) is not None]
    if not told:
        return
    keys = band_keys([said for _, said in told]).ravel()
    pks = np.repeat(np.array([pk for pk, _ in told], np.int64), BANDS)
    # In the order of the index, so that each of its pages is touched once.
    order = np.argsort(keys, kind="stable")
    load_numbers(
        connection, text_bands, list(zip(keys[order].tolist(), pks[order].tolist(), strict=True))
    )


def catch_up(database: Database) -> int:
    """Enter the texts that are not in the index yet, a portion a transaction; return how many."""
    behind = (
        select(texts.c.pk, texts.c.text).where(~texts.c.banded).order_by(texts.c.pk).limit(_PORTION)
    )
    entered = update(texts).where(texts.c.pk == bindparam("of")).values(banded=True)
    done = 0
    while True:
        with database.read() as connection:
            if connection.execute(behind.limit(1)).first() is None:
                return done
        with database.write() as connection:
            rows = [(int(row.pk), row.text) for row in connection.execute(behind)]
            if rows:
                index_texts(connection, rows)
                connection.execute(entered, [{"of": pk} for pk, _ in rows])
            done += len(rows)
