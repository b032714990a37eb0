"""The hub, on a real database: what it asks, what it tells, and that it never tells what was before what it told."""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pg8000.native
import pytest

from app.hub import Hub, Listener, Snapshot
from app.seats import Seats
from infra.local.postgres import Postgres
from infra.postgres.migrate import migrate
from infra.postgres.store import PostgresStore
from internal.errors import NotFound, TemporaryFailure
from internal.jobs import Job
from internal.times import Times
from internal.vlog import Vlog
from tests.contracts.rows import add_vlog, change
from tests.queue_server import wait_until

OWNER = "hub"
#: seconds: far longer than anything takes that a test waits for
LONG = 20.0
OFTEN = 0.05


class Counting(PostgresStore):
    """Notes what is asked of it. Whoever reads one vlog may be kept waiting between having read and knowing it."""

    def __init__(self, url: str) -> None:
        super().__init__(url, Times())
        self.rounds: list[int] = []
        self.rows: list[set[str]] = []
        self.reads = 0
        self.hold: Callable[[], object] = lambda: None

    def job_versions(self, vlog_ids: Sequence[str]) -> Mapping[str, int]:
        self.rounds.append(len(vlog_ids))
        return super().job_versions(vlog_ids)

    def standing(self, vlog_ids: Sequence[str]) -> Sequence[tuple[Vlog, Job]]:
        self.rows.append(set(vlog_ids))
        return super().standing(vlog_ids)

    def vlog(self, owner_id: str, vlog_id: str) -> tuple[Vlog, Job]:
        self.reads += 1
        try:
            return super().vlog(owner_id, vlog_id)
        finally:
            hold, self.hold = self.hold, lambda: None
            hold()


@pytest.fixture(scope="module")
def database(postgres_server: Postgres) -> Iterator[str]:
    """The name of an empty one, brought to our schema."""
    name = f"hub_{uuid.uuid4().hex}"
    postgres_server.make_database(name)
    migrate(postgres_server.url(name))
    yield name
    postgres_server.drop_database(name)


@pytest.fixture
def store(postgres_server: Postgres, database: str) -> Iterator[Counting]:
    made = Counting(postgres_server.url(database))
    yield made
    made.close()


@pytest.fixture
def ended() -> Iterator[threading.Event]:
    """What ends the process that a hub is of. Its thread has ended before its store is closed."""
    event = threading.Event()
    yield event
    event.set()
    for thread in threading.enumerate():
        if thread.name == "hub":
            thread.join()


@pytest.fixture
def hub(store: Counting, ended: threading.Event) -> Hub:
    """A reading is good for as long as a test lasts: only what is newer replaces it."""
    return Hub(store, ended, age=LONG, every=OFTEN)


def advance(store: PostgresStore, job: Job, progress: float = 0.5) -> Job:
    return change(store, job, lambda job, now: job.advance("compose", progress, ""))


def deleted(store: PostgresStore, job: Job) -> Job:
    return change(store, job, lambda job, now: job.delete(now))


def told(listener: Listener, than: int) -> Snapshot:
    newer = listener.newer(than, LONG)
    assert newer
    return newer


# ---- what it asks


def test_a_thousand_watched_vlogs_are_one_question_a_round(hub: Hub, store: Counting) -> None:
    jobs = [add_vlog(store, OWNER) for _ in range(3)]
    with ExitStack() as listeners:
        first, *_ = [listeners.enter_context(hub.listening(job.id)) for job in jobs]
        for _ in range(1000 - len(jobs)):
            listeners.enter_context(hub.listening(str(uuid.uuid4())))
        wait_until(lambda: store.rounds[-1:] == [1000] and store.rows)
        store.rounds.clear(), store.rows.clear()
        newest = advance(store, jobs[0])
        assert told(first, jobs[0].version).version == newest.version
        wait_until(lambda: len(store.rounds) > 1)
    assert set(store.rounds) == {1000}
    assert store.rows == [{jobs[0].id}]
    assert store.reads == 0


def test_one_reading_answers_everybody_who_asks(hub: Hub, store: Counting) -> None:
    job = add_vlog(store, OWNER)
    assert len({id(hub.look(OWNER, job.id)) for _ in range(20)}) == 1
    assert store.reads == 1


def test_without_an_age_each_who_asks_reads_and_nobody_else_does(store: Counting, ended: threading.Event) -> None:
    hub, job = Hub(store, ended, age=0, every=OFTEN), add_vlog(store, OWNER)
    for version in (1, 2, 3):
        assert hub.look(OWNER, job.id).version == version
        advance(store, job)
    assert (store.reads, store.rounds) == (3, [])


def test_what_nobody_asks_for_any_more_is_not_asked_of_the_database(store: Counting, ended: threading.Event) -> None:
    hub, job = Hub(store, ended, age=LONG, watched_for=0.0, every=OFTEN), add_vlog(store, OWNER)
    hub.look(OWNER, job.id)
    with hub.listening(str(uuid.uuid4())):
        wait_until(lambda: store.rounds)
        assert set(store.rounds) == {1}


def test_ids_that_are_nobodys_are_not_watched(hub: Hub, store: Counting) -> None:
    for _ in range(50):
        with pytest.raises(NotFound):
            hub.look(OWNER, str(uuid.uuid4()))
    with hub.listening(str(uuid.uuid4())):
        wait_until(lambda: store.rounds)
        assert set(store.rounds) == {1}


# ---- what it tells


def test_what_others_changed_is_seen_within_a_round(hub: Hub, store: Counting) -> None:
    job = add_vlog(store, OWNER)
    hub.look(OWNER, job.id)
    newest = advance(store, advance(store, job))
    wait_until(lambda: hub.look(OWNER, job.id).version == newest.version)
    assert store.reads == 1


def test_everybody_who_listens_is_told(hub: Hub, store: Counting) -> None:
    job = add_vlog(store, OWNER)
    with ExitStack() as open_ones, ThreadPoolExecutor(20) as threads:
        listeners = [open_ones.enter_context(hub.listening(job.id)) for _ in range(20)]
        waiting = [threads.submit(told, listener, job.version) for listener in listeners]
        newest = advance(store, job)
        assert {one.result(LONG).version for one in waiting} == {newest.version}


def test_anothers_vlog_is_not_found_also_while_its_owner_watches(hub: Hub, store: Counting) -> None:
    job = add_vlog(store, OWNER)
    with hub.listening(job.id) as listener:
        told(listener, 0)
        with pytest.raises(NotFound):
            hub.look("a stranger", job.id)
        assert hub.look(OWNER, job.id).version == job.version


def test_who_has_seen_a_newer_one_is_not_told_an_older(hub: Hub, store: Counting) -> None:
    job = add_vlog(store, OWNER)
    hub.look(OWNER, job.id)
    newest = advance(store, job)
    assert hub.look(OWNER, job.id, newest.version).version == newest.version
    assert hub.look(OWNER, job.id).version == newest.version


def test_who_listens_to_what_is_deleted_is_told_so(hub: Hub, store: Counting) -> None:
    job = add_vlog(store, OWNER)
    with hub.listening(job.id) as listener:
        told(listener, 0)
        deleted(store, job)
        with pytest.raises(NotFound):
            listener.newer(job.version, LONG)
        with pytest.raises(NotFound):
            hub.look(OWNER, job.id)


def test_when_the_process_ends_nobody_waits(hub: Hub, store: Counting, ended: threading.Event) -> None:
    job = add_vlog(store, OWNER)
    with hub.listening(job.id) as listener, ThreadPoolExecutor(1) as thread:
        told(listener, 0)
        waiting = thread.submit(listener.newer, job.version, 3600)
        ended.set()
        assert waiting.result(LONG) is None


# ---- the order of things


def test_what_was_read_before_a_change_does_not_come_back_after_it(hub: Hub, store: Counting) -> None:
    job = add_vlog(store, OWNER)
    has_read, may_go_on = threading.Event(), threading.Event()
    store.hold = lambda: (has_read.set(), may_go_on.wait(LONG))
    with ThreadPoolExecutor(1) as thread:
        late = thread.submit(hub.look, OWNER, job.id)
        has_read.wait(LONG)
        newest = advance(store, job)
        hub.changed(job.id)
        may_go_on.set()
        assert late.result(LONG).version == job.version
    assert hub.look(OWNER, job.id).version == newest.version


def test_what_was_read_before_it_was_deleted_does_not_bring_it_back(hub: Hub, store: Counting) -> None:
    job = add_vlog(store, OWNER)
    has_read, may_go_on = threading.Event(), threading.Event()
    store.hold = lambda: (has_read.set(), may_go_on.wait(LONG))
    with ThreadPoolExecutor(1) as thread, hub.listening(job.id) as listener:
        late = thread.submit(hub.look, OWNER, job.id)
        has_read.wait(LONG)
        told(listener, 0)
        deleted(store, job)
        with pytest.raises(NotFound):
            listener.newer(job.version, LONG)
        may_go_on.set()
        late.result(LONG)
        with pytest.raises(NotFound):
            hub.look(OWNER, job.id)


def test_however_many_ask_and_change_nobody_goes_back(store: Counting, ended: threading.Event) -> None:
    """Four who poll, each of whom changes it now and then, a listener, and one who changes it elsewhere."""
    hub, job = Hub(store, ended, age=1.0, every=OFTEN), add_vlog(store, OWNER)

    def person(number: int) -> list[int]:
        seen = []
        for turn in range(60):
            seen.append(hub.look(OWNER, job.id).version)
            if turn % 4 == number:
                seen.append(advance(store, job).version)
                hub.changed(job.id)
        return seen

    def listens(_number: int) -> list[int]:
        with hub.listening(job.id) as listener:
            seen = [0]
            while (newer := listener.newer(seen[-1], 1.0)) is not None:
                seen.append(newer.version)
        return seen

    def elsewhere(_number: int) -> list[int]:
        return [advance(store, job).version for _ in range(40)]

    with ThreadPoolExecutor(6) as threads:
        stories = [threads.submit(*one) for one in [*[(person, n) for n in range(4)], (listens, 0), (elsewhere, 0)]]
        for story in stories:
            seen = story.result(LONG)
            assert seen == sorted(seen)
    assert hub.look(OWNER, job.id).version == stories[4].result()[-1] == store.job(job.id).version


# ---- without the database


def test_without_the_database_they_wait_and_with_it_they_are_told(
    postgres_server: Postgres, database: str, store: Counting, ended: threading.Event
) -> None:
    hub, job = Hub(store, ended, age=1.0, every=OFTEN), add_vlog(store, OWNER)
    with hub.listening(job.id) as listener:
        told(listener, 0)
        with pg8000.native.Connection(
            "daylog", "127.0.0.1", "postgres", postgres_server.port, postgres_server.password
        ) as operator:
            operator.run(f"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS false")
            operator.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name", name=database)
            store.rounds.clear()
            wait_until(lambda: len(store.rounds) > 1)
            assert listener.newer(job.version, 0.1) is None
            with pytest.raises(TemporaryFailure):
                hub.look(OWNER, job.id, least=job.version + 1)
            operator.run(f"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS true")
        newest = advance(store, job)
        assert told(listener, job.version).version == newest.version


# ---- what is made of it


def test_a_body_is_made_once_and_again_when_what_it_is_of_changes(store: Counting) -> None:
    snapshot = Snapshot(*store.vlog(OWNER, add_vlog(store, OWNER).id))
    made = [snapshot.shown(of, lambda of=of: f"{of}".encode()) for of in (None, None, 3, 3, 2)]
    assert made == [b"None", b"None", b"3", b"3", b"2"]
    assert made[0] is made[1]


def test_seats_are_for_everybody_and_given_back() -> None:
    seats = Seats(most=5, most_each=3)
    with ExitStack() as taken:
        for _ in range(3):
            taken.enter_context(seats.taken("ann"))
        with pytest.raises(TemporaryFailure, match="too many vlogs"), seats.taken("ann"):
            pass
        for user in ("ben", "cho"):
            taken.enter_context(seats.taken(user))
        with pytest.raises(TemporaryFailure, match="Too many are watching") as refused, seats.taken("dee"):
            pass
        assert refused.value.retry_after
        assert 3 <= refused.value.retry_after <= 15
    with ExitStack() as taken:
        for _ in range(3):
            taken.enter_context(seats.taken("ann"))
