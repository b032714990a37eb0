"""The work store loses or spoils what was generated: no film is made with it, and none is lost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from internal.jobs import ATTEMPTS
from internal.paid import CHARGES, PaidState
from tests.faults.ordering import Ordering
from tests.faults.test_store_faults import corrupt, in_work_store, lose, shorten
from tests.vertex import Answer

DONE = PaidState.DONE


def spoilt(ordering: Ordering, spoil: Callable[[Path], None]) -> str:
    """A film whose worker died when it knew that its clip was made; the clip is spoilt since."""
    house = ordering.house
    with ordering.worker(CRASH_AT="clip known"):
        film = ordering.film()
        ordering.until(film, DONE)
        with house.paused_queue():
            house.wait_for(film, lambda job: "lease expired" in house.events(film))
            spoil(in_work_store(house, ordering.ledger(film)[0].output or ""))
    return film


def test_a_clip_that_was_lost_is_ordered_once_more(ordering: Ordering) -> None:
    film = spoilt(ordering, lose)
    with ordering.worker():
        ordering.complete(film)
    assert ordering.states(film) == [DONE] * CHARGES
    assert ordering.taken(film) == CHARGES


@pytest.mark.parametrize("spoil", [shorten, corrupt])
def test_a_clip_that_stays_damaged_is_not_shown_and_not_ordered_again(
    ordering: Ordering, spoil: Callable[[Path], None]
) -> None:
    """It may be a fault of the network, so four attempts are made."""
    film = spoilt(ordering, spoil)
    with ordering.worker():
        job = ordering.panned(film)
    assert "What the generator made was damaged." in ordering.warnings(job)
    assert ordering.house.events(film).count("backed off") == ATTEMPTS - 2
    assert ordering.taken(film) == 1


def test_a_generator_that_claims_to_have_made_what_is_not_there_is_not_believed_for_ever(ordering: Ordering) -> None:
    nowhere = Answer(object_after=600)
    with ordering.worker():
        film = ordering.film(*[nowhere] * CHARGES)
        job = ordering.panned(film)
    assert "lost" in ordering.warnings(job)
    assert ordering.taken(film) == CHARGES
