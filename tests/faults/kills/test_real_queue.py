"""The same through the laptop's real queue, with real leases that run out, and the reconciler at its side."""

import json
import random
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from internal.jobs import Dispatch, Job
from internal.ports import Services
from internal.reconciler import reconcile
from tests.faults.kills.aftermath import check
from tests.faults.kills.lives import WISHES
from tests.faults.kills.prefork import Killable
from tests.faults.kills.stage import Stage
from tests.faults.kills.work import Place, create_one, deliver_one, services_at
from tests.queue_server import Received, Reply, queue_server, target, wait_until

KILLS_OF_EACH = 2
#: in seconds: half a vlog's time, so that most kills come before its end
LATEST = 0.5
#: a lease that an overloaded machine keeps, and the test need not wait long for
TIMES = {"lease": 2.0, "heartbeat": 0.4}
RETRIES = {"max_attempts": 4, "min_backoff": timedelta(milliseconds=100)}
#: how the process that asked for each vlog ended
REQUESTS = ("", "created", "enqueued", "", "")


@dataclass
class Workers:
    """Answers the queue as a worker does that is often killed."""

    chance: random.Random
    place: Place | None = None
    kills: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, received: Received) -> Reply:
        dispatch = Dispatch(**json.loads(received.body))
        assert self.place
        worker = Killable(self.place, partial(deliver_one, dispatch))
        with self._lock:
            killed_after = self.chance.uniform(0, LATEST)
            doomed = self.kills[dispatch.job_id] < KILLS_OF_EACH
        if doomed:
            worker.kill_after(killed_after)
        if worker.ended() is not None:
            return Reply(200)
        with self._lock:
            self.kills[dispatch.job_id] += 1
        return Reply(503)


@contextmanager
def reconciling(services: Services) -> Iterator[None]:
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(0.2):
            reconcile(services)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def ask(place: Place, stage: Stage, crash_at: str) -> Job:
    """A vlog by a process that may be killed after its commit."""
    owner_id = f"owner-{uuid.uuid4()}"
    Killable(place, partial(create_one, owner_id, WISHES, stage.upload_media(owner_id)), crash_at).ended()
    (made,), _ = stage.services.store.vlogs(owner_id, 1, 0)
    return made[1]


def test_every_vlog_asked_for_is_made_while_workers_are_killed(
    stage: Stage, chance: random.Random, tmp_path: Path
) -> None:
    workers = Workers(chance)
    with queue_server(tmp_path / "queue") as queue, target(workers.answer) as worker:
        to_it = {
            "tasks_endpoint": queue.url,
            "tasks_queue": queue.new_queue(retry_config=RETRIES),
            "tasks_target": worker.url,
        }
        place = workers.place = replace(stage.place, settings={**stage.place.settings, **to_it, **TIMES}, queue=None)
        services = services_at(place)
        with reconciling(services):
            asked = [ask(place, stage, crash_at).id for crash_at in REQUESTS]
            wait_until(lambda: all(services.store.job(job_id).finished for job_id in asked), seconds=120)
    for job_id in asked:
        (tmp_path / job_id).mkdir()
        check(services, services.store.job(job_id), tmp_path / job_id)
    assert workers.kills.total() >= len(REQUESTS)
    services.store.close()
