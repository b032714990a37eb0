"""Killed at every named point, once and in pairs, a job is still made: once, whole, and with no piece made twice."""

import random
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from internal.faults import CRASH_POINTS, PAID_POINTS
from internal.vlog import VlogSettings
from tests.faults.kills.aftermath import check
from tests.faults.kills.bill import check_bill
from tests.faults.kills.lives import GENERATED, WISHES, Life
from tests.faults.kills.plans import Points
from tests.faults.kills.prefork import Killable
from tests.faults.kills.stage import Stage
from tests.faults.kills.work import create_one

#: passed only when something has gone wrong already
LATER = ("reconciled", "next enqueued")
#: where another time than the first may end differently
AGAIN = (
    "step started:4",
    "step done:4",
    "checkpoint kept:4",
    "step done:5",
    "checkpoint kept:5",
    "chunk rendered:2",
    "chunk kept:3",
    "part copied:4",
    "copy verified:4",
    "copy final:2",
    "copy final:4",
)
#: of a paid call: of the film's second one, while the first is under way; in the delivery that asks; once all is there
PAID_AGAIN = ("intent kept:2", "order accepted:2", "clip known:2", "checkpoint kept:3")
EACH_DELIVERY = ("leasing", "leased", "settling", "settled")
EACH_STEP = ("step started", "step done", "checkpoint kept")
#: where the work is taken up again, if not at the point itself
TAKEN_UP = {
    "created": "enqueued",
    "enqueued": "leasing",
    "chunk kept": "chunk rendered",
    "copy verified": "part copied",
    "copy final": "part copied",
    # an order that was begun is not begun again, but the film's other one is
    "order accepted": "intent kept",
    "operation kept": "intent kept",
}
PAIRS_IN_A_TEST, PAID_PAIRS_IN_A_TEST = 25, 8


_GENERATED = CRASH_POINTS.index("chunk rendered")
#: as a job that pays passes them
STORY = (*CRASH_POINTS[:_GENERATED], *PAID_POINTS, *CRASH_POINTS[_GENERATED:])


def follows(first: str, second: str) -> bool:
    """Whether a job whose process was killed at `first` is sure to pass `second` afterwards."""
    order = STORY.index
    if first == "settled":
        return False
    if second in LATER:
        return order("leased") <= order(first) < order("next enqueued")
    if second in EACH_DELIVERY or first in LATER:
        return order(second) >= order("leasing")
    if second in EACH_STEP:
        return order(first) < order("settling")
    return order(second) >= order(TAKEN_UP.get(first, first))


PAIRS = [(first, second) for first in CRASH_POINTS for second in CRASH_POINTS if follows(first, second)]
#: in a job that pays
PAID_PAIRS = [pair for pair in product(STORY, STORY) if {*pair} & {*PAID_POINTS} and follows(*pair)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All pairs, or a sample of them."""
    seed, all_of_them = metafunc.config.getoption("seed"), metafunc.config.getoption("soak")
    for name, pairs, count in (("pair", PAIRS, PAIRS_IN_A_TEST), ("paid_pair", PAID_PAIRS, PAID_PAIRS_IN_A_TEST)):
        if name in metafunc.fixturenames:
            chosen = pairs if all_of_them else random.Random(seed).sample(pairs, count)
            metafunc.parametrize(name, chosen, ids=" then ".join)


def play(stage: Stage, chance: random.Random, folder: Path, *points: str, wishes: VlogSettings = WISHES) -> Life:
    reached = ("leased",) if points[0] in LATER else ()
    life = Life(stage, Points(*reached, *points), chance, wishes)
    job = life.play()
    assert [point for _, point in life.struck] == [*reached, *points]
    check(stage.services, job, folder)
    bill = check_bill(stage.services, stage.vertex, job, unknowable=0)
    orders = 2 if wishes == GENERATED else 0
    assert (bill.scenes, bill.taken) == (orders, orders)
    return life


@pytest.mark.parametrize("point", [*CRASH_POINTS, *AGAIN])
def test_a_kill_at_any_point_costs_nothing(stage: Stage, chance: random.Random, tmp_path: Path, point: str) -> None:
    play(stage, chance, tmp_path, point)


def test_a_second_kill_costs_nothing_either(
    stage: Stage, chance: random.Random, tmp_path: Path, pair: tuple[str, str]
) -> None:
    play(stage, chance, tmp_path, *pair)


@pytest.mark.parametrize("point", [*PAID_POINTS, *PAID_AGAIN])
def test_a_kill_at_any_point_of_a_paid_call_is_not_charged_for(
    stage: Stage, chance: random.Random, tmp_path: Path, point: str
) -> None:
    play(stage, chance, tmp_path, point, wishes=GENERATED)


def test_nor_is_a_second_kill(stage: Stage, chance: random.Random, tmp_path: Path, paid_pair: tuple[str, str]) -> None:
    play(stage, chance, tmp_path, *paid_pair, wishes=GENERATED)


def test_a_request_killed_before_its_commit_leaves_nothing(stage: Stage) -> None:
    owner_id = "owner-of-nothing"
    media = stage.upload_media(owner_id)
    assert Killable(stage.place, partial(create_one, owner_id, WISHES, media), "creating").ended() is None
    assert stage.services.store.vlogs(owner_id, 1, 0) == ([], 0)
