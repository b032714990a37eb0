"""How long the parts of a job's life may take."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Times:
    """How long things may take. The defaults are the cloud's; laptops and tests are quicker."""

    lease: timedelta = timedelta(seconds=60)
    heartbeat: timedelta = timedelta(seconds=15)
    #: a dispatch the queue has not taken after this is sent again
    undispatched: timedelta = timedelta(seconds=10)
    #: a dispatch due this long ago and not leased may be lost: ask the queue
    unleased: timedelta = timedelta(minutes=2)
    backoff_first: timedelta = timedelta(seconds=10)
    backoff_most: timedelta = timedelta(seconds=600)
    #: pauses between tries of a step within one attempt
    in_place: tuple[timedelta, ...] = (timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4))
    #: how long the queue waits for one delivery's answer
    dispatch_deadline: timedelta = timedelta(minutes=30)
    #: a delivery ends itself this long before that
    margin: timedelta = timedelta(seconds=60)
    #: a run's limit, from its first lease, not counting time parked
    limit: timedelta = timedelta(hours=6)
    #: how long the answer to a paid submission may take; the lease is made to outlast it
    submit_timeout: timedelta = timedelta(seconds=20)
    #: how long the result of an unanswered submission may still appear: lease, timeout and the longest generation
    unknown_for: timedelta = timedelta(minutes=20)
    #: when a submission is first asked about, and then every so often
    first_poll: timedelta = timedelta(seconds=45)
    poll_every: timedelta = timedelta(seconds=15)
    #: for how long a deletion can be undone
    undo_for: timedelta = timedelta(minutes=10)

    def backoff(self, attempt: int) -> timedelta:
        """The pause after the given attempt (1 is the first): doubling, limited."""
        return min(self.backoff_first * (1 << max(attempt - 1, 0)), self.backoff_most)
