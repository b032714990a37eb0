"""`python -m tests.migrations` records what the code says to its database, for the schema that it has now."""

from infra.postgres.migrate import migrate
from infra.postgres.schema import SCHEMA
from tests.migrations.recording import record
from tests.stack import one_postgres

if __name__ == "__main__":
    with one_postgres() as server:
        server.make_database("recorded")
        migrate(server.url("recorded"))
        record(server.url("recorded")).write(SCHEMA)
