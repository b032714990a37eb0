"""Jobs in each state, made by their own transitions, for tests to begin with."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from internal.jobs import Job, JobError
from internal.times import Times

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
TIMES = Times()
BUSY = JobError("temporary_failure", "The store is busy.")
BROKEN = JobError("unreadable", "It cannot be read.")


def new() -> Job:
    return Job("a", "vlog", "me", {"settings": {}}).created(NOW)


def leased(times: int = 1) -> Job:
    """Leased that many times in a row, each but the last having crashed."""
    job = new().lease(NOW, TIMES)
    for _ in range(times - 1):
        job = job.expire(NOW).lease(NOW, TIMES)
    return job


def parked() -> Job:
    return leased().park(NOW)


def unwanted() -> Job:
    return leased().cancel(NOW)


#: every way a delivery or the reconciler lets go of a leased job
LETTING_GO: dict[str, Callable[[Job], Job]] = {
    "wait": lambda job: job.wait(NOW, SECOND),
    "park": lambda job: job.park(NOW),
    "back off": lambda job: job.back_off(NOW, BUSY, TIMES),
    "release": lambda job: job.release(NOW),
    "expire": lambda job: job.expire(NOW),
    "complete": lambda job: job.complete(NOW, {}, partial=False),
    "partial": lambda job: job.complete(NOW, {}, partial=True),
    "fail": lambda job: job.fail(NOW, BROKEN),
}
ASKING = ("wait", "back off", "release", "expire")
