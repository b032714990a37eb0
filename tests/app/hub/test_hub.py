"""The hub, on a real database: what it asks, and what it tells."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pg8000.native
import pytest

from app.hub import Hub, Snapshot
from app.seats import Seats
from infra.local.postgres import Postgres
from internal.errors import NotFound, TemporaryFailure
from tests.app.hub.given import LONG, OFTEN, OWNER, Counting, advance, deleted, told
from tests.contracts.rows import add_vlog
from tests.queue_server import wait_until

# ---- what it asks


def test_a_thousand_watched_vlogs_are_one_question_a_round(hub: Hub, store: Counting) -> None:
    jobs = [add_vlog(store, OWNER) for _ in range(3)]
    with ExitStack() as listeners:
        ours = [listeners.enter_context(hub.listening(job.id)) for job in jobs]
        for _ in range(1000 - len(jobs)):
            listeners.enter_context(hub.listening(str(uuid.uuid4())))
        assert [told(listener, 0).version for listener in ours] == [job.version for job in jobs]
        wait_until(lambda: store.rounds[-1:] == [1000])
        store.rounds.clear(), store.rows.clear()
        newest = advance(store, jobs[0])
        assert told(ours[0], jobs[0].version).version == newest.version
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
