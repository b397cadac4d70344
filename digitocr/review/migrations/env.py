"""Alembic's entry: runs the migrations on the connection that `database` has opened."""

from __future__ import annotations

from alembic import context

from digitocr.review.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by writing it anew
)
with context.begin_transaction():
    context.run_migrations()
