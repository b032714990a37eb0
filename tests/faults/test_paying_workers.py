"""Workers that freeze or are told to end while they pay: another goes on, and what anybody could know to be paid for is
not paid for again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from internal.jobs import Job, Status
from internal.paid import PaidState
from tests.faults.house import soon
from tests.faults.ordering import Ordering
from tests.faults.test_shutdown import MOST
from tests.faults.worker import FREEZE_AT, Worker
from tests.vertex import Answer

SUBMITTED, UNKNOWN, DONE = PaidState.SUBMITTED, PaidState.UNKNOWN, PaidState.DONE


@pytest.fixture(scope="module", autouse=True)
def other(ordering: Ordering) -> Iterator[Worker]:
    """The worker that goes on."""
    with ordering.worker() as worker:
        yield worker


@contextmanager
def zombie_at(ordering: Ordering, other: Worker, place: str, *answers: Answer) -> Iterator[tuple[Worker, str]]:
    """A worker that froze there while it worked on a film, which by now is the other's; the film's id."""
    with ordering.worker(**{FREEZE_AT: place}) as zombie:
        film = ordering.film(*answers)
        soon(lambda: zombie.frozen)
        fence = ordering.house.row(film).fence
        ordering.house.gate.target = other.port
        ordering.house.lose_lease(film)
        soon(lambda: ordering.house.row(film).fence > fence)
        yield zombie, film


def wake(zombie: Worker) -> None:
    zombie.wake()
    soon(lambda: zombie.said("delivery ended: lease lost"))


def test_a_worker_that_wakes_up_too_late_sends_no_order(ordering: Ordering, other: Worker) -> None:
    with zombie_at(ordering, other, "intent kept") as (zombie, film):
        ordering.until(film, UNKNOWN)
        wake(zombie)
        assert ordering.sent(film) == 0
        ordering.let_window_pass(film)
        ordering.complete(film)
        assert ordering.states(film) == [UNKNOWN, DONE]
        assert ordering.taken(film) == 1


def test_an_order_sent_by_a_worker_that_froze_just_before_is_the_only_one(ordering: Ordering, other: Worker) -> None:
    """It slept for less time than its outcome stays unknown."""
    with zombie_at(ordering, other, "start") as (zombie, film):
        ordering.until(film, UNKNOWN)
        wake(zombie)
        ordering.complete(film)
        assert ordering.states(film) == [DONE]
        assert ordering.taken(film) == 1


def test_an_order_sent_by_a_worker_that_slept_for_longer_is_in_the_ledger(ordering: Ordering, other: Worker) -> None:
    with zombie_at(ordering, other, "start") as (zombie, film):
        ordering.until(film, UNKNOWN)
        ordering.let_window_pass(film)
        job, ledger = ordering.complete(film), ordering.ledger(film)
        assert (ordering.states(film), ordering.taken(film)) == ([UNKNOWN, DONE], 1)
        wake(zombie)
        assert ordering.taken(film) == 2
        assert (ordering.house.row(film), ordering.ledger(film)) == (job, ledger)
        assert ordering.cost(film) == sum(call.usd for call in ledger)


def test_a_worker_that_froze_while_it_asked_writes_nothing(ordering: Ordering, other: Worker) -> None:
    with zombie_at(ordering, other, "poll", Answer(seconds=1.0, object_after=1.0)) as (zombie, film):
        job, ledger = ordering.complete(film), ordering.ledger(film)
        wake(zombie)
        assert (ordering.house.row(film), ordering.ledger(film)) == (job, ledger)
        assert ordering.taken(film) == 1


def ended(ordering: Ordering, other: Worker, ask: Callable[[], str], when: Callable[[str], bool]) -> Job:
    """A film, whose first worker was told to end when `when` was true of it; as that worker left it."""
    with ordering.worker() as first:
        film = ask()
        soon(lambda: when(film))
        with ordering.house.paused_queue():
            assert first.end() < MOST
            left = ordering.house.row(film)
            ordering.house.gate.target = other.port
    assert (left.status, left.lease_until) == (Status.WAITING, None)
    return left


def test_a_worker_told_to_end_while_it_orders_keeps_the_answer(ordering: Ordering, other: Worker) -> None:
    slow = Answer(delay=1.0, seconds=1.0, object_after=1.0)
    left = ended(ordering, other, lambda: ordering.film(slow), lambda film: ordering.sent(film) == 1)
    (call,) = ordering.ledger(left.id)
    assert call.operation
    ordering.complete(left.id)
    assert ordering.sent(left.id) == 1


def test_a_worker_told_to_end_while_it_asks_lets_go(ordering: Ordering, other: Worker) -> None:
    asked_before = ordering.vertex.requests["poll"]
    left = ended(
        ordering,
        other,
        lambda: ordering.film(Answer(seconds=2.0, object_after=2.0), polls=[Answer(delay=1.0)]),
        lambda film: ordering.vertex.requests["poll"] > asked_before,
    )
    assert ordering.states(left.id) == [SUBMITTED]
    ordering.complete(left.id)
    assert ordering.sent(left.id) == 1
