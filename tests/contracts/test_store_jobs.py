"""The store keeps its promises about one job that many want to change: leases, fences, versions, checkpoints."""

import math
from dataclasses import replace

import pg8000.native
import pytest
from sqlalchemy import make_url

from infra.postgres.store import PostgresStore
from internal.errors import LeaseLost, NotFound, TemporaryFailure
from internal.jobs import Dispatch, Job, JobError
from internal.times import Times
from tests.contracts.rows import HOUR, LONG_AGO, SECOND, TIMES, add_vlog, at_once, change, dispatch_of, lease


def show(job: Job, _now: object) -> Job:
    return job.advance("analyze", job.progress + 0.01, "on")


# ---- leases and fences


def test_of_ten_deliveries_at_once_one_gets_the_lease(store: PostgresStore, owner: str) -> None:
    job = add_vlog(store, owner)

    def take(_: int) -> bool:
        with store.write(job.id) as tx:
            if not tx.job.accepts(dispatch_of(job), tx.now):
                return False
            tx.save(tx.job.lease(tx.now, TIMES), "leased")
            return True

    answers = at_once(10, take)
    assert (answers.count(True), answers.count(False)) == (1, 9)
    assert (store.job(job.id).fence, store.job(job.id).attempt) == (1, 1)


def test_a_write_of_an_older_lease_is_refused(store: PostgresStore, owner: str) -> None:
    first = lease(store, add_vlog(store, owner))
    change(store, first, lambda job, now: job.expire(now))
    second = lease(store, first)
    with pytest.raises(LeaseLost):
        change(store, first, show, fence=first.fence)
    assert store.job(first.id) == second
    assert change(store, second, show, fence=second.fence).progress == 0.01


@pytest.mark.parametrize("ending", ["release", "park", "cancelled"])
def test_a_write_after_the_lease_was_let_go_is_refused(store: PostgresStore, owner: str, ending: str) -> None:
    job = lease(store, add_vlog(store, owner))
    change(store, job, lambda job, now: getattr(job, ending)(now))
    with pytest.raises(LeaseLost):
        change(store, job, show, fence=job.fence)


def test_a_fence_of_the_run_before_does_not_open_the_next_run(store: PostgresStore, owner: str) -> None:
    old = lease(store, add_vlog(store, owner))
    change(store, old, lambda job, now: job.fail(now, JobError("broken", "")))
    change(store, old, lambda job, now: job.retry(now))
    for _ in range(2):
        with pytest.raises(LeaseLost):
            change(store, old, show, fence=old.fence)
        lease(store, old)


def test_only_a_lease_that_is_held_can_be_renewed(store: PostgresStore, owner: str) -> None:
    job = lease(store, add_vlog(store, owner))
    assert store.renew(job.id, job.fence, HOUR).held
    assert store.job(job.id).lease_until > job.lease_until + HOUR / 2  # type: ignore[operator]  # both are leased
    assert not store.renew(job.id, job.fence - 1, HOUR).held
    assert not store.renew("absent", 1, HOUR).held
    change(store, job, lambda job, now: replace(job, lease_until=now - SECOND))
    assert not store.renew(job.id, job.fence, HOUR).held
    change(store, job, lambda job, now: job.release(now))
    assert not store.renew(job.id, job.fence, HOUR).held


def test_a_renewal_tells_of_a_cancel_and_of_the_deadline(store: PostgresStore, owner: str) -> None:
    job = lease(store, add_vlog(store, owner))
    quiet = store.renew(job.id, job.fence, HOUR)
    assert (quiet.cancel_requested, quiet.overdue) == (False, False)
    change(store, job, lambda job, now: replace(job.cancel(now), deadline_at=LONG_AGO))
    loud = store.renew(job.id, job.fence, HOUR)
    assert (loud.cancel_requested, loud.overdue) == (True, True)


def test_a_renewal_is_no_visible_change(store: PostgresStore, owner: str) -> None:
    job = lease(store, add_vlog(store, owner))
    store.renew(job.id, job.fence, HOUR)
    assert store.job(job.id).version == job.version
    assert len(store.events(job.id)) == 2


def test_a_dispatch_is_noted_once_and_only_while_it_is_the_newest(store: PostgresStore, owner: str) -> None:
    job = add_vlog(store, owner)
    store.dispatched(Dispatch(job.id, 1, 7))
    assert store.job(job.id).dispatched_at is None
    store.dispatched(dispatch_of(job))
    noted = store.job(job.id)
    assert noted == replace(job, dispatched_at=noted.dispatched_at)
    assert noted.dispatched_at
    store.dispatched(dispatch_of(job))
    assert store.job(job.id) == noted


def test_a_dispatch_at_work_needs_no_note(store: PostgresStore, owner: str) -> None:
    job = lease(store, add_vlog(store, owner))
    store.dispatched(dispatch_of(job))
    assert store.job(job.id) == job


def test_a_job_that_is_absent_cannot_be_written(store: PostgresStore) -> None:
    with pytest.raises(NotFound), store.write("absent"):
        pass
    with pytest.raises(NotFound):
        store.job("absent")


# ---- versions and events


def test_nothing_of_a_transaction_that_raised_is_written(store: PostgresStore, owner: str) -> None:
    job = add_vlog(store, owner)
    with pytest.raises(ZeroDivisionError):
        undone(store, job)
    assert store.job(job.id) == job
    assert store.checkpoint(job.id, "analyze", "undone") is None
    assert len(store.events(job.id)) == 1


def test_versions_and_events_have_the_same_numbers_and_no_gaps(store: PostgresStore, owner: str) -> None:
    job = lease(store, add_vlog(store, owner))
    at_once(8, lambda _: [change(store, job, show) for _ in range(5)])
    with pytest.raises(ZeroDivisionError):
        undone(store, job)
    last = change(store, job, show)
    events = store.events(job.id)
    assert [event.seq for event in events] == list(range(1, last.version + 1))
    assert last.version == 2 + 40 + 1
    assert events[-1].progress == last.progress
    assert [event.seq for event in store.events(job.id, after=last.version - 2)] == [last.version - 1, last.version]


def undone(store: PostgresStore, job: Job) -> None:
    with store.write(job.id) as tx:
        tx.save(tx.job, "undone")
        tx.add_checkpoint("analyze", "undone", {}, tx.now)
        raise ZeroDivisionError


def test_an_event_tells_what_changed(store: PostgresStore, owner: str) -> None:
    job = lease(store, add_vlog(store, owner))
    with store.write(job.id, job.fence) as tx:
        tx.save(tx.job.advance("compose", 0.5, "Drawing"), "progress", {"chunk": 3})
    event = store.events(job.id)[-1]
    assert (event.kind, event.step, event.progress, event.message) == ("progress", "compose", 0.5, "Drawing")
    assert event.data == {"status": "running", "run": 1, "fence": 1, "chunk": 3}
    assert event.at == store.job(job.id).updated_at


# ---- checkpoints


def keep(store: PostgresStore, job: Job, sha: str, output: object) -> None:
    with store.write(job.id) as tx:
        tx.add_checkpoint("analyze", sha, {"output": output}, tx.now)


def test_a_checkpoint_is_found_for_equal_input_only(store: PostgresStore, owner: str) -> None:
    job = add_vlog(store, owner)
    keep(store, job, "sha", 1)
    assert store.checkpoint(job.id, "analyze", "sha") == {"output": 1}
    assert store.checkpoint(job.id, "analyze", "other") is None
    assert store.checkpoint(job.id, "compose", "sha") is None
    assert store.checkpoint(add_vlog(store, owner).id, "analyze", "sha") is None


def test_a_second_checkpoint_of_a_run_replaces_the_first(store: PostgresStore, owner: str) -> None:
    job = add_vlog(store, owner)
    keep(store, job, "old", 1)
    keep(store, job, "new", 2)
    assert store.checkpoint(job.id, "analyze", "old") is None
    assert store.checkpoint(job.id, "analyze", "new") == {"output": 2}


def test_the_next_run_reuses_checkpoints_of_the_runs_before(store: PostgresStore, owner: str) -> None:
    job = add_vlog(store, owner)
    keep(store, job, "sha", "first run's")
    change(store, job, lambda job, now: job.cancel(now))
    change(store, job, lambda job, now: job.retry(now))
    assert store.checkpoint(job.id, "analyze", "sha") == {"output": "first run's"}
    keep(store, job, "sha", "second run's")
    assert store.checkpoint(job.id, "analyze", "sha") == {"output": "second run's"}


def test_a_checkpoint_comes_back_as_it_was_kept(store: PostgresStore, owner: str) -> None:
    job = add_vlog(store, owner)
    output = {
        "z": [0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0, 2**53 + 1, 1.0, 1],
        "a": {"text": '夜 🌃 \\ " \n \u0000', "none": None, "yes": True, "empty": [{}, []]},
    }
    keep(store, job, "sha", output)
    kept = store.checkpoint(job.id, "analyze", "sha")
    assert repr(kept) == repr({"output": output})
    assert math.copysign(1, kept["output"]["z"][4]) == -1


# ---- a database that goes away


def end_connections(url: str) -> None:
    at = make_url(url)
    admin = pg8000.native.Connection(
        at.username, host=at.host, port=at.port, password=at.password, database=at.database
    )
    admin.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()",
        name=at.database,
    )
    admin.close()


@pytest.mark.parametrize("more", [True, False], ids=["with more to write", "just before the commit"])
def test_a_transaction_whose_connection_ends_writes_nothing(
    store: PostgresStore, postgres_url: str, owner: str, more: bool
) -> None:
    job = add_vlog(store, owner)

    def write() -> None:
        with store.write(job.id) as tx:
            tx.save(tx.job.advance("analyze", 0.5, ""), "progress")
            end_connections(postgres_url)
            if more:
                tx.add_checkpoint("analyze", "sha", {}, tx.now)

    with pytest.raises(TemporaryFailure):
        write()
    assert_works_again(store, job)
    assert store.checkpoint(job.id, "analyze", "sha") is None


def assert_works_again(store: PostgresStore, job: Job) -> None:
    """A pooled connection that died may cost one more failure each; none of them was written."""
    for _ in range(30):
        try:
            assert store.job(job.id) == job
            return
        except TemporaryFailure:
            continue
    pytest.fail("the store does not find its way back")


def test_a_database_out_of_reach_is_a_temporary_failure() -> None:
    nowhere = PostgresStore("postgresql+pg8000://nobody:x@127.0.0.1:1/none", Times())
    for ask in (nowhere.ping, lambda: nowhere.job("a"), lambda: nowhere.renew("a", 1, SECOND)):
        with pytest.raises(TemporaryFailure):
            ask()
