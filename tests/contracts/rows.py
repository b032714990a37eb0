"""Rows for tests of the store to begin with."""

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TypeVar

from internal.jobs import Dispatch, Job
from internal.media import Media
from internal.ports import Store
from internal.times import Times
from internal.vlog import Vlog, VlogSettings

TIMES = Times()
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
GIB = 1 << 30
T = TypeVar("T")


def add_media(store: Store, owner: str, size: int = 1000, quota: int = GIB) -> Media:
    media_id = str(uuid.uuid4())
    media = Media(media_id, owner, f"media/{owner}/{media_id}", "beach.jpg", size)
    with store.begin() as tx:
        tx.add_media(media, quota)
    return store.media(owner, media_id)


def add_vlog(store: Store, owner: str, media: Sequence[Media] = (), title: str = "") -> Job:
    """A vlog and its job, as committed."""
    wanted = media or [add_media(store, owner)]
    vlog = Vlog(str(uuid.uuid4()), owner, VlogSettings(title=title), tuple(one.id for one in wanted))
    params = {"settings": vlog.settings.model_dump(mode="json"), "media": list(vlog.media_ids)}
    with store.begin() as tx:
        tx.add_job(Job(vlog.id, "vlog", owner, params).created(tx.now))
        tx.add_vlog(vlog)
    return store.job(vlog.id)


def change(store: Store, job: Job, how: Callable[[Job, datetime], Job], fence: int | None = None) -> Job:
    with store.write(job.id, fence) as tx:
        return tx.save(how(tx.job, tx.now), "changed")


def lease(store: Store, job: Job, times: Times = TIMES) -> Job:
    return change(store, job, lambda job, now: job.lease(now, times))


def dispatch_of(job: Job) -> Dispatch:
    return Dispatch(job.id, job.run_no, job.dispatch_no)


def at_once(count: int, call: Callable[[int], T]) -> list[T | Exception]:
    """The answers or errors of that many threads that call at the same moment."""
    ready = Barrier(count)

    def one(number: int) -> T | Exception:
        ready.wait()
        try:
            return call(number)
        except Exception as error:
            return error

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))
