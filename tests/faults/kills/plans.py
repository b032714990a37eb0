"""When to kill whom."""

import random
from collections.abc import Mapping
from typing import Protocol

#: a crash point, as CRASH_AT names it, or seconds after the process's start
Fault = str | float


class Plan(Protocol):
    def fault(self, work: str) -> Fault | None:
        """What awaits a process that begins such work: "create", "deliver", "reconcile", "change" or "approve"."""
        ...

    def struck(self) -> None:
        """It was killed."""
        ...


class Points:
    """One point after the other: each waits for the first process that passes it."""

    def __init__(self, *points: str) -> None:
        self.left = list(points)

    def fault(self, work: str) -> Fault | None:
        return self.left[0] if self.left else None

    def struck(self) -> None:
        self.left.pop(0)


class Moments:
    """`kills` moments, each anywhere within the time that kind of work usually takes (`seconds`). Most are
    for deliveries, which do nearly all of the work."""

    def __init__(self, chance: random.Random, kills: int, seconds: Mapping[str, float]) -> None:
        self._chance, self.left, self._seconds = chance, kills, seconds

    def fault(self, work: str) -> Fault | None:
        if not self.left or (work != "deliver" and self._chance.random() < 0.75):
            return None
        return self._chance.uniform(0, self._seconds[work])

    def struck(self) -> None:
        self.left -= 1
