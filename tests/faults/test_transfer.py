"""A film on its way to the media store is cut off at every turn: what has arrived is not sent again."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from internal.copying import incoming
from internal.jobs import Job, Status
from internal.pipelines.vlog.compose import FILM_FILES
from tests.faults.gate import Gate, Verdict, gate
from tests.faults.house import House, films_in, soon
from tests.faults.worker import Worker

PART_PUT = re.compile(rb"PUT \S+[?&]partNumber=(\d+)")
PARTS = [1, 2, 3, 4, 5]


class Way:
    """To the media store, through a gate that notes which parts are sent."""

    def __init__(self, house: House, between: Gate) -> None:
        self._house, self._between = house, between
        self.sent: list[int] = []
        #: asked about each block, with the number of the part that it begins or belongs to
        self.judge: Callable[[bytes, int], Verdict] = lambda block, part: Verdict.PASS
        between.judge = self._judge

    def _judge(self, block: bytes, _connection: int) -> Verdict:
        begun = PART_PUT.match(block)
        if begun:
            self.sent.append(int(begun[1]))
        return self.judge(block, self.sent[-1]) if self.sent else Verdict.PASS

    @contextmanager
    def worker(self, **env: str) -> Iterator[Worker]:
        with self._house.worker(MEDIA_ENDPOINT=f"http://127.0.0.1:{self._between.port}", **env) as worker:
            yield worker

    def arrived(self, job_id: str) -> list[int]:
        """The parts of the film that the store has of the one upload under way."""
        media = self._house.services.media
        (upload,) = media.uploads(incoming(job_id))
        return [part.number for part in media.parts(upload.key, upload.upload_id)]


@pytest.fixture
def way(house: House) -> Iterator[Way]:
    port = urlsplit(house.settings.media_endpoint).port
    assert port
    with gate(port) as between:
        yield Way(house, between)


def handed_over(house: House, job: Job, folder: Path) -> None:
    """Every file is in its place as it was made, and nothing else is."""
    media, place = house.services.media, f"vlogs/{job.id}/{job.run_no}"
    assert films_in(media, job.id) == sorted(f"{place}/{name}" for name in FILM_FILES)
    for name in FILM_FILES:
        house.services.work.get(f"films/{job.id}/{job.run_no}/{name}", folder / "made")
        media.get(f"{place}/{name}", folder / "arrived")
        assert (folder / "made").read_bytes() == (folder / "arrived").read_bytes()
    assert list(media.list(incoming(job.id))) == []
    assert list(media.uploads(incoming(job.id))) == []


def test_after_a_kill_only_the_parts_still_missing_are_sent(house: House, way: Way, tmp_path: Path) -> None:
    with way.worker(CRASH_AT="part copied:3"), house.struck(lambda: house.job("transfers")) as job_id:
        pass
    assert way.arrived(job_id) == PARTS[:3]
    with way.worker():
        job = house.complete(job_id)
    assert way.sent == PARTS
    assert job.fence == 2
    handed_over(house, job, tmp_path)


@pytest.mark.parametrize("point", ["copy verified", "copy final"])
def test_what_has_arrived_whole_is_not_sent_again(house: House, way: Way, point: str, tmp_path: Path) -> None:
    with way.worker(CRASH_AT=point), house.struck(lambda: house.job("transfers")) as job_id:
        pass
    with way.worker():
        job = house.complete(job_id)
    assert way.sent == PARTS
    handed_over(house, job, tmp_path)


@pytest.mark.parametrize(("verdict", "again"), [(Verdict.CUT, [2]), (Verdict.CUT_ANSWER, [])])
def test_a_connection_cut_within_a_part_costs_that_part_at_the_most(
    house: House, way: Way, verdict: Verdict, again: list[int], tmp_path: Path
) -> None:
    """Where only the answer is lost, the part has arrived."""
    blocks = count()
    way.judge = lambda block, part: verdict if part == 2 and next(blocks) == 20 else Verdict.PASS
    with way.worker():
        job = house.complete(house.job("transfers"))
    assert next(blocks) > 20
    assert job.fence == 1
    assert Counter(way.sent) == Counter([*PARTS, *again])
    handed_over(house, job, tmp_path)


def test_a_store_that_takes_no_parts_for_longer_gets_the_rest_from_the_next_delivery(
    house: House, way: Way, tmp_path: Path
) -> None:
    def fourth_part_four_times(block: bytes, part: int) -> Verdict:
        return Verdict.CUT if PART_PUT.match(block) and part == 4 and way.sent.count(4) <= 4 else Verdict.PASS

    way.judge = fourth_part_four_times
    with way.worker():
        job = house.complete(house.job("transfers"))
    assert house.events(job.id).count("backed off") == 1
    assert job.fence == 2
    assert Counter(way.sent) == Counter([*PARTS, 4, 4, 4, 4])
    handed_over(house, job, tmp_path)


def test_a_worker_ended_on_the_way_leaves_what_has_arrived_to_the_next(house: House, way: Way, tmp_path: Path) -> None:
    way.judge = slowly
    with house.paused_queue():
        job_id = house.job("transfers")
    with way.worker() as first:
        soon(lambda: 2 in way.sent)
        with house.paused_queue():
            first.end()
            assert house.row(job_id).status is Status.WAITING
            arrived, sent = way.arrived(job_id), len(way.sent)
            assert 0 < len(arrived) < len(PARTS)
    with way.worker():
        job = house.complete(job_id)
    assert way.sent[sent:] == PARTS[len(arrived) :]
    handed_over(house, job, tmp_path)


def slowly(_block: bytes, _part: int) -> Verdict:
    time.sleep(0.003)
    return Verdict.PASS
