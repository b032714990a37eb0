"""What a scene is to be made of, and where it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from internal.jobs import Job, JobError
from internal.media import Reason
from internal.paid import Asker, PaidCall
from internal.ports import Order


@dataclass(frozen=True)
class Wanted:
    """What one scene is to be made of."""

    #: its number in the storyboard, from 1
    scene: int
    #: hash of what is shown, how long, how large, and by whom; hex
    input_sha: str
    order: Order
    #: US dollars
    price: float
    #: the most that the user would spend on the whole job, in US dollars, if they said so
    most: float | None
    #: makes the order's photo; called only when the order is about to be sent. Raises UnreadableMedia
    prepare: Callable[[], None]

    def asker(self, job: Job) -> Asker:
        return Asker(job.id, job.run_no, self.scene)


@dataclass(frozen=True)
class Ready:
    """`key`: the clip, in the work store."""

    call: PaidCall
    key: str


@dataclass(frozen=True)
class Pending:
    """It is worth looking again after `delay`."""

    delay: timedelta


@dataclass(frozen=True)
class Failed:
    """It will not be made in this run."""

    reason: JobError


@dataclass(frozen=True)
class Limited:
    """It would cost more than may be spent."""

    reason: Reason


Standing = Ready | Pending | Failed | Limited
