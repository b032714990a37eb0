"""Starts a delivery for each due task, as fast as its queue allows, and settles what comes of it."""

import sqlite3
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from infra.local.cloud_tasks.deliveries import begin, fail, policy
from infra.local.cloud_tasks.logs import log
from infra.local.cloud_tasks.oidc import Issuer
from infra.local.cloud_tasks.push import Outcome, push
from infra.local.cloud_tasks.rates import Bucket
from infra.local.cloud_tasks.storage import Entry, Storage
from infra.local.cloud_tasks.wire import RUNNING, ApiError, Message

#: threads of all queues together, one a delivery
MAX_DELIVERIES = 64
#: look at least this often, so that a changed clock or a laptop's sleep is noticed
TICK = 1.0
SWEEP_EVERY = 600.0
#: after a failure of the disk, before the next try
PAUSE = 1.0


@dataclass
class Lane:
    """What one queue is doing now. It starts full, as a queue at rest is."""

    bucket: Bucket = field(default_factory=lambda: Bucket(float("inf"), time.monotonic()))
    running: Counter[str] = field(default_factory=Counter)


class Dispatcher:
    """Nothing about a running delivery is stored but its count: after a crash its task is due and goes out again."""

    def __init__(self, storage: Storage, issuer: Issuer) -> None:
        self._storage, self._issuer = storage, issuer
        self._lanes: dict[str, Lane] = {}
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._swept = 0.0
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Start no more. Deliveries that are out are left to the next start, which repeats them."""
        self._stopping.set()
        self._changed.set()
        self._thread.join()

    def wake(self) -> None:
        """A task or a queue has changed."""
        self._changed.set()

    def run_now(self, name: str, queue: str) -> None:
        """Deliver at once, whatever the queue's state, limits, or the task's time."""
        with self._lock:
            self._start(name, queue)

    # ------------------------------------------------------------ what is due

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._changed.clear()
            try:
                wait = self._look()
            except (sqlite3.Error, RuntimeError) as error:
                # A full disk, or no thread to be had: both may pass.
                log("dispatcher failed", error=repr(error))
                wait = PAUSE
            self._changed.wait(wait)

    def _look(self) -> float:
        """Start what may start now; returns the seconds until something else may."""
        now = time.time()
        if now - self._swept > SWEEP_EVERY:
            self._storage.sweep(now)
            self._swept = now
        running = [queue for queue in self._storage.queues() if queue.state == RUNNING]
        return min([self._serve(queue, now) for queue in running], default=TICK)

    def _serve(self, queue: Message, now: float) -> float:
        with self._lock:
            lane, room = self._room(queue)
            due = self._storage.due(queue.name, now, room + len(lane.running) + 1)
            ready = [name for name in due if name not in lane.running]
            for name in ready[:room]:
                lane.bucket = lane.bucket.take(1)
                self._start(name, queue.name)
        return self._wait(queue, lane, bool(ready[room:]), now)

    def _room(self, queue: Message) -> tuple[Lane, int]:
        """How many deliveries the queue's rate and concurrency, and our threads, leave room for."""
        limits = queue.rate_limits
        lane = self._lanes.setdefault(queue.name, Lane())
        lane.bucket = lane.bucket.filled(limits.max_dispatches_per_second, limits.max_burst_size, time.monotonic())
        free = MAX_DELIVERIES - sum(lane.running.total() for lane in self._lanes.values())
        room = min(int(lane.bucket.level), limits.max_concurrent_dispatches - lane.running.total(), free)
        return lane, max(0, room)

    def _wait(self, queue: Message, lane: Lane, more: bool, now: float) -> float:
        # When concurrency is what holds a task back, the end of a delivery wakes us.
        refill = lane.bucket.wait(queue.rate_limits.max_dispatches_per_second)
        if more:
            return refill or TICK
        due = self._storage.next_due(queue.name, now)
        return TICK if due is None else min(TICK, max(0.0, due - time.time()))

    # ------------------------------------------------------------ one delivery

    def _start(self, name: str, queue: str) -> None:
        threading.Thread(target=self._deliver, args=(name, queue), name="delivery", daemon=True).start()
        # Counted only once it runs; it cannot end before, because the end needs the lock we hold.
        self._lanes.setdefault(queue, Lane()).running[name] += 1

    def _deliver(self, name: str, queue: str) -> None:
        try:
            self._attempt(name)
        except ApiError as error:
            # Deleted, purged or its queue deleted between our look and now.
            log("delivery dropped", task=name, reason=error.message)
        except sqlite3.Error as error:
            log("storage failed", task=name, error=repr(error))
            self._stopping.wait(PAUSE)
        finally:
            self._end(name, queue)

    def _attempt(self, name: str) -> None:
        entry = self._storage.task(name)
        override = self._storage.queue(entry.queue).http_target.uri_override
        attempt = begin(entry, override, self._issuer, time.time())
        self._storage.change(entry)
        outcome = push(attempt.push, attempt.deadline)
        if self._stopping.is_set():
            return
        over = self._settle(name, outcome)
        log(
            "delivery",
            task=name,
            url=attempt.push.url,
            retry=attempt.past,
            status=outcome.status,
            reason=outcome.reason,
            over=over,
            ms=round(outcome.seconds * 1000, 1),
        )

    def _settle(self, name: str, outcome: Outcome) -> bool:
        """Read again: RunTask may have delivered it meanwhile too. Returns whether the task is over."""
        now = time.time()
        entry = self._storage.task(name)
        if outcome.delivered or fail(entry, outcome, policy(self._retry_config(entry)), now):
            return self._storage.remove(name, now)
        return not self._storage.change(entry)

    def _retry_config(self, entry: Entry) -> Message:
        own = entry.message.retry_config
        return own if entry.message.HasField("retry_config") else self._storage.queue(entry.queue).retry_config

    def _end(self, name: str, queue: str) -> None:
        with self._lock:
            running = self._lanes[queue].running
            running[name] -= 1
            if running[name] <= 0:
                del running[name]
        self.wake()
