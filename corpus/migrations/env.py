"""Runs the migrations on the connection that `corpus.store` hands over; never on one of its own."""

from alembic import context

from corpus.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
