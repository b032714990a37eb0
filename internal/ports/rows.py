"""Rows: the port `Store`, its transactions, and what they speak of."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from internal.jobs import Dispatch, Job, Status
from internal.media import Analysis, Media
from internal.paid import PaidCall, Spending
from internal.ports.accounts import Accounts
from internal.ports.films import Usage
from internal.storyboard import Story
from internal.times import Times
from internal.vlog import Share, Vlog


@dataclass(frozen=True)
class Renewal:
    """What a heartbeat learns."""

    held: bool
    cancel_requested: bool = False
    overdue: bool = False


@dataclass(frozen=True)
class Event:
    """One visible change of a job; `seq` is the job's version then."""

    seq: int
    at: datetime
    kind: str
    step: str
    progress: float
    message: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """A response kept for an idempotency key."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True)
class KeyUse:
    """An Idempotency-Key as one owner used it on one route; `body_sha` tells equal requests."""

    owner_id: str
    route: str
    key: str
    body_sha: str


@dataclass(frozen=True)
class Wanted:
    """Which of an owner's vlogs."""

    #: each of them occurs in the title or the destination, however it is written in capitals or full width
    words: Sequence[str] = ()
    #: None: any
    statuses: frozenset[Status] | None = None


class Tx(Protocol):
    """One database transaction: commits when its `with` block ends, rolls back when it raises."""

    @property
    def now(self) -> datetime:
        """The database's clock, read in this transaction."""
        ...

    def add_job(self, job: Job) -> None:
        """Also writes its first event."""
        ...

    def add_vlog(self, vlog: Vlog) -> None: ...

    def add_media(self, media: Media, quota: int) -> None:
        """Raises TooLarge when the owner's media would exceed `quota` bytes in all."""
        ...

    def save_media(self, media: Media) -> None:
        """Raises NotFound when it was deleted meanwhile."""
        ...

    def remove_media(self, media_id: str) -> None:
        """And what is known of its content, unless they have that under another name. Raises Conflict while a vlog
        that is not finished uses it."""
        ...

    def claim_media(self, owner_id: str, media_ids: Sequence[str]) -> Sequence[Media]:
        """Lock them until the transaction ends, so that none is deleted under a new vlog; in the order
        given. Raises NotFound for an unknown one or another owner's."""
        ...

    def next_number(self, family: str) -> int:
        """Of the family's next version. Until the transaction ends nobody else is given one."""
        ...

    def story(self, vlog_id: str) -> Story | None:
        """As `Store.story`, in this transaction."""
        ...

    def put_story(self, vlog_id: str, story: Story) -> None:
        """In the place of the one before."""
        ...

    def keep_answer(self, use: KeyUse, answer: Answer) -> None:
        """Raises Conflict when the key is no longer claimed, or another request has kept its answer first."""
        ...


class JobTx(Tx, Protocol):
    """A transaction that holds one job's row."""

    @property
    def job(self) -> Job: ...

    def save(self, job: Job, event: str, data: Mapping[str, Any] | None = None) -> Job:
        """Write the job's next version and its event; returns it as stored."""
        ...

    def add_checkpoint(self, step: str, input_sha: str, output: Any, started_at: datetime) -> None:
        """A second one for the same (run, step) replaces the first."""
        ...

    def share(self) -> Share | None:
        """The link to this vlog that is not revoked; it may have expired."""
        ...

    def save_share(self, share: Share) -> None:
        """A new one, or one that `share` gave, changed."""
        ...

    def spending(self) -> Spending:
        """Of this job, its owner and the service. Until the transaction ends nobody else may add a paid call."""
        ...

    def add_paid_call(self, call: PaidCall) -> None:
        """Raises Conflict while another call of its owner's for the same input is not settled."""
        ...

    def paid_call(self, prefix: str) -> PaidCall:
        """As it stands, locked until the transaction ends, of whatever job it is. Raises NotFound."""
        ...

    def save_paid_call(self, call: PaidCall) -> None:
        """One that `paid_call` gave, changed."""
        ...

    def add_usage(self, usage: Usage) -> None:
        """A question to a model, asked for this job."""
        ...


ALL = Wanted()


class Store(Accounts, Protocol):
    """All rows. Reads see the latest commit. Raises TemporaryFailure when the database is out of reach."""

    def job(self, job_id: str) -> Job:
        """Raises NotFound."""
        ...

    def vlog(self, owner_id: str, vlog_id: str) -> tuple[Vlog, Job]:
        """One round trip. Raises NotFound when absent, deleted, or another owner's."""
        ...

    def vlogs(
        self, owner_id: str, limit: int, offset: int, wanted: Wanted = ALL
    ) -> tuple[Sequence[tuple[Vlog, Job]], int]:
        """A page of those of the owner's vlogs that are wanted, newest first, and how many there are in all."""
        ...

    def job_versions(self, vlog_ids: Sequence[str]) -> Mapping[str, int]:
        """The jobs' versions of those that are there, whoever owns them; one round trip for all."""
        ...

    def standing(self, vlog_ids: Sequence[str]) -> Sequence[tuple[Vlog, Job]]:
        """Those that are there, whoever owns them; one round trip for all."""
        ...

    def versions(self, owner_id: str, family: str, limit: int, offset: int) -> tuple[Sequence[tuple[Vlog, Job]], int]:
        """A page of the vlogs of that family that are not deleted, by their numbers, and how many there are in all."""
        ...

    def shared(self, token: str) -> tuple[Vlog, Job]:
        """What an open link leads to, whoever asks. Raises NotFound for one that never was, Gone for one that is
        revoked, has expired, or leads to a vlog that was deleted."""
        ...

    def story(self, vlog_id: str) -> Story | None:
        """None until one is told, or given."""
        ...

    def media(self, owner_id: str, media_id: str) -> Media:
        """Raises NotFound when absent or another owner's."""
        ...

    def media_list(self, owner_id: str, limit: int, offset: int) -> tuple[Sequence[Media], int]: ...

    def analysis(self, owner_id: str, sha256: str, analyst: str) -> Analysis | None: ...

    def keep_analysis(self, owner_id: str, sha256: str, analyst: str, analysis: Analysis) -> None:
        """The first one kept stays."""
        ...

    def correct_analysis(self, owner_id: str, sha256: str, corrected: Mapping[str, Any]) -> None:
        """Fields of `Analysis` as the owner knows better: from now on in every analysis of that content that is read.
        Those corrected before stay so."""
        ...

    def paid_calls(self, owner_id: str, input_sha: str) -> Sequence[PaidCall]:
        """For that input, of whatever job, oldest first."""
        ...

    def ledger(self, job_id: str) -> Sequence[PaidCall]:
        """All that was ordered for a job, oldest first; kept when the job is gone."""
        ...

    def spent(self, owner_id: str, job_id: str = "") -> Spending:
        """Of the job, if one is named, the owner and the service. Holds nobody up: more may be spent meanwhile."""
        ...

    def checkpoint(self, job_id: str, step: str, input_sha: str) -> Any | None:
        """The output of that step for equal input, from any run of the job."""
        ...

    def events(self, job_id: str, after: int = 0) -> Sequence[Event]: ...

    def begin(self) -> AbstractContextManager[Tx]: ...

    def write(self, job_id: str, fence: int | None = None) -> AbstractContextManager[JobTx]:
        """Lock the job's row. With a fence, raises LeaseLost unless that lease still works on it. Raises
        NotFound."""
        ...

    def renew(self, job_id: str, fence: int, length: timedelta) -> Renewal:
        """Make a lease that has not run out last for `length` from now, or longer if it does already; on a connection
        of its own."""
        ...

    def dispatched(self, dispatch: Dispatch) -> None:
        """Note that the queue has taken it."""
        ...

    def unsettled(self, times: Times, limit: int) -> Sequence[str]:
        """Ids of jobs whose lease, dispatch or deadline is overdue and that nobody else is settling."""
        ...

    def claim_key(self, use: KeyUse, busy_for: timedelta, keep_for: timedelta) -> Answer | None:
        """None: go ahead. An answer: it was done before. Raises Conflict while another request with the key is
        in flight, KeyReused when the key was used for another request."""
        ...

    def release_key(self, use: KeyUse) -> None:
        """The request failed: the key may be used again."""
        ...

    def reapable_media(self, unreferenced_for: timedelta, limit: int) -> Sequence[Media]:
        """Media no vlog uses any more, and uploads never finished."""
        ...

    def reapable_vlogs(self, kept_for: timedelta, limit: int) -> Sequence[tuple[Vlog, Job]]:
        """Vlogs deleted so long ago, finished, and not reaped yet."""
        ...

    def expired_shares(self, limit: int) -> Sequence[str]:
        """Ids of vlogs whose link has expired and is not revoked yet."""
        ...

    def reap_vlog(self, vlog_id: str) -> None:
        """Its objects are gone: remove its rows."""
        ...

    def expire(self, events_after: timedelta, links_after: timedelta) -> None:
        """Remove expired sessions and idempotency keys, old events of finished jobs, and links that ended long ago."""
        ...

    def ping(self) -> None:
        """Raises TemporaryFailure when the database is out of reach or its schema is not ours."""
        ...
