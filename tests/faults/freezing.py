"""A process that freezes itself, as SIGSTOP freezes it, where a paid call is at its most delicate."""

import os
import signal
from dataclasses import dataclass
from typing import Literal

from internal import faults
from internal.ports import Made, NotMade, Order, SceneGenerator


def freeze() -> None:
    """Until somebody sends SIGCONT."""
    os.kill(os.getpid(), signal.SIGSTOP)


def freeze_at(place: str, generator: SceneGenerator) -> SceneGenerator:
    """Once, at a crash point, or before the generator is asked to "start" or to "poll"."""
    if place not in ("start", "poll"):
        faults.arm(place, freeze)
        return generator
    return Freezing(generator, place)


@dataclass
class Freezing:
    """Fills `SceneGenerator` by another, once it has been woken again."""

    generator: SceneGenerator
    before: str

    @property
    def name(self) -> str:
        return self.generator.name

    def seconds(self, least: float) -> int:
        return self.generator.seconds(least)

    def price(self, seconds: int, resolution: Literal["720p", "1080p"]) -> float:
        return self.generator.price(seconds, resolution)

    def start(self, order: Order, prefix: str) -> str:
        self._reached("start")
        return self.generator.start(order, prefix)

    def poll(self, operation: str) -> Made | NotMade | None:
        self._reached("poll")
        return self.generator.poll(operation)

    def _reached(self, place: str) -> None:
        if self.before == place:
            self.before = ""
            freeze()
