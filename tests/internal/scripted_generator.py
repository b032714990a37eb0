"""A generator that does what a test tells it: fills `SceneGenerator`, and counts what it would charge for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Literal

from internal.errors import TemporaryFailure
from internal.ports import Made, NotMade, Order, WorkStore

CLIP = b"a clip"


@dataclass
class ScriptedGenerator:
    """Takes every order and is at work on it until `finish` or `end` is called, unless something else is next in
    `answers`: an error to raise before it takes the order (`refusal`) or after (`lost`)."""

    work: WorkStore
    cost: float = 0.2
    name: str = "scripted"
    lengths: tuple[int, ...] = (4, 6, 8)
    #: what the next orders meet
    refusals: list[Exception] = field(default_factory=list)
    lost: list[Exception] = field(default_factory=list)
    #: what happens while it takes an order
    meanwhile: Callable[[], None] = lambda: None
    #: every order sent to it, taken or not, and where its result should lie
    sent: list[tuple[Order, str]] = field(default_factory=list)
    #: by prefix: orders that it took, and how they stand
    taken: dict[str, Made | NotMade | None] = field(default_factory=dict)
    away: bool = False
    clip: bytes = CLIP

    def seconds(self, least: float) -> int:
        return next((length for length in self.lengths if length >= least), self.lengths[-1])

    def price(self, seconds: int, resolution: Literal["720p", "1080p"]) -> float:
        return self.cost

    def start(self, order: Order, prefix: str) -> str:
        self.sent.append((order, prefix))
        self.meanwhile()
        if self.refusals:
            raise self.refusals.pop(0)
        self.taken[prefix] = None
        if self.lost:
            raise self.lost.pop(0)
        return f"operations/{prefix}"

    def poll(self, operation: str) -> Made | NotMade | None:
        if self.away:
            raise TemporaryFailure("The generator is out of reach.")
        return self.taken[operation.removeprefix("operations/")]

    def finish(self, prefix: str | None = None) -> str:
        """Its clip is there: of the newest order, if not of another. Returns the clip's key."""
        prefix = prefix or list(self.taken)[-1]
        key = f"{prefix}sample_0.mp4"
        self.work.put(key, BytesIO(self.clip), "video/mp4")
        self.taken[prefix] = Made(key)
        return key

    def finish_all(self) -> None:
        for prefix in [prefix for prefix, made in self.taken.items() if made is None]:
            self.finish(prefix)

    def end(self, why: NotMade) -> None:
        """The newest order brings nothing."""
        self.taken[list(self.taken)[-1]] = why

    @property
    def photos(self) -> list[Path]:
        return [order.photo for order, _ in self.sent]
