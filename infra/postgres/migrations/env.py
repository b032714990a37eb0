"""Alembic's entry: runs the migrations on the connection that `migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

from infra.postgres import tables

connection = context.config.attributes["connection"]
assert tables.JobRow.metadata is SQLModel.metadata  # the import above is what fills it
context.configure(connection=connection, target_metadata=SQLModel.metadata, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
