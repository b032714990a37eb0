"""What a version of this code says to its database, kept in a file beside the others: so that it can be said again
once the code has gone on, as the previous version says it while a new one is being deployed, or after a roll-back.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url

from infra.postgres.store import PostgresStore
from internal.ports import Store
from tests.faults.gate import gate
from tests.migrations.using import TIMES, begin, go_on
from tests.migrations.wire import Notes, Said

FOLDER = Path(__file__).parent / "recordings"
#: but for transactions, the greeting of a connection, and what is asked about the schema itself
OURS = re.compile(r"(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b(?!.*\balembic_version\b).*", re.DOTALL)
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00")
LATER = re.compile(r"now ([+-]\d+) s")


@dataclass(frozen=True)
class Recording:
    """Times are told from its beginning, and all random ids by their order: two recordings of one code are equal."""

    #: up to where a job is leased
    begun: tuple[Said, ...]
    gone_on: tuple[Said, ...]

    @classmethod
    def read(cls, revision: str) -> "Recording":
        kept = json.loads((FOLDER / f"{revision}.json").read_text())
        begun, gone_on = (
            tuple(Said(sql, tuple(values)) for sql, values in kept[part]) for part in ("begun", "gone on")
        )
        return cls(begun, gone_on)

    def write(self, revision: str) -> None:
        """One statement a line, so that a change of one is one in a review too."""
        parts = {"begun": self.begun, "gone on": self.gone_on}
        told = (
            f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(said, ensure_ascii=False) for said in part) + "\n]"
            for name, part in parts.items()
        )
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{revision}.json").write_text("{" + ",\n".join(told) + "}\n")


def record(url: str) -> Recording:
    """Of the code that runs this, on an empty database that has its schema."""
    target = make_url(url)
    assert target.port
    notes, started = Notes(), datetime.now(UTC)
    with gate(target.port) as between:
        between.judge = notes
        reached = target.set(port=between.port).render_as_string(hide_password=False)
        with closing(PostgresStore(reached, TIMES)) as store:
            return Recording(*_told(notes, store, started))


def _told(notes: Notes, store: Store, started: datetime) -> Iterator[tuple[Said, ...]]:
    seen: dict[str, str] = {}
    parts: tuple[Callable[[Store], None], ...] = (begin, go_on)
    for part in parts:
        notes.said.clear()
        part(store)
        yield tuple(_timeless(said, seen, started) for said in notes.said if OURS.fullmatch(said.sql))


def _timeless(said: Said, seen: dict[str, str], started: datetime) -> Said:
    def of_one(value: str | None) -> str | None:
        if value is None:
            return None
        if TIME.fullmatch(value):
            return f"now {round((datetime.fromisoformat(value) - started) / timedelta(seconds=10)) * 10:+} s"
        return UUID.sub(lambda found: seen.setdefault(found[0], f"{len(seen):08}-0000-4000-8000-000000000000"), value)

    return Said(said.sql, tuple(map(of_one, said.values)))


def timely(said: Said, started: datetime) -> Said:
    """With times as of a session that began then."""

    def of_one(value: str | None) -> str | None:
        later = LATER.fullmatch(value) if value else None
        return (started + timedelta(seconds=int(later[1]))).isoformat() if later else value

    return Said(said.sql, tuple(map(of_one, said.values)))
