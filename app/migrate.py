"""`python -m app.migrate`: bring the database to the newest schema. Run before new code takes traffic."""

from app import logs
from app.bootstrap import migrate
from app.settings import DatabaseSettings

if __name__ == "__main__":
    logs.configure()
    migrate(DatabaseSettings())
