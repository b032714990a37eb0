"""Workers that freeze, are told to end or lose the database while they pay: another goes on, and nothing is paid for
twice of which anybody could know."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from internal.jobs import Job, Status
from internal.paid import PaidState
from tests.faults.gate import Gate, Verdict
from tests.faults.house import soon
from tests.faults.ordering import Ordering
from tests.faults.statements import Statements, is_commit
from tests.faults.test_shutdown import MOST
from tests.faults.worker import FREEZE_AT, Worker
from tests.vertex import Answer

INTENT, SUBMITTED, UNKNOWN, DONE = PaidState.INTENT, PaidState.SUBMITTED, PaidState.UNKNOWN, PaidState.DONE


@contextmanager
def zombie_at(ordering: Ordering, place: str, film: Callable[[], str]) -> Iterator[tuple[Worker, str]]:
    """A worker that froze there while it worked on the film, which by now is another's."""
    # its lease outlasts the answer to an order: soon over, then
    with ordering.worker() as other, ordering.worker(**{FREEZE_AT: place, "SUBMIT_TIMEOUT": "3"}) as zombie:
        asked = film()
        soon(lambda: zombie.frozen)
        ordering.house.gate.target = other.port
        ordering.house.wait_for(asked, lambda job: job.fence > 1)
        yield zombie, asked


def wake(zombie: Worker) -> None:
    zombie.wake()
    soon(lambda: zombie.said("delivery ended: lease lost"))


def test_a_worker_that_wakes_up_too_late_sends_no_order(ordering: Ordering) -> None:
    with zombie_at(ordering, "intent kept", ordering.film) as (zombie, film):
        ordering.until(film, UNKNOWN)
        wake(zombie)
        assert ordering.sent(film) == 0
        ordering.let_window_pass(film)
        ordering.complete(film)
        assert ordering.states(film) == [UNKNOWN, DONE]
        assert ordering.taken(film) == 1


def test_an_order_sent_by_a_worker_that_froze_just_before_is_the_only_one(ordering: Ordering) -> None:
    """It slept for less time than its outcome stays unknown."""
    with zombie_at(ordering, "start", ordering.film) as (zombie, film):
        ordering.until(film, UNKNOWN)
        wake(zombie)
        ordering.complete(film)
        assert ordering.states(film) == [DONE]
        assert ordering.taken(film) == 1


def test_an_order_sent_by_a_worker_that_slept_for_longer_is_in_the_ledger(ordering: Ordering) -> None:
    with zombie_at(ordering, "start", ordering.film) as (zombie, film):
        ordering.until(film, UNKNOWN)
        ordering.let_window_pass(film)
        job, ledger = ordering.complete(film), ordering.ledger(film)
        assert (ordering.states(film), ordering.taken(film)) == ([UNKNOWN, DONE], 1)
        wake(zombie)
        assert ordering.taken(film) == 2
        assert (ordering.house.row(film), ordering.ledger(film)) == (job, ledger)
        assert ordering.cost(film) == sum(call.usd for call in ledger)


def test_a_worker_that_froze_while_it_asked_writes_nothing(ordering: Ordering) -> None:
    at_work = Answer(seconds=1.0, object_after=1.0)
    with zombie_at(ordering, "poll", lambda: ordering.film(at_work)) as (zombie, film):
        job, ledger = ordering.complete(film), ordering.ledger(film)
        wake(zombie)
        assert (ordering.house.row(film), ordering.ledger(film)) == (job, ledger)
        assert ordering.taken(film) == 1


# ---------------------------------------------------------------- told to end


def ended(ordering: Ordering, film: Callable[[], str], when: Callable[[str], bool]) -> Job:
    """The film, whose first worker was told to end when `when` was true of it; as that worker left it."""
    with ordering.worker() as first:
        asked = film()
        soon(lambda: when(asked))
        with ordering.house.paused_queue():
            assert first.end() < MOST
            left = ordering.house.row(asked)
    assert (left.status, left.lease_until) == (Status.WAITING, None)
    return left


def test_a_worker_told_to_end_while_it_orders_keeps_the_answer(ordering: Ordering) -> None:
    left = ended(ordering, lambda: ordering.film(Answer(delay=1.0)), lambda film: ordering.sent(film) == 1)
    (call,) = ordering.ledger(left.id)
    assert (call.state, bool(call.operation)) == (SUBMITTED, True)
    with ordering.worker():
        ordering.complete(left.id)
    assert ordering.sent(left.id) == 1


def test_a_worker_told_to_end_while_it_asks_lets_go(ordering: Ordering) -> None:
    asked_before = ordering.vertex.requests["poll"]
    left = ended(
        ordering,
        lambda: ordering.film(Answer(seconds=2.0, object_after=2.0), polls=[Answer(delay=1.0)]),
        lambda film: ordering.vertex.requests["poll"] > asked_before,
    )
    assert ordering.states(left.id) == [SUBMITTED]
    with ordering.worker():
        ordering.complete(left.id)
    assert ordering.sent(left.id) == 1


# --------------------------------------------------------- without its database


def cut(verdict: Verdict, times: int, wanted: Callable[[int, bytes], bool]) -> Statements:
    """That becomes of the first statements that are wanted."""
    left = times

    def judge(connection: int, statement: bytes) -> Verdict:
        nonlocal left
        found = wanted(connection, statement)
        left -= found
        return verdict if found and left >= 0 else Verdict.PASS

    return Statements(judge)


def tells_operation(_: int, statement: bytes) -> bool:
    return b"/operations/" in statement


def commits_intent() -> Callable[[int, bytes], bool]:
    """True of a COMMIT where there was an intent before."""
    seen: set[int] = set()

    def wanted(connection: int, statement: bytes) -> bool:
        if statement.startswith(b"insert into paid_call"):
            seen.add(connection)
        return connection in seen and is_commit(statement)

    return wanted


@pytest.fixture
def worker(ordering: Ordering, between: Gate) -> Iterator[Worker]:
    """One that reaches the database through the gate."""
    with ordering.worker(DATABASE_URL=ordering.house.database_url(between.port)) as worker:
        yield worker


@pytest.mark.usefixtures("worker")
def test_the_name_of_an_operation_is_kept_though_the_database_was_away(ordering: Ordering, between: Gate) -> None:
    between.judge = cut(Verdict.CUT, 1, tells_operation)
    film = ordering.film()
    ordering.complete(film)
    (call,) = ordering.ledger(film)
    assert call.operation
    assert ordering.sent(film) == 1


@pytest.mark.usefixtures("worker")
def test_an_order_whose_operation_could_not_be_kept_is_not_sent_again(ordering: Ordering, between: Gate) -> None:
    between.judge = cut(Verdict.CUT, 1000, tells_operation)
    film = ordering.film()
    ordering.complete(film)
    (call,) = ordering.ledger(film)
    assert (call.state, call.operation) == (DONE, None)
    assert ordering.sent(film) == 1


@pytest.mark.usefixtures("worker")
def test_an_intent_that_was_not_committed_sends_nothing(ordering: Ordering, between: Gate) -> None:
    between.judge = cut(Verdict.CUT, 1, commits_intent())
    film = ordering.film()
    ordering.complete(film)
    assert ordering.states(film) == [DONE]
    assert ordering.sent(film) == 1


@pytest.mark.usefixtures("worker")
def test_an_intent_that_was_committed_though_nobody_heard_is_looked_after(ordering: Ordering, between: Gate) -> None:
    between.judge = cut(Verdict.CUT_ANSWER, 1, commits_intent())
    film = ordering.film()
    ordering.until(film, UNKNOWN)
    assert ordering.sent(film) == 0
    ordering.let_window_pass(film)
    ordering.complete(film)
    assert ordering.states(film) == [UNKNOWN, DONE]
    assert ordering.sent(film) == 1
