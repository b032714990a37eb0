"""What a schema holds, as PostgreSQL itself tells it, and what of it a migration takes from the code of before."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from infra.postgres import migrate

COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
           a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> ''
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
"""
#: a NOT NULL is told by its column
DEMANDS = """
    SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    UNION ALL
    SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE 'CREATE UNIQUE INDEX %'
"""


@dataclass(frozen=True)
class Column:
    type: str
    needed: bool
    has_default: bool

    @property
    def must_be_given(self) -> bool:
        return self.needed and not self.has_default


@dataclass(frozen=True)
class Catalog:
    #: by table and name
    columns: dict[tuple[str, str], Column]
    #: what else rows must fulfil: table, and constraint or unique index
    demands: frozenset[tuple[str, str]]

    @property
    def tables(self) -> set[str]:
        return {table for table, _ in self.columns}


def catalog(connection: Connection) -> Catalog:
    columns = {(table, name): Column(*rest) for table, name, *rest in connection.execute(text(COLUMNS))}
    demands = frozenset((table.strip('"'), demand) for table, demand in connection.execute(text(DEMANDS)))
    return Catalog(columns, demands)


def lost(before: Catalog, after: Catalog) -> Iterator[str]:
    """What statements of before name and do not find, or find to be something else."""
    for place, column in before.columns.items():
        now = after.columns.get(place)
        if now is None:
            yield f"{'.'.join(place)} is gone"
        elif now.type != column.type:
            yield f"{'.'.join(place)} was {column.type} and is {now.type}"
    for table, demand in before.demands - after.demands:
        if table in after.tables:  # `ON CONFLICT` may name it
            yield f"{table} has no more {demand}"


def demanded(before: Catalog, after: Catalog) -> Iterator[str]:
    """What rows as they were written before do not fulfil."""
    for (table, name), column in after.columns.items():
        was = before.columns.get((table, name))
        new_there = was is None and table in before.tables
        if column.must_be_given and (new_there or (was and not was.must_be_given)):
            yield f"{table}.{name} must be given now"
    for table, demand in after.demands - before.demands:
        if table in before.tables:
            yield f"{table} demands {demand}"


def revisions() -> list[str]:
    """Of all migrations, oldest first."""
    return [one.revision for one in _scripts().walk_revisions()][::-1]


def completed_by(revision: str) -> str | None:
    """The migration whose change that one completes, if it says so."""
    completed: str | None = getattr(_scripts().get_revision(revision).module, "completes", None)
    return completed


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
