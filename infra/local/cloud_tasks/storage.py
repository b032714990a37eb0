"""Queues, tasks and used names in one SQLite file: what is acknowledged survives a crash and a power cut."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local.cloud_tasks.wire import ApiError, Message, Queue, Task, get_time

#: how long a name stays reserved after its task is gone, in seconds
RESERVED = 24 * 3600.0
MAX_TOMBSTONES = 500_000
KEPT_LOG_BYTES = 16 * 1024 * 1024

SCHEMA = """
CREATE TABLE IF NOT EXISTS queue (name TEXT PRIMARY KEY, message BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS task (
    name TEXT PRIMARY KEY, queue TEXT NOT NULL, due REAL NOT NULL, message BLOB NOT NULL,
    executions INTEGER NOT NULL DEFAULT 0, previous INTEGER, reason TEXT
);
CREATE INDEX IF NOT EXISTS task_due ON task (queue, due);
CREATE TABLE IF NOT EXISTS tombstone (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, until REAL NOT NULL);
CREATE INDEX IF NOT EXISTS tombstone_until ON tombstone (until);
"""

QUEUE_GONE = "Queue does not exist."
TASK_ABSENT = "Requested entity was not found."
TASK_OVER = (
    "The task no longer exists, though a task with this name existed recently. "
    "The task either successfully completed or was deleted."
)


@dataclass
class Entry:
    """A task and what the API does not show of it: how often its target answered with something else than 5xx,
    its last answer's status, and why it is tried again."""

    message: Message
    executions: int = 0
    previous: int | None = None
    reason: str | None = None

    @property
    def name(self) -> str:
        return str(self.message.name)

    @property
    def queue(self) -> str:
        return self.name.rpartition("/tasks/")[0]

    @property
    def due(self) -> float:
        return get_time(self.message.schedule_time)


class Storage:
    """Every method is one transaction; safe to call from any thread. Times are seconds since 1970.

    Raises sqlite3.Error when the disk fails or is full.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(f"PRAGMA journal_size_limit = {KEPT_LOG_BYTES}")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                # SQLite itself rolls back some failures, a full disk among them.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    # ------------------------------------------------------------ queues

    def queues(self) -> Sequence[Message]:
        """By name."""
        with self._lock:
            rows = self._db.execute("SELECT message FROM queue ORDER BY name").fetchall()
        return [Queue.FromString(blob) for (blob,) in rows]

    def queue(self, name: str) -> Message:
        """Raises ApiError NOT_FOUND."""
        with self._lock:
            row = self._db.execute("SELECT message FROM queue WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise ApiError("NOT_FOUND", QUEUE_GONE)
        return Queue.FromString(row[0])

    def add_queue(self, queue: Message) -> None:
        """Raises ApiError ALREADY_EXISTS."""
        with self._transaction() as db:
            values = (queue.name, queue.SerializeToString())
            if db.execute("INSERT OR IGNORE INTO queue VALUES (?, ?)", values).rowcount == 0:
                raise ApiError("ALREADY_EXISTS", "Queue already exists.")

    def put_queue(self, queue: Message) -> None:
        with self._transaction() as db:
            db.execute("REPLACE INTO queue VALUES (?, ?)", (queue.name, queue.SerializeToString()))

    def remove_queue(self, name: str) -> None:
        with self._transaction() as db:
            db.execute("DELETE FROM task WHERE queue = ?", (name,))
            db.execute("DELETE FROM queue WHERE name = ?", (name,))

    def purge_queue(self, name: str, now: float) -> None:
        with self._transaction() as db:
            buried = "SELECT name, ? FROM task WHERE queue = ?"
            db.execute(f"REPLACE INTO tombstone (name, until) {buried}", (now + RESERVED, name))
            db.execute("DELETE FROM task WHERE queue = ?", (name,))

    # ------------------------------------------------------------ tasks

    def add(self, entry: Entry, now: float) -> None:
        """Raises ApiError: NOT_FOUND without its queue, ALREADY_EXISTS when the name is or was lately in use."""
        with self._transaction() as db:
            self.queue(entry.queue)
            if self._taken(entry.name, now):
                raise ApiError("ALREADY_EXISTS", "Requested entity already exists")
            values = (entry.name, entry.queue, entry.due, entry.message.SerializeToString())
            db.execute("INSERT INTO task (name, queue, due, message) VALUES (?, ?, ?, ?)", values)

    def _taken(self, name: str, now: float) -> bool:
        query = "SELECT 1 FROM task WHERE name = ? UNION ALL SELECT 1 FROM tombstone WHERE name = ? AND until > ?"
        return self._db.execute(query, (name, name, now)).fetchone() is not None

    def task(self, name: str) -> Entry:
        """Raises ApiError NOT_FOUND."""
        with self._lock:
            entry = self._find(name)
            if entry is not None:
                return entry
            over = self._db.execute("SELECT 1 FROM tombstone WHERE name = ?", (name,)).fetchone()
        raise ApiError("NOT_FOUND", TASK_OVER if over else TASK_ABSENT)

    def _find(self, name: str) -> Entry | None:
        query = "SELECT message, executions, previous, reason FROM task WHERE name = ?"
        row = self._db.execute(query, (name,)).fetchone()
        return row and Entry(Task.FromString(row[0]), *row[1:])

    def tasks(self, queue: str, after: str, limit: int) -> Sequence[Message]:
        """Those whose name comes after `after`, by name."""
        query = "SELECT message FROM task WHERE queue = ? AND name > ? ORDER BY name LIMIT ?"
        with self._lock:
            rows = self._db.execute(query, (queue, after, limit)).fetchall()
        return [Task.FromString(blob) for (blob,) in rows]

    def remove(self, name: str, now: float) -> bool:
        """The task is over; its name stays reserved. Returns whether it was there."""
        with self._transaction() as db:
            found = db.execute("DELETE FROM task WHERE name = ?", (name,)).rowcount == 1
            if found:
                db.execute("REPLACE INTO tombstone (name, until) VALUES (?, ?)", (name, now + RESERVED))
        return found

    # ------------------------------------------------------------ deliveries

    def due(self, queue: str, now: float, limit: int) -> Sequence[str]:
        """Names of tasks to deliver, the longest overdue first."""
        query = "SELECT name FROM task WHERE queue = ? AND due <= ? ORDER BY due LIMIT ?"
        with self._lock:
            return [name for (name,) in self._db.execute(query, (queue, now, limit))]

    def next_due(self, queue: str, now: float) -> float | None:
        """When the next task that is not due yet will be."""
        with self._lock:
            row = self._db.execute("SELECT min(due) FROM task WHERE queue = ? AND due > ?", (queue, now)).fetchone()
        due: float | None = row[0]
        return due

    def change(self, entry: Entry) -> bool:
        """Write a task back; returns whether it is still there."""
        values = (entry.due, entry.message.SerializeToString(), entry.executions, entry.previous, entry.reason)
        update = "UPDATE task SET due = ?, message = ?, executions = ?, previous = ?, reason = ? WHERE name = ?"
        with self._transaction() as db:
            return db.execute(update, (*values, entry.name)).rowcount == 1

    def sweep(self, now: float) -> None:
        """Forget names no longer reserved, and the oldest when there are very many."""
        with self._transaction() as db:
            db.execute("DELETE FROM tombstone WHERE until <= ?", (now,))
            db.execute("DELETE FROM tombstone WHERE id <= (SELECT max(id) FROM tombstone) - ?", (MAX_TOMBSTONES,))
