"""Alembic's entry: run the migrations on the connection that `triage.store.migrate` hands over.

For a new revision of the schema: `alembic` needs no ini file here; copy the newest file in
`versions`, raise `triage.store.migrate.HEAD`, and let `tests/contracts/test_store.py` compare the
outcome with `triage.store.schema`. Revisions lead forward only: a newer schema may hold what an
older one cannot, so whoever goes back restores a backup.
"""

from __future__ import annotations

from alembic import context

from triage.store.migrate import VERSION_TABLE
from triage.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
