"""Plays deliveries that pay for a scene."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from internal.jobs import Dispatch, Job, JobError
from internal.paid import Limits, PaidCall, PaidState
from internal.paying import Pending, Standing, Wanted, advance
from internal.pipeline import Done, Outcome, Pipeline, Run, Step, Wait
from internal.ports import NotMade, Order, Services
from internal.runner import deliver
from tests.internal.scripted_generator import ScriptedGenerator

FILTERED = NotMade(JobError("filtered", "The photo shows what the generator does not animate."))
BUSY_NOW = NotMade(JobError("busy", "Try again."), again=True)
PLENTY = Limits(vlog=1e6, owner_day=1e6, service_day=1e6, submissions=10**6)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Player:
    """Plays deliveries of one owner's jobs, whose one step asks for one scene, and keeps where it stood."""

    def __init__(self, services: Services, generator: ScriptedGenerator) -> None:
        self.services, self.generator = services, generator
        self.standings: list[Standing] = []
        self.owner, self.input_sha = f"owner-{uuid.uuid4()}", uuid.uuid4().hex
        self.job = self.new_job()
        self.most: float | None = None
        self.prepare: Callable[[], None] = lambda: None
        self.step: Callable[[Run], Done | Wait] = self.advance

    def new_job(self, owner: str = "") -> str:
        job_id = f"job-{uuid.uuid4()}"
        with self.services.store.begin() as tx:
            tx.add_job(Job(job_id, "test", owner or self.owner).created(tx.now))
        return job_id

    def play(self, job_id: str = "", shutdown: threading.Event | None = None) -> str:
        """Deliver the newest dispatch; what came of it, in a word."""
        job = self.services.store.job(job_id or self.job)
        pipeline = Pipeline("test", (Step("pays", self.step),), lambda outputs: Outcome(dict(outputs)))
        dispatch = Dispatch(job.id, job.run_no, job.dispatch_no)
        return deliver(dispatch, self.services, shutdown or threading.Event(), {"test": pipeline})

    def advance(self, run: Run) -> Done | Wait:
        self.standings.append(advance(run, self.wanted()))
        if isinstance(self.standing, Pending):
            return Wait(self.standing.delay)
        return Done(type(self.standing).__name__)

    def wanted(self) -> Wanted:
        order = Order(Path("photo.jpg"), "The sea.", 4, "16:9", "720p")
        return Wanted(1, self.input_sha, order, self.generator.cost, self.most, lambda: self.prepare())

    def change(self, how: Callable[[Job, datetime], Job]) -> None:
        """As somebody else changes the job."""
        with self.services.store.write(self.job) as tx:
            tx.save(how(tx.job, tx.now), "changed")

    @property
    def standing(self) -> Standing:
        return self.standings[-1]

    def calls(self, owner: str = "") -> list[PaidCall]:
        return list(self.services.store.paid_calls(owner or self.owner, self.input_sha))

    def states(self) -> list[PaidState]:
        return [call.state for call in self.calls()]

    def let_windows_pass(self) -> None:
        """What may still appear now never will; whatever pause was asked for is over."""
        for call in self.calls():
            with self.services.store.write(call.job_id) as tx:
                tx.save_paid_call(replace(call, unknown_until=LONG_AGO))

    def events(self) -> list[str]:
        return [event.kind for event in self.services.store.events(self.job) if event.kind.startswith("paid")]
