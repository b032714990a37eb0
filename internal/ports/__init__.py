"""What Daylog needs from the outside world. `infra` fills each port; `Services` is all of them, filled.

Every adapter translates its vendor's errors into `internal.errors` at its edge.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from internal.paid import Limits
from internal.ports.accounts import Accounts, SignIn, Trip
from internal.ports.films import Composer, MediaAnalyst, MediaProbe, MusicLibrary, Usage
from internal.ports.generation import Made, NotMade, Order, SceneGenerator
from internal.ports.objects import MediaStore, ObjectInfo, ObjectStore, Part, Unfinished, WorkStore
from internal.ports.places import Gazetteer
from internal.ports.prompts import PromptLibrary, Published
from internal.ports.queue import CallerCheck, TaskQueue
from internal.ports.rows import ALL, Answer, Event, JobTx, KeyUse, Renewal, Store, Tx, Wanted
from internal.times import Times

__all__ = [
    "ALL",
    "Accounts",
    "Answer",
    "CallerCheck",
    "Clock",
    "Composer",
    "Event",
    "Gazetteer",
    "JobTx",
    "KeyUse",
    "Made",
    "MediaAnalyst",
    "MediaProbe",
    "MediaStore",
    "MusicLibrary",
    "NotMade",
    "ObjectInfo",
    "ObjectStore",
    "Order",
    "Part",
    "PromptLibrary",
    "Published",
    "Renewal",
    "SceneGenerator",
    "Services",
    "SignIn",
    "Store",
    "TaskQueue",
    "Trip",
    "Tx",
    "Unfinished",
    "Usage",
    "Wanted",
    "WorkStore",
]

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Services:
    """Every port, filled in once by `app.bootstrap`."""

    store: Store
    queue: TaskQueue
    callers: CallerCheck
    work: WorkStore
    media: MediaStore
    probe: MediaProbe
    analyst: MediaAnalyst
    gazetteer: Gazetteer
    music: MusicLibrary
    composer: Composer
    generator: SceneGenerator
    clock: Clock
    times: Times
    #: None where nobody signs in: a laptop of one person
    sign_in: SignIn | None = None
    limits: Limits = field(default_factory=Limits)
    #: short side of the film in pixels, when not the one the user chose: tests render small
    short_side: int | None = None
