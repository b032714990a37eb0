"""The work store spoils what was generated: no film is made with it, and none is lost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from internal.jobs import ATTEMPTS
from tests.faults.house import soon
from tests.faults.ordering import Ordering
from tests.faults.test_store_faults import corrupt, in_work_store, shorten


@pytest.mark.parametrize("spoil", [shorten, corrupt])
def test_a_clip_that_stays_damaged_is_not_shown_and_not_ordered_again(
    ordering: Ordering, spoil: Callable[[Path], None]
) -> None:
    """It may be a fault of the network, so four attempts are made; of the first its process died when it knew that the
    clip was made, and the clip is spoilt since."""
    house = ordering.house
    with ordering.worker(CRASH_AT="clip known") as doomed:
        film = ordering.film()
        soon(doomed.died)
    with house.paused_queue():
        house.lose_lease(film)
        spoil(in_work_store(house, ordering.ledger(film)[0].output or ""))
    with ordering.worker():
        job = ordering.panned(film)
    assert "What the generator made was damaged." in ordering.warnings(job)
    assert house.events(film).count("backed off") == ATTEMPTS - 2
    assert ordering.taken(film) == 1
