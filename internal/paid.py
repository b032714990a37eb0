"""Paid calls: submissions that cost money, and the only ways they may change. Pure values: no clock, no database.

    intent ──▶ submitted ──▶ done          an object lies under its prefix: the scene has its clip
       │           │
       ├───────────┴──────▶ rejected       refused, or ended without a clip: nothing was charged
       └──▶ unknown ──▶ done               accepted or not, nobody can say: what it made is looked for
                └─────▶ (given up)         counted as charged; sent once more at most

The vendor has no idempotency key, no list and no cancel. So the intent is committed before
anything is sent, with a prefix of its own under which the result will lie: whoever finds an
intent without an answer looks there before anything is paid again. While a call is not
settled, no other for the same input can begin, in whichever job.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from internal.jobs import JobError
from internal.media import Reason

#: submissions of one scene that may have been charged, in one run: the second only where nobody knows of the first
CHARGES = 2
#: submissions of one scene that the vendor may refuse for now, in one run
REFUSALS = 6

OUTCOME_UNKNOWN = JobError(
    "paid_outcome_unknown", "Whether the generator took the order is not known, twice over. Retry to order again."
)
NEVER_FINISHED = JobError("generation_timed_out", "The generator did not finish in time.")
LOST = JobError("generation_lost", "What the generator made is lost. Retry to order it again.")


#: a key under `PaidCall.prefix`
_UNDER_PREFIX = re.compile(r"veo/([A-Za-z0-9_-]{1,64})/([0-9]{1,9})/[0-9]{1,9}/[0-9]{1,9}/.+")


class PaidState(StrEnum):
    INTENT = "intent"
    SUBMITTED = "submitted"
    DONE = "done"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class Asker(NamedTuple):
    """A scene, by its number in the storyboard of one run of a job."""

    job_id: str
    run_no: int
    scene: int


@dataclass(frozen=True)
class PaidCall:
    owner_id: str
    job_id: str
    run_no: int
    #: its number in the storyboard, from 1
    scene: int
    #: hash of what is shown, how long, how large, and by whom; hex
    input_sha: str
    #: of the scene's submissions in this run, from 1, whatever it was to show then
    ordinal: int
    #: seconds of film ordered, and their price in US dollars
    units: float
    usd: float
    state: PaidState = PaidState.INTENT
    #: the vendor's name for its work on it
    operation: str | None = None
    #: key of what was made, in the work store
    output: str | None = None
    #: why it was rejected or given up
    reason: JobError | None = None
    #: rejected only for now: the same order may be sent again, after `unknown_until`
    again: bool = False
    intent_at: datetime | None = None
    submitted_at: datetime | None = None
    #: until then nothing may be sent in its place: its result may still appear, or the vendor has asked for a pause
    unknown_until: datetime | None = None
    #: nothing more will change; another call for the same input may begin
    settled_at: datetime | None = None

    @property
    def asker(self) -> Asker:
        return Asker(self.job_id, self.run_no, self.scene)

    @property
    def prefix(self) -> str:
        """Where in the work store its result will lie; no other call's."""
        return f"veo/{self.job_id}/{self.run_no}/{self.scene}/{self.ordinal}/"

    @property
    def charged(self) -> float:
        """US dollars, as far as can be known: what may have been accepted counts."""
        return 0.0 if self.state is PaidState.REJECTED else self.usd

    def intended(self, now: datetime, unknown_for: timedelta) -> "PaidCall":
        """About to be sent. `unknown_for`: lease, submit timeout and the longest generation together."""
        return replace(self, intent_at=now, unknown_until=now + unknown_for)

    def submitted(self, now: datetime, operation: str) -> "PaidCall":
        return self._changed(state=PaidState.SUBMITTED, submitted_at=now, operation=operation)

    def unknown(self) -> "PaidCall":
        """Sent perhaps, answered not."""
        return self._changed(state=PaidState.UNKNOWN) if self.state is PaidState.INTENT else self

    def done(self, now: datetime, output: str) -> "PaidCall":
        """Also after it was given up: what was paid for is used, however late it comes."""
        if self.state in (PaidState.DONE, PaidState.REJECTED):
            return self
        return replace(self, state=PaidState.DONE, output=output, settled_at=now, reason=None)

    def spoilt(self, reason: JobError) -> "PaidCall":
        """What was made cannot be shown: paid for, and of no use to anybody."""
        return replace(self, output=None, reason=reason) if self.state is PaidState.DONE else self

    def rejected(self, now: datetime, reason: JobError) -> "PaidCall":
        return self._changed(state=PaidState.REJECTED, settled_at=now, reason=reason)

    def put_off(self, now: datetime, reason: JobError, pause: timedelta) -> "PaidCall":
        """Rejected for now: the same order may be sent again after a pause."""
        return replace(self.rejected(now, reason), again=True, unknown_until=now + pause) if self.is_open else self

    def given_up(self, now: datetime, reason: JobError) -> "PaidCall":
        """It may have been charged and brought nothing."""
        return self._changed(settled_at=now, reason=reason)

    @property
    def is_open(self) -> bool:
        return self.settled_at is None

    def _changed(self, **changes: object) -> "PaidCall":
        """What is settled stays as it is: another delivery has been faster."""
        return replace(self, **changes) if self.is_open else self  # type: ignore[arg-type]  # of its own fields


@dataclass(frozen=True)
class Use:
    """It was made before, and lies at `key`."""

    call: PaidCall
    key: str


@dataclass(frozen=True)
class Adopt:
    """Its result lies at `key`: settle it with that."""

    call: PaidCall
    key: str


@dataclass(frozen=True)
class Watch:
    """Ask the vendor how it stands. `last`: it should have ended by now; if it has not, give it up."""

    call: PaidCall
    last: bool


@dataclass(frozen=True)
class Doubt:
    """Whoever was to send it is gone: its outcome is unknown."""

    call: PaidCall


@dataclass(frozen=True)
class LookAgain:
    """Nothing may be sent yet: a result may still appear, or the vendor has asked for a pause, of which so much is
    left."""

    pause: timedelta = timedelta(0)


@dataclass(frozen=True)
class GiveUp:
    call: PaidCall
    reason: JobError


@dataclass(frozen=True)
class Submit:
    """Order it."""


@dataclass(frozen=True)
class Fail:
    reason: JobError


Move = Use | Adopt | Watch | Doubt | LookAgain | GiveUp | Submit | Fail


def next_move(calls: Sequence[PaidCall], objects: Mapping[str, str], asker: Asker, now: datetime) -> Move:
    """What is to be done about one input. `calls`: all of its owner's for it, of whatever job, oldest first.
    `objects`: which of their prefixes hold an object, and its key; looked for after `now`, which is the database's
    clock, so that nothing is given up whose result had appeared by then. `asker` holds its job's lease. Nothing is
    submitted while another call for the input is open, or its result may still appear."""
    found = [(call, objects[call.prefix]) for call in calls if call.prefix in objects]
    for call, key in found:
        if call.state is PaidState.DONE and call.output:
            return Use(call, key)
    for call, key in found:
        if call.state not in (PaidState.DONE, PaidState.REJECTED):
            return Adopt(call, key)
    for call in calls:
        if call.is_open:
            return _about_open(call, asker, now)
    return _about_new([call for call in calls if call.asker == asker], now)


def _about_open(call: PaidCall, asker: Asker, now: datetime) -> Move:
    over = call.unknown_until is not None and call.unknown_until <= now
    if call.state is PaidState.SUBMITTED:
        return Watch(call, last=over)
    if over:
        return GiveUp(call, OUTCOME_UNKNOWN)
    if call.state is PaidState.INTENT and call.job_id == asker.job_id:
        return Doubt(call)  # the lease is ours: it was written under one that is over
    return LookAgain()


def _about_new(mine: Sequence[PaidCall], now: datetime) -> Move:
    """Of the asking scene's own calls in this run all are settled, and none has a result that can be shown."""
    for call in mine:
        if call.state is PaidState.DONE:
            return Fail(call.reason or LOST)
        if call.reason and not call.again and call.reason != OUTCOME_UNKNOWN:
            return Fail(call.reason)
    if sum(call.reason == OUTCOME_UNKNOWN for call in mine) >= CHARGES:
        return Fail(OUTCOME_UNKNOWN)
    put_off = [call for call in mine if call.again]
    if len(put_off) >= REFUSALS:
        return Fail(put_off[-1].reason or LOST)
    pauses = [call.unknown_until - now for call in put_off if call.unknown_until and now < call.unknown_until]
    if pauses:
        return LookAgain(max(pauses))
    return Submit()


#: sums of cents are not exact: by less than this
CENTS = 1e-9


def job_and_run(key: str) -> tuple[str, int] | None:
    """Whose call the object is a result of; None for any other object."""
    found = _UNDER_PREFIX.fullmatch(key)
    return (found[1], int(found[2])) if found else None


@dataclass(frozen=True)
class Spending:
    """US dollars charged so far, and submissions, on the database's clock."""

    job: float = 0.0
    #: in the last 24 hours
    owner: float = 0.0
    service: float = 0.0
    #: of the whole service in the last minute
    submissions: int = 0


@dataclass(frozen=True)
class Limits:
    """The most that may be spent, in US dollars; and submissions a minute, which the vendor limits."""

    #: where the user names no limit of his own
    vlog: float = 2.0
    owner_day: float = 10.0
    service_day: float = 100.0
    submissions: int = 50

    def too_many(self, spending: Spending) -> bool:
        """Whether to wait before the next submission."""
        return spending.submissions >= self.submissions

    def exceeded(self, spending: Spending, usd: float, wish: float | None) -> Reason | None:
        """The limit that `usd` more would exceed, as `room` has it. What costs nothing exceeds nothing."""
        room, reason = self.room(spending, wish)
        return reason if usd and usd > room + CENTS else None

    def room(self, spending: Spending, wish: float | None) -> tuple[float, Reason]:
        """How much more may be spent, and the limit that says so, with its reason for the user. `wish`: what they
        would spend at most on this vlog, if they said so."""
        most, day = self.vlog if wish is None else wish, self.owner_day
        of_vlog = Reason(code="cost_limit", text=f"The limit of ${most:.2f} for this vlog is reached.", usd=most)
        of_owner = Reason(code="daily_limit", text=f"Your limit of ${day:.2f} a day is reached.", usd=day)
        of_service = Reason(code="service_daily_limit", text="What this service may spend in a day is spent.")
        rooms = (
            (most - spending.job, of_vlog),
            (day - spending.owner, of_owner),
            (self.service_day - spending.service, of_service),
        )
        return min(rooms, key=lambda room: room[0])
