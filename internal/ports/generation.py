"""Moving pictures: whoever brings a photo to life, for money or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from internal.jobs import JobError


@dataclass(frozen=True)
class Order:
    """A clip that begins with a photo."""

    #: a JPEG without any tags
    photo: Path
    prompt: str
    #: one of those the generator makes
    seconds: int
    aspect: Literal["16:9", "9:16"]
    resolution: Literal["720p", "1080p"]
    #: equal orders ask for the same picture, as far as the vendor can
    seed: int = 0
    #: for the vendor's bill: short lower-case words
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """`key`: the clip, in the work store."""

    key: str


@dataclass(frozen=True)
class NotMade:
    """The work is over and brought no clip. `again`: the same order may fare better. `charged`: it may be charged for
    all the same."""

    reason: JobError
    again: bool = False
    charged: bool = False


class SceneGenerator(Protocol):
    @property
    def name(self) -> str:
        """The vendor: results are kept under it. What one of its models has made is as good as another's: models
        come and go while orders are under way."""
        ...

    def seconds(self, least: float) -> int:
        """The shortest clip it makes that lasts at least so long; the longest, where none does."""
        ...

    def price(self, seconds: int, resolution: Literal["720p", "1080p"]) -> float:
        """Of one clip, in US dollars."""
        ...

    def start(self, order: Order, prefix: str) -> str:
        """Submit, once, for a result under `prefix` in the work store; returns the operation's name. Raises
        PermanentFailure when the order was refused, TemporaryFailure when it was refused for now (with the vendor's
        wish for how long, if any) or never sent, and OutcomeUnknown for everything else."""
        ...

    def poll(self, operation: str) -> Made | NotMade | None:
        """How it stands; None while it runs. Raises TemporaryFailure when that cannot be found out now."""
        ...
