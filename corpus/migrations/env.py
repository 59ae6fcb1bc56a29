"""Runs the migrations of a schema on the connection that `corpus.database` hands over; never on one of its own."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["schema"].tables,
    version_table=attributes["schema"].version_table,
    render_as_batch=True,  # SQLite alters a table by copying it
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
