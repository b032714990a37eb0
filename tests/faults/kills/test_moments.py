"""Killed at moments nobody chose, jobs are still made: each once, whole, with no piece made and no scene paid twice."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from operator import add
from pathlib import Path

import pytest

from internal.vlog import VlogSettings
from tests.faults.kills.aftermath import check
from tests.faults.kills.bill import Bill, check_bill
from tests.faults.kills.lives import GENERATED, WISHES, Life
from tests.faults.kills.plans import Moments, Points
from tests.faults.kills.stage import Stage
from tests.vertex import Answer

#: lives played at once: one fewer and the machine would rest, many more and few would be killed far into their work
AT_ONCE = 3
#: one more in a row without a finished step, and the job has failed as it should
KILLS_IN_A_LIFE = 3
KILLS, KILLS_IN_A_SOAK = 100, 500
#: tests that share them, so that none is long
PARTS = 2
#: half of the vlogs pay for two scenes each
WISHED = (WISHES, GENERATED)
#: the generator's answers to the first order of a vlog, after which nobody need doubt what came of it ...
CLEAR = (Answer(), Answer(running=2), Answer(drop="written"), Answer(status=429, retry_after=2))
#: ... and after which nobody can know, if not at once then when whoever was told is killed
UNCLEAR = (Answer(drop="accepted", outcome="never"), Answer(outcome="filtered"), Answer(status=503))

#: of each kind of work, by the style of the vlog
Seconds = Mapping[str, Mapping[str, float]]


@pytest.fixture(scope="module")
def usual(stage: Stage) -> Seconds:
    """What each kind of work takes when as many lives are played at once as in the test."""
    chance = random.Random(0)
    for wishes in WISHED:
        Life(stage, Points(), chance, wishes).play()  # the first of all is slow
    return {wishes.style: _usual(stage, chance, wishes) for wishes in WISHED}


def _usual(stage: Stage, chance: random.Random, wishes: VlogSettings) -> Mapping[str, float]:
    lives = [Life(stage, Points("created"), chance, wishes) for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(Life.play, lives))
    return {kind: max(life.took[kind] for life in lives) for kind in ("create", "deliver", "reconcile")}


def play(stage: Stage, seed: str, usual: Seconds, folder: Path) -> tuple[Life, Bill]:
    chance = random.Random(seed)
    wishes, answer = chance.choice(WISHED), chance.choice(CLEAR + UNCLEAR)
    life = Life(stage, Moments(chance, KILLS_IN_A_LIFE, usual[wishes.style]), chance, wishes, [answer])
    job = life.play()
    folder.mkdir()
    check(stage.services, job, folder)
    return life, check_bill(stage.services, stage.vertex, job, unknowable=answer in UNCLEAR)


def until_killed(
    kills: int, stage: Stage, chance: random.Random, usual: Seconds, folder: Path
) -> Sequence[tuple[Life, Bill]]:
    """Lives, until that many processes were killed in all."""
    lives: list[tuple[Life, Bill]] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while sum(len(life.struck) for life, _ in lives) < kills:
            seeds = [f"{chance.random()}" for _ in range(2 * AT_ONCE)]
            lives += pool.map(lambda seed: play(stage, seed, usual, folder / seed), seeds)
    return lives


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.usefixtures("part")
def test_kills_at_random_moments_cost_nothing(
    stage: Stage, chance: random.Random, usual: Seconds, tmp_path: Path, soak: bool, told: Callable[[str], None]
) -> None:
    kills = (KILLS_IN_A_SOAK if soak else KILLS) // PARTS
    lives = until_killed(kills, stage, chance, usual, tmp_path)
    struck = Counter(kind for life, _ in lives for kind, _ in life.struck)
    bill = reduce(add, (bill for _, bill in lives))
    told(f"{len(lives)} vlogs, {struck.total()} SIGKILLs at random moments ({dict(struck)}): all ended, once. {bill}.")
    assert struck.total() >= kills
    assert struck["deliver"] >= kills / 2
