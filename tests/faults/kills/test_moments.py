"""Killed at moments nobody chose, jobs are still made: each once, whole, and with no piece made twice."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.kills.aftermath import check
from tests.faults.kills.lives import Life
from tests.faults.kills.plans import Moments, Points
from tests.faults.kills.stage import Stage

#: lives played at once: one fewer and the machine would rest, many more and few would be killed far into their work
AT_ONCE = 3
#: one more in a row without a finished step, and the job has failed as it should
KILLS_IN_A_LIFE = 3
KILLS, KILLS_IN_A_SOAK = 100, 500


@pytest.fixture
def usual(stage: Stage, chance: random.Random) -> Mapping[str, float]:
    """Seconds each kind of work takes when as many lives are played at once as in the test."""
    Life(stage, Points(), chance).play()  # the first of all is slow
    lives = [Life(stage, Points("created"), chance) for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(Life.play, lives))
    return {kind: max(life.took[kind] for life in lives) for kind in ("create", "deliver", "reconcile")}


def play(stage: Stage, seed: str, usual: Mapping[str, float], folder: Path) -> Life:
    chance = random.Random(seed)
    life = Life(stage, Moments(chance, KILLS_IN_A_LIFE, usual), chance)
    job = life.play()
    folder.mkdir()
    check(stage.services, job, folder)
    return life


def until_killed(
    kills: int, stage: Stage, chance: random.Random, usual: Mapping[str, float], folder: Path
) -> Sequence[Life]:
    """Lives, until that many processes were killed in all."""
    lives: list[Life] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while sum(len(life.struck) for life in lives) < kills:
            seeds = [f"{chance.random()}" for _ in range(2 * AT_ONCE)]
            lives += pool.map(lambda seed: play(stage, seed, usual, folder / seed), seeds)
    return lives


def test_kills_at_random_moments_cost_nothing(
    stage: Stage,
    chance: random.Random,
    usual: Mapping[str, float],
    tmp_path: Path,
    soak: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kills = KILLS_IN_A_SOAK if soak else KILLS
    lives = until_killed(kills, stage, chance, usual, tmp_path)
    struck = Counter(kind for life in lives for kind, _ in life.struck)
    with capsys.disabled():
        print(
            f"\n{len(lives)} vlogs, {struck.total()} SIGKILLs at random moments ({dict(struck)}): all completed, once"
        )
    assert struck.total() >= kills
    assert struck["deliver"] >= kills / 2
