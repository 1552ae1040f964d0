"""What Alembic runs a migration in: the connection and the transaction that `store.schema` gives it."""

from alembic import context

from store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
