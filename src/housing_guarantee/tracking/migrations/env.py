"""What alembic executes first: it works on the connection, and within the transaction, that the workspace opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table="workspace_revision")
with context.begin_transaction():
    context.run_migrations()
