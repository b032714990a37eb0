"""The hub: one thread that reads how the vlogs being watched stand, for all who watch them.

However many watch, the database is asked once a round: for the versions of all these vlogs, and
then for the rows that have changed. A vlog is watched while somebody listens, and for some
seconds after somebody asked.

Several threads read the same rows. Three rules decide what of it is kept, so that nobody sees an
older version after a newer one through this process: a version gives way to a higher one alone;
after a change made here only what was asked for later counts; and so after a vlog was not found.
"""

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from internal.errors import NotFound, TemporaryFailure
from internal.jobs import Job
from internal.ports import Store
from internal.vlog import Vlog

log = logging.getLogger(__name__)

#: seconds between two rounds
EVERY = 0.5
#: seconds for which a vlog is watched after it was asked for: longer than between two polls
WATCHED_FOR = 10.0


@dataclass
class Snapshot:
    """A vlog as one version of its row has it, and what was last made of that to be shown."""

    vlog: Vlog
    job: Job
    _shown: tuple[Hashable, bytes] | None = None

    @property
    def version(self) -> int:
        return self.job.version

    def shown(self, of: Hashable, make: Callable[[], bytes]) -> bytes:
        """What `make` returns, made once for as long as `of` stays equal. (Threads that race may make it twice.)"""
        shown = self._shown
        if shown is None or shown[0] != of:
            shown = self._shown = of, make()
        return shown[1]


@dataclass
class _Watched:
    """One vlog. To be touched under the hub's lock, which `changed` has."""

    changed: threading.Condition
    snapshot: Snapshot | None = None
    gone: bool = False
    #: when the newest reading of it that counts began, on the monotonic clock
    as_of: float = 0.0
    listeners: int = 0
    until: float = 0.0

    def keep(self, read: Snapshot, began: float) -> Snapshot:
        """The newest there is: this, or what is known already."""
        known = self.snapshot
        if known and read.version <= known.version:
            if read.version == known.version:
                self.as_of = max(self.as_of, began)
            return known
        if known or began >= self.as_of:
            self.snapshot, self.gone, self.as_of = read, False, max(self.as_of, began)
            self.changed.notify_all()
        return read

    def lose(self, began: float) -> None:
        """It was not found."""
        if began >= self.as_of:
            self.snapshot, self.gone, self.as_of = None, True, began
            self.changed.notify_all()

    def is_behind(self, version: int, began: float) -> bool:
        """Whether its row must be read, when its version is this."""
        if self.snapshot is None or self.snapshot.version < version:
            return True
        if self.snapshot.version == version:
            self.as_of = max(self.as_of, began)
        return False


class Hub:
    """Of one process; its thread starts when first needed, and ends with `shutdown`. `age`: seconds for which a
    reading answers those who ask; with 0 each of them reads the row. `watched_for`: seconds after the last of them.
    `every`: seconds between two rounds."""

    def __init__(
        self,
        store: Store,
        shutdown: threading.Event,
        age: float = 1.0,
        watched_for: float = WATCHED_FOR,
        every: float = EVERY,
    ) -> None:
        self._store = store
        self._shutdown = shutdown
        self._age = age
        self._watched_for = watched_for
        self._every = every
        # a stream that nobody closed is closed by the collector of garbage, which may come while we hold this
        self._lock = threading.RLock()
        self._watched: dict[str, _Watched] = {}
        self._thread: threading.Thread | None = None
        self._reachable = True

    def look(self, owner_id: str, vlog_id: str, least: int = 0) -> Snapshot:
        """How the vlog stands: as it was read less than `age` seconds ago, but no version below `least`; else as its
        row says now. Raises NotFound, TemporaryFailure."""
        if not self._age:
            return Snapshot(*self._store.vlog(owner_id, vlog_id))
        return self._recent(owner_id, vlog_id, least) or self._read(owner_id, vlog_id)

    def _recent(self, owner_id: str, vlog_id: str, least: int) -> Snapshot | None:
        now = time.monotonic()
        with self._lock:
            watched = self._watched.get(vlog_id)
            if watched is None or watched.snapshot is None or now - watched.as_of >= self._age:
                return None
            if watched.snapshot.vlog.owner_id != owner_id or watched.snapshot.version < least:
                return None
            watched.until = now + self._watched_for
            return watched.snapshot

    def _read(self, owner_id: str, vlog_id: str) -> Snapshot:
        """Watched before it is read: so no change made meanwhile is missed."""
        began = time.monotonic()
        with self._lock:
            watched = self._watch(vlog_id)
            watched.until = began + self._watched_for
        try:
            read = Snapshot(*self._store.vlog(owner_id, vlog_id))
        except NotFound:
            self._not_found(owner_id, vlog_id, began)
            raise
        with self._lock:
            return watched.keep(read, began)

    def _not_found(self, owner_id: str, vlog_id: str, began: float) -> None:
        """What is no vlog of theirs may be somebody else's; what is nobody's need not be watched."""
        with self._lock:
            watched = self._watched.get(vlog_id)
            if watched and watched.snapshot and watched.snapshot.vlog.owner_id == owner_id:
                watched.lose(began)
            elif watched and not watched.snapshot and not watched.listeners:
                del self._watched[vlog_id]

    def changed(self, vlog_id: str) -> None:
        """This process has changed it: what was read before counts no more."""
        with self._lock:
            if watched := self._watched.get(vlog_id):
                watched.snapshot, watched.as_of = None, time.monotonic()

    @contextmanager
    def listening(self, vlog_id: str) -> Iterator["Listener"]:
        """Somebody waits for it to change."""
        with self._lock:
            watched = self._watch(vlog_id)
            watched.listeners += 1
        try:
            yield Listener(watched, self._shutdown)
        finally:
            with self._lock:
                watched.listeners -= 1

    def _watch(self, vlog_id: str) -> _Watched:
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="hub", daemon=True)
            thread.start()  # where the system has no thread left this raises, and the next who asks tries again
            self._thread = thread
        return self._watched.setdefault(vlog_id, _Watched(threading.Condition(self._lock)))

    # ---- the thread

    def _run(self) -> None:
        while not self._shutdown.wait(self._every):
            self._try_a_round()
        with self._lock:
            for watched in self._watched.values():
                watched.changed.notify_all()

    def _try_a_round(self) -> None:
        """Without the database those who listen wait; nothing else may stop the thread either."""
        try:
            self._round()
            self._reachable = True
        except TemporaryFailure as error:
            if self._reachable:
                log.warning("vlogs are not followed for now: %s", error)
            self._reachable = False
        except Exception:  # a defect met in one round must not end the thread for everybody: its trace is kept
            log.exception("vlogs could not be followed")

    def _round(self) -> None:
        ids = self._still_watched()
        if not ids:
            return
        began = time.monotonic()
        behind = self._compare(ids, self._store.job_versions(ids), began)
        if not behind:
            return
        began = time.monotonic()
        for vlog, job in self._store.standing(behind):
            with self._lock:
                if watched := self._watched.get(vlog.id):
                    watched.keep(Snapshot(vlog, job), began)

    def _still_watched(self) -> Sequence[str]:
        now = time.monotonic()
        with self._lock:
            for vlog_id in [one for one, of in self._watched.items() if not of.listeners and of.until < now]:
                del self._watched[vlog_id]
            return list(self._watched)

    def _compare(self, ids: Sequence[str], versions: Mapping[str, int], began: float) -> Sequence[str]:
        """Those whose rows must be read."""
        behind = []
        with self._lock:
            for vlog_id in ids:
                watched, version = self._watched.get(vlog_id), versions.get(vlog_id)
                if watched and version is None:
                    watched.lose(began)
                elif watched and version is not None and watched.is_behind(version, began):
                    behind.append(vlog_id)
        return behind


class Listener:
    """Somebody who waits for one vlog to change."""

    def __init__(self, watched: _Watched, shutdown: threading.Event) -> None:
        self._watched = watched
        self._shutdown = shutdown

    def newer(self, than: int, seconds: float) -> Snapshot | None:
        """The newest snapshot, as soon as its version is higher; None when time is up or this process ends. Raises
        NotFound when the vlog is deleted."""
        with self._watched.changed:
            self._watched.changed.wait_for(lambda: self._is_over(than), seconds)
            if self._watched.gone:
                raise NotFound("This vlog has been deleted.")
            return self._newer(than)

    def _is_over(self, than: int) -> bool:
        return self._watched.gone or self._shutdown.is_set() or self._newer(than) is not None

    def _newer(self, than: int) -> Snapshot | None:
        known = self._watched.snapshot
        return known if known and known.version > than else None
