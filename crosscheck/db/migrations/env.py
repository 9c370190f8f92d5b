"""Alembic's environment: migrations run on the connection they are given."""

from alembic import context

from crosscheck.db.columns import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
