"""What is spent when several vlogs want the same, when limits are near, when the queue sleeps, and when a vlog is
cancelled or deleted while the generator works."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import chain

import pytest

from internal.errors import NotFound
from internal.jobs import Dispatch, Status
from internal.paid import PaidState
from internal.vlogs import cancel, delete, retry
from tests.faults.house import new_owner, soon
from tests.faults.ordering import Ordering
from tests.faults.worker import Worker
from tests.vertex import Answer

DONE, SUBMITTED = PaidState.DONE, PaidState.SUBMITTED
#: it takes its time, as others do
AT_WORK = Answer(seconds=1.5, object_after=1.5)


@pytest.fixture(scope="module")
def worker(ordering: Ordering) -> Iterator[Worker]:
    with ordering.worker() as worker:
        yield worker


@pytest.mark.usefixtures("worker")
def test_two_vlogs_that_want_one_photo_alive_at_once_share_one_order(ordering: Ordering) -> None:
    owner = new_owner()
    with ordering.house.paused_queue():
        first, second = (ordering.house.film(style="generated", owner=owner) for _ in range(2))
        for film in (first, second):
            ordering.tell(film, "submit", AT_WORK)
    ordering.complete(first)
    ordering.complete(second)
    assert ordering.taken(first) + ordering.taken(second) == 1
    assert len([*ordering.ledger(first), *ordering.ledger(second)]) == 1


@pytest.mark.usefixtures("worker")
def test_a_limit_of_the_users_own_is_kept_and_is_no_failure(ordering: Ordering) -> None:
    film = ordering.film(max_cost=0.1)
    job = ordering.house.complete(film)
    assert ordering.kinds(job) == ["photo", "clip"]
    assert "$0.10" in ordering.warnings(job)
    assert (ordering.sent(film), ordering.cost(film)) == (0, 0)


@pytest.mark.usefixtures("worker")
def test_a_queue_that_sleeps_while_the_generator_works_costs_nothing_but_time(ordering: Ordering) -> None:
    film = ordering.film(AT_WORK)
    ordering.until(film, SUBMITTED)
    with ordering.house.paused_queue():
        ordering.house.wait_for(film, lambda job: job.status is Status.WAITING)
        ordering.let_time_pass(film, timedelta(hours=2))
        ordering.object_appears(film)
        assert ordering.house.row(film).status is Status.WAITING
    ordering.complete(film)
    assert ordering.taken(film) == 1


# --------------------------------------------------------- cancelled, deleted


@pytest.mark.usefixtures("worker")
def test_what_a_cancelled_vlog_has_paid_for_is_used_when_it_is_wanted_after_all(ordering: Ordering) -> None:
    film = ordering.film(AT_WORK)
    ordering.until(film, SUBMITTED)
    owner = ordering.house.row(film).owner_id
    cancel(ordering.house.services, owner, film)
    cancelled = ordering.house.finished(film)
    assert cancelled.status is Status.CANCELLED
    ordering.object_appears(film)
    assert (ordering.house.row(film), ordering.states(film)) == (cancelled, [SUBMITTED])
    assert ordering.cost(film) == ordering.ledger(film)[0].usd > 0
    retry(ordering.house.services, owner, film)
    ordering.complete(film)
    assert ordering.taken(film) == 1


@pytest.mark.usefixtures("worker")
def test_an_order_under_way_when_its_vlog_is_cancelled_is_in_the_ledger(ordering: Ordering) -> None:
    film = ordering.film(Answer(delay=1.0))
    soon(lambda: ordering.sent(film) == 1)
    cancel(ordering.house.services, ordering.house.row(film).owner_id, film)
    assert ordering.house.finished(film).status is Status.CANCELLED
    (call,) = ordering.ledger(film)
    assert (call.state, bool(call.operation)) == (SUBMITTED, True)
    assert ordering.cost(film) == call.usd


@pytest.mark.usefixtures("worker")
def test_what_comes_for_a_deleted_vlog_is_removed_and_its_charge_is_not(ordering: Ordering) -> None:
    film = ordering.film(AT_WORK)
    ordering.until(film, SUBMITTED)
    ledger = ordering.ledger(film)
    delete(ordering.house.services, ordering.house.row(film).owner_id, film)
    ordering.object_appears(film)
    ordering.let_window_pass(film)
    soon(lambda: reaped(ordering, film))
    assert ordering.objects(film) == []
    assert [call.charged for call in ordering.ledger(film)] == [call.charged for call in ledger]


def reaped(ordering: Ordering, film: str) -> bool:
    try:
        ordering.house.row(film)
    except NotFound:
        return True
    return False


# ---------------------------------------------------------------- daily limits


def test_two_workers_at_once_do_not_spend_more_than_is_allowed(ordering: Ordering) -> None:
    """Two vlogs of each user's, and three of all, may be paid for in a day."""
    owners, price = [new_owner(), new_owner()], 0.3
    spent = ordering.house.services.store.spent(owners[0]).service
    env = {"OWNER_DAILY_COST": str(2.5 * price), "DAILY_COST": str(spent + 3.5 * price)}
    with ordering.worker(**env) as first, ordering.worker(**env) as second:
        with ordering.house.paused_queue():
            films = {owner: [film_of(ordering, owner, number) for number in range(3)] for owner in owners}
            deliver_at_once(ordering, list(chain(*zip(*films.values(), strict=True))), [first, second])
        jobs = [ordering.house.finished(film) for film in chain(*films.values())]
    ledger = [call for job in jobs for call in ordering.ledger(job.id)]
    assert [call.usd for call in ledger] == pytest.approx([price] * 3)
    assert max(sum(map(ordering.taken, wanted)) for wanted in films.values()) == 2
    assert sum(ordering.taken(job.id) for job in jobs) == 3
    assert sorted(job.status for job in jobs) == [Status.COMPLETED] * 3 + [Status.PARTIAL] * 3
    assert sorted(map(ordering.kinds, jobs)) == [["clip", "clip"]] * 3 + [["photo", "clip"]] * 3
    assert all("a day" in ordering.warnings(job) for job in jobs if job.status is Status.PARTIAL)


def film_of(ordering: Ordering, owner: str, number: int) -> str:
    """Of a photo that no other film has."""
    return ordering.house.film(style="generated", owner=owner, mark=bytes([number]))


def deliver_at_once(ordering: Ordering, films: Sequence[str], workers: Sequence[Worker]) -> None:
    """The first dispatch of each, by turns."""
    with ThreadPoolExecutor(len(films)) as threads:
        ports = [workers[number % len(workers)].port for number in range(len(films))]
        answers = threads.map(lambda film, port: ordering.house.deliver(Dispatch(film, 1, 1), port), films, ports)
        assert [answer.status_code for answer in answers] == [200] * len(films)
