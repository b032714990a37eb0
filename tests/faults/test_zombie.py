"""A worker frozen past its lease wakes up when another has done its work: the fence refuses all it still writes."""

import psutil
import pytest

from tests.faults.house import House, soon
from tests.faults.worker import FREEZE_AT, Worker, gone

#: when a piece of the film is kept, another is still being rendered
SLOW = {"SHORT_SIDE": "360", "RENDER_CORES": "2"}


@pytest.mark.parametrize("renderers_too", [False, True])
def test_a_renderer_that_wakes_up_too_late_writes_nothing(house: House, renderers_too: bool) -> None:
    with house.worker(**SLOW) as other, house.worker(**SLOW, **{FREEZE_AT: "chunk kept"}) as zombie:
        film = house.film()
        soon(lambda: zombie.frozen)
        family = zombie.family()
        renderers = [child for child in family if child not in kept_between_jobs(zombie)]
        freeze(family if renderers_too else [])
        house.gate.target = other.port
        house.lose_lease(film)
        job = house.complete(film)
        assert (job.fence, job.run_no) == (2, 1)
        assert "lease expired" in house.events(film)
        wake([zombie.hands, *family])
        soon(lambda: zombie.said("delivery ended: lease lost"))
        soon(lambda: gone(renderers))
        assert house.row(film) == job
        house.whole_film(house.complete(film))


def kept_between_jobs(worker: Worker) -> list[psutil.Process]:
    """The process that renderers are forked from."""
    return worker.hands.children()


def test_a_step_that_never_looks_is_refused_when_it_writes(house: House) -> None:
    with house.worker() as other, house.worker() as zombie:
        job_id = house.job("forgets_to_check")
        soon(lambda: "forgets" in house.notes(job_id))
        freeze([zombie.hands])
        house.gate.target = other.port
        house.lose_lease(job_id)
        soon(lambda: house.notes(job_id).count("forgets") == 2)
        house.let_end(job_id)
        job = house.complete(job_id)
        wake([zombie.hands])
        soon(lambda: zombie.said("delivery ended: lease lost"))
        assert house.row(job_id) == job
        assert house.notes(job_id).count("wrote") == 0
        assert house.notes(job_id).count("wrote late") == 1


def freeze(processes: list[psutil.Process]) -> None:
    for process in processes:
        process.suspend()


def wake(processes: list[psutil.Process]) -> None:
    for process in processes:
        if process.is_running():
            process.resume()
