"""The ledger: one paid call at a time for one input, exact sums on the database's clock, and rows that outlive jobs."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from threading import Event as Signal
from threading import Thread

import pytest
from sqlalchemy import Connection, create_engine, func, update

from infra.postgres.ledger import PAID_CALL, USAGE
from infra.postgres.migrate import migrate
from infra.postgres.store import PostgresStore
from internal.errors import Conflict, LeaseLost, NotFound
from internal.jobs import Job, JobError
from internal.paid import Limits, PaidState, Spending
from internal.ports import Usage
from tests.contracts.calls import FILTERED, SHA, Change, ask, intend, order, reject, spending, turn
from tests.contracts.rows import HOUR, SECOND, TIMES, add_vlog, at_once, change, lease


@pytest.fixture
def alone(empty_database_url: str) -> Iterator[PostgresStore]:
    """A store in which nobody else spends anything."""
    migrate(empty_database_url)
    with closing(PostgresStore(empty_database_url, TIMES)) as store:
        yield store


@pytest.fixture
def sql(empty_database_url: str) -> Iterator[Connection]:
    """To move rows of that store into the past, which no port can."""
    engine = create_engine(empty_database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def job(store: PostgresStore, owner: str) -> Job:
    return add_vlog(store, owner)


# ---- calls


def test_a_call_is_read_in_each_state_as_it_was_saved(store: PostgresStore, job: Job) -> None:
    saved = [intend(store, order(job, scene, input_sha=f"{scene:064x}", usd=scene / 7)) for scene in range(1, 6)]
    saved[1] = turn(store, saved[1], lambda call, now: call.submitted(now, f"operations/{job.id}/2"))
    saved[2] = turn(store, saved[2], lambda call, now: call.done(now, f"{call.prefix}1.mp4"))
    saved[3] = turn(store, saved[3], lambda call, now: replace(reject(call, now), again=True))
    saved[4] = turn(store, saved[4], lambda call, now: call.unknown())
    assert list(store.ledger(job.id)) == saved
    for call in saved:
        assert store.paid_calls(job.owner_id, call.input_sha) == [call]
    assert store.paid_calls(f"not-{job.owner_id}", SHA) == []


def test_calls_come_oldest_first(store: PostgresStore, job: Job) -> None:
    made = [turn(store, intend(store, order(job, 9 - n, n)), reject) for n in range(1, 5)]
    assert list(store.ledger(job.id)) == list(store.paid_calls(job.owner_id, SHA)) == made


def test_a_call_that_is_not_there_is_not_found(store: PostgresStore, job: Job) -> None:
    with store.write(job.id) as tx:
        with pytest.raises(NotFound):
            tx.paid_call("veo/absent/")
        with pytest.raises(NotFound):
            tx.save_paid_call(order(job).intended(tx.now, HOUR))


# ---- one at a time


def test_two_jobs_cannot_order_one_input_at_once(store: PostgresStore, owner: str, job: Job) -> None:
    other = add_vlog(store, owner)
    open_call = intend(store, order(job))
    for state in (lambda call, now: call.unknown(), lambda call, now: call.submitted(now, f"operations/{job.id}")):
        with pytest.raises(Conflict):
            intend(store, order(other))
        open_call = turn(store, open_call, state)
    intend(store, order(other, input_sha="cd" * 32))
    intend(store, order(add_vlog(store, f"not-{owner}")))
    assert [call.job_id for call in store.paid_calls(owner, SHA)] == [job.id]


@pytest.mark.parametrize("settle", [reject, lambda call, now: call.given_up(now, FILTERED)], ids=["rejected", "gone"])
def test_once_one_is_settled_another_may_begin(store: PostgresStore, owner: str, job: Job, settle: Change) -> None:
    turn(store, intend(store, order(job)), settle)
    again = intend(store, order(add_vlog(store, owner)))
    with pytest.raises(Conflict):
        intend(store, order(job, ordinal=2))
    assert store.paid_calls(owner, SHA)[-1] == again


def test_no_two_calls_share_a_prefix(store: PostgresStore, job: Job) -> None:
    turn(store, intend(store, order(job)), reject)
    with pytest.raises(Conflict):
        intend(store, order(job, input_sha="cd" * 32))


def test_of_two_jobs_that_order_one_input_at_once_exactly_one_may(store: PostgresStore, owner: str) -> None:
    for round_no in range(5):
        jobs = [add_vlog(store, owner) for _ in range(2)]
        sha = f"{round_no:064x}"
        answers = at_once(2, lambda n, jobs=jobs, sha=sha: intend(store, order(jobs[n], input_sha=sha)))
        assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "PaidCall"]
        assert len(store.paid_calls(owner, sha)) == 1


def test_jobs_that_look_at_the_sums_and_order_at_once_stay_within_a_limit(store: PostgresStore, owner: str) -> None:
    jobs = [add_vlog(store, owner) for _ in range(6)]

    limits = Limits(owner_day=1.2, service_day=1e9)

    def order_within(number: int) -> JobError | None:
        call = order(jobs[number], input_sha=f"{number:064x}")
        with store.write(call.job_id) as tx:
            if (over := limits.exceeded(tx.spending(), call.usd, None)) is None:
                tx.add_paid_call(call.intended(tx.now, HOUR))
        return over

    assert at_once(6, order_within).count(None) == 3
    assert store.spent(owner).owner == pytest.approx(1.2)


def waits_for(held: Callable[[], object], other: Callable[[], object]) -> bool:
    """Whether `other`, begun now, goes on only when `held` has been called."""
    done = Signal()
    thread = Thread(target=lambda: (other(), done.set()))
    thread.start()
    waited = not done.wait(0.3)
    held()
    thread.join(30)
    return waited and done.is_set()


def test_a_call_that_one_transaction_changes_is_held_from_others(store: PostgresStore, owner: str, job: Job) -> None:
    call, other = intend(store, order(job)), add_vlog(store, owner)
    found = []

    def look() -> None:
        with store.write(other.id) as tx:
            found.append(tx.paid_call(call.prefix))

    tx = (transaction := store.write(job.id)).__enter__()
    tx.save_paid_call(tx.paid_call(call.prefix).submitted(tx.now, f"operations/{job.id}"))
    assert waits_for(lambda: transaction.__exit__(None, None, None), look)
    assert found == [store.ledger(job.id)[0]]
    assert found[0].state is PaidState.SUBMITTED


def test_who_has_seen_the_sums_is_not_overtaken(store: PostgresStore, owner: str, job: Job) -> None:
    other = add_vlog(store, f"not-{owner}")
    (transaction := store.write(job.id)).__enter__().spending()
    assert waits_for(lambda: transaction.__exit__(None, None, None), lambda: intend(store, order(other)))


def test_a_lease_that_is_lost_pays_for_nothing(store: PostgresStore, job: Job) -> None:
    leased = lease(store, job)
    change(store, leased, lambda job, now: job.expire(now))
    with pytest.raises(LeaseLost), store.write(job.id, leased.fence) as tx:
        tx.add_paid_call(order(job).intended(tx.now, HOUR))
    assert store.ledger(job.id) == []


# ---- sums


def test_what_may_have_been_charged_counts_and_what_was_refused_does_not(store: PostgresStore, job: Job) -> None:
    calls = [intend(store, order(job, scene, input_sha=f"{scene:064x}", usd=0.1)) for scene in range(1, 7)]
    changes: list[Change] = [
        lambda call, now: call.submitted(now, f"operations/{job.id}"),
        lambda call, now: call.unknown(),
        lambda call, now: call.done(now, "key"),
        lambda call, now: call.given_up(now, FILTERED),
        reject,
    ]
    for call, how in zip(calls, changes, strict=False):
        turn(store, call, how)
    ask(store, job, 0.0007)
    found = spending(store, job)
    assert (found.job, found.owner) == (0.5007, 0.5007)
    assert store.vlog(job.owner_id, job.id)[0].cost == 0.5007


def test_sums_are_of_the_job_of_its_owner_and_of_all(alone: PostgresStore, owner: str) -> None:
    assert alone.spent(owner) == Spending()
    jobs = [add_vlog(alone, whose) for whose in (owner, owner, f"not-{owner}")]
    for number, job in enumerate(jobs):
        intend(alone, order(job, input_sha=f"{number:064x}", usd=1.0))
        ask(alone, job, 0.25)
    assert spending(alone, jobs[0]) == alone.spent(owner, jobs[0].id) == Spending(1.25, 2.5, 3.75, 3)
    assert alone.spent(owner) == Spending(0, 2.5, 3.75, 3)


def test_a_day_and_a_minute_end_and_a_jobs_own_sum_does_not(alone: PostgresStore, owner: str, sql: Connection) -> None:
    job = add_vlog(alone, owner)
    intend(alone, order(job, usd=1.0))
    ask(alone, job, 0.5)
    for ago, today, lately in ((45 * SECOND, 1.5, 1), (61 * SECOND, 1.5, 0), (23 * HOUR, 1.5, 0), (25 * HOUR, 0, 0)):
        then = func.clock_timestamp() - ago
        sql.execute(update(PAID_CALL).where(PAID_CALL.c.job_id == job.id).values(intent_at=then))
        sql.execute(update(USAGE).where(USAGE.c.job_id == job.id).values(at=then))
        assert spending(alone, job) == Spending(1.5, today, today, lately)


def test_ten_cents_ten_times_are_a_dollar(store: PostgresStore, job: Job) -> None:
    for _ in range(10):
        ask(store, job, 0.1)
    assert spending(store, job).job == 1.0


def test_each_vlog_of_a_page_has_its_own_cost(store: PostgresStore, owner: str) -> None:
    jobs = [add_vlog(store, owner) for _ in range(3)]
    for number, job in enumerate(jobs[:2], start=1):
        intend(store, order(job, input_sha=f"{number:064x}", usd=number))
        ask(store, job, 0.01)
    page, total = store.vlogs(owner, 10, 0)
    assert {vlog.id: vlog.cost for vlog, _ in page} == dict(zip([job.id for job in jobs], (1.01, 2.01, 0), strict=True))
    assert total == 3


# ---- history


def test_the_ledger_is_kept_when_its_vlog_is_reaped(store: PostgresStore, owner: str, job: Job) -> None:
    call = turn(store, intend(store, order(job)), lambda call, now: call.done(now, f"{call.prefix}1.mp4"))
    ask(store, job, 0.1)
    change(store, job, lambda job, now: job.delete(now))
    store.reap_vlog(job.id)
    with pytest.raises(NotFound):
        store.job(job.id)
    assert store.ledger(job.id) == store.paid_calls(owner, SHA) == [call]
    assert store.spent(owner).owner == 0.5


def reapable(store: PostgresStore, job: Job) -> bool:
    return job.id in [found.id for _, found in store.reapable_vlogs(timedelta(0), 10_000)]


def test_a_deleted_vlog_is_not_reaped_while_something_may_still_come_for_it(store: PostgresStore, job: Job) -> None:
    call = intend(store, order(job))
    change(store, job, lambda job, now: job.delete(now))
    assert not reapable(store, job)
    turn(store, call, lambda call, now: replace(call, unknown_until=now))
    assert reapable(store, job)


def test_a_deleted_vlogs_clips_stay_while_another_of_its_owners_is_made(store: PostgresStore, owner: str) -> None:
    gone, other, another_owners = (add_vlog(store, whose) for whose in (owner, owner, f"not-{owner}"))
    change(store, gone, lambda job, now: job.delete(now))
    assert reapable(store, gone)
    turn(store, intend(store, order(gone)), lambda call, now: call.done(now, f"{call.prefix}1.mp4"))
    assert not reapable(store, gone)
    parked = change(store, lease(store, other), lambda job, now: job.park(now))
    assert reapable(store, gone)
    change(store, parked, lambda job, now: job.resume(now))
    assert not reapable(store, gone)
    change(store, gone, lambda job, now: replace(job, deleted_at=now - timedelta(hours=1)))
    assert reapable(store, gone)
    change(store, gone, lambda job, now: replace(job, deleted_at=now))
    change(store, other, lambda job, now: job.cancel(now))
    assert reapable(store, gone)
    assert not store.job(another_owners.id).finished


def test_what_a_rolled_back_transaction_ordered_was_never_ordered(store: PostgresStore, job: Job) -> None:
    with pytest.raises(NotFound), store.write(job.id) as tx:  # noqa: PT012 - what came before is undone
        tx.add_paid_call(order(job).intended(tx.now, SECOND))
        tx.add_usage(Usage("gemini", 1, 1, 0.1))
        tx.paid_call("veo/absent/")
    assert store.ledger(job.id) == []
    assert store.spent(job.owner_id).owner == 0
