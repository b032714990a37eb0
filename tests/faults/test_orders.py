"""Orders to the generator whose answers are lost, refused or useless: none is paid for twice, and no film is lost."""

from collections.abc import Iterator

import pytest

from internal.jobs import Status
from internal.paid import PaidState
from internal.vlogs import retry
from tests.faults.ordering import Ordering
from tests.faults.worker import Worker
from tests.vertex import Answer

DONE, REJECTED, SUBMITTED, UNKNOWN = (
    PaidState.DONE,
    PaidState.REJECTED,
    PaidState.SUBMITTED,
    PaidState.UNKNOWN,
)
#: the connection ends when the order was taken, and nothing ever comes of it
LOST_FOR_NOTHING = Answer(drop="accepted", outcome="never")


@pytest.fixture(scope="module", autouse=True)
def worker(ordering: Ordering) -> Iterator[Worker]:
    with ordering.worker() as worker:
        yield worker


def test_an_order_whose_answer_is_lost_is_sent_once_and_its_clip_is_found(ordering: Ordering) -> None:
    film = ordering.film(Answer(drop="accepted", object_after=0.5))
    ordering.complete(film)
    assert (ordering.sent(film), ordering.taken(film)) == (1, 1)
    (call,) = ordering.ledger(film)
    assert (call.state, call.operation) == (DONE, None)
    assert (call.output or "").startswith(call.prefix)
    assert ordering.cost(film) == call.usd > 0


def test_an_order_that_brings_nothing_is_sent_once_more_when_it_no_longer_can(ordering: Ordering) -> None:
    film = ordering.film(LOST_FOR_NOTHING)
    ordering.until(film, UNKNOWN)
    assert ordering.sent(film) == 1
    ordering.let_window_pass(film)
    ordering.complete(film)
    assert ordering.states(film) == [UNKNOWN, DONE]
    assert (ordering.sent(film), ordering.taken(film)) == (2, 2)


def test_a_scene_lost_twice_is_panned_until_its_owner_asks_again(ordering: Ordering) -> None:
    film = ordering.film(LOST_FOR_NOTHING, LOST_FOR_NOTHING)
    ordering.until(film, UNKNOWN)
    ordering.let_window_pass(film)
    ordering.until(film, UNKNOWN, UNKNOWN)
    ordering.let_window_pass(film)
    job = ordering.panned(film)
    assert [call.reason.code for call in ordering.ledger(film) if call.reason] == ["paid_outcome_unknown"] * 2
    assert "Retry to order again." in ordering.warnings(job)
    assert ordering.taken(film) == 2
    retry(ordering.house.services, job.owner_id, film)
    again = ordering.house.complete(film)
    assert ordering.kinds(again) == ["clip", "clip"]
    assert ordering.states(film) == [UNKNOWN, UNKNOWN, DONE]
    assert ordering.taken(film) == 3


def test_an_order_refused_for_now_is_sent_again_later_and_charged_once(ordering: Ordering) -> None:
    film = ordering.film(Answer(status=429, retry_after=1))
    ordering.until(film, REJECTED)
    assert ordering.cost(film) == 0
    assert ordering.taken(film) == 0
    ordering.complete(film)
    assert ordering.states(film) == [REJECTED, DONE]
    assert (ordering.sent(film), ordering.taken(film)) == (2, 1)
    assert ordering.cost(film) == ordering.ledger(film)[1].usd


def test_a_generator_out_of_order_does_not_hold_the_film_up_for_ever(ordering: Ordering) -> None:
    """Each answer leaves it open whether the order was taken."""
    film = ordering.film(Answer(status=503), Answer(status=500))
    ordering.until(film, UNKNOWN)
    ordering.let_window_pass(film)
    ordering.until(film, UNKNOWN, UNKNOWN)
    ordering.let_window_pass(film)
    ordering.panned(film)
    assert (ordering.sent(film), ordering.taken(film)) == (2, 0)


@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        (Answer(outcome="filtered", reasons=("Support codes: 58061214",)), "filtered_child", "child"),
        (Answer(outcome="empty"), "nothing_generated", ""),
        (Answer(outcome="error", code=3), "", ""),
        (Answer(status=400, message="The prompt could not be submitted."), "", ""),
    ],
    ids=["filtered", "empty", "failed", "refused"],
)
def test_a_scene_that_the_generator_does_not_make_is_panned_at_no_cost(
    ordering: Ordering, answer: Answer, code: str, told: str
) -> None:
    film = ordering.film(answer)
    job = ordering.panned(film)
    (call,) = ordering.ledger(film)
    assert call.reason
    assert code in call.reason.code
    assert told in call.reason.message
    assert call.reason.message in ordering.warnings(job)
    assert call.state is REJECTED
    assert ordering.cost(film) == 0
    assert ordering.sent(film) == 1


def test_a_scene_that_the_generator_knows_nothing_of_any_more_may_have_been_charged_for(ordering: Ordering) -> None:
    film = ordering.film(Answer(outcome="lost", object_after=600))
    job = ordering.panned(film)
    (call,) = ordering.ledger(film)
    assert call.reason
    assert call.reason.code == "operation_lost"
    assert call.reason.message in ordering.warnings(job)
    assert (call.state, ordering.sent(film)) == (SUBMITTED, 1)
    assert ordering.cost(film) == call.usd


def test_a_generator_that_never_ends_is_waited_for_only_so_long(ordering: Ordering) -> None:
    film = ordering.film(Answer(outcome="never"))
    ordering.until(film, SUBMITTED)
    ordering.let_window_pass(film)
    job = ordering.panned(film)
    (call,) = ordering.ledger(film)
    assert call.reason
    assert call.reason.code == "generation_timed_out"
    assert call.reason.message in ordering.warnings(job)
    assert ordering.cost(film) == call.usd
    assert ordering.sent(film) == 1


def test_a_generator_that_cannot_be_asked_is_asked_again(ordering: Ordering) -> None:
    away = [Answer(drop="read"), Answer(status=503), Answer(body="<html>"), Answer(body=""), Answer(status=429)]
    film = ordering.film(Answer(object_after=2.0, seconds=2.0), polls=away)
    ordering.complete(film)
    assert (ordering.sent(film), ordering.taken(film)) == (1, 1)
    assert ordering.house.row(film).status is Status.COMPLETED


def test_a_generator_that_claims_to_have_made_what_is_not_there_is_believed_once(ordering: Ordering) -> None:
    film = ordering.film(Answer(object_after=600))
    job = ordering.panned(film)
    assert "lost" in ordering.warnings(job)
    assert ordering.taken(film) == 1
