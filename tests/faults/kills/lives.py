"""A job's life: asked for, delivered, lost, found again, until it ends, while its processes are killed as planned."""

import random
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from internal.jobs import Dispatch, Job
from internal.vlog import VlogSettings
from tests.faults.kills.aftermath import chunks_kept
from tests.faults.kills.plans import Fault, Plan
from tests.faults.kills.prefork import Killable
from tests.faults.kills.stage import Stage
from tests.faults.kills.work import Work, approve_one, create_one, deliver_one, reconcile_all, turn_round
from tests.vertex import Answer, Rule

#: more processes than any plan needs for one job
MOST_PROCESSES = 60
#: long enough for any lease, dispatch or back-off, and for whatever was ordered; well under a run's limit
A_WHILE = timedelta(hours=1)
WISHES = VlogSettings(title="Sea", theme="adventure", duration=10, music_mood="none")
#: two orders
GENERATED = WISHES.model_copy(update={"style": "generated"})


class Life:
    """`chance` decides what the queue does with a task whose delivery was never answered. An owner who wishes to
    review the story turns it round. `answers` are what the
    generator says to the job's first orders; the others succeed."""

    def __init__(
        self,
        stage: Stage,
        plan: Plan,
        chance: random.Random,
        wishes: VlogSettings = WISHES,
        answers: Sequence[Answer] = (),
    ) -> None:
        self.stage, self.plan, self._chance, self.wishes, self._answers = stage, plan, chance, wishes, answers
        self.owner_id = f"owner-{uuid.uuid4()}"
        #: the faults that killed a process
        self.struck: list[tuple[str, Fault]] = []
        #: seconds its latest process of each kind of work took
        self.took: dict[str, float] = {}
        self._processes = 0

    def play(self) -> Job:
        """From the request until the queue is done with the job."""
        media = self.stage.upload_media(self.owner_id, photos=2 if self.wishes.style == "generated" else 1)
        while (job := self._job()) is None:
            self._do("create", partial(create_one, self.owner_id, self.wishes, media))
        self._instruct_generator(job)
        while not job.finished or self.stage.queue.tasks(job.id):
            tasks = self.stage.queue.tasks(job.id)
            if tasks:
                self._wait_until_due(job)
                self._deliver(tasks[0])
            elif job.parked_at:
                self._do("change", partial(turn_round, self.owner_id, job.id))
                self._do("approve", partial(approve_one, self.owner_id, job.id))
            else:
                self.stage.let_time_pass(job.id, A_WHILE)
                self._do("reconcile", reconcile_all)
            job = self.stage.services.store.job(job.id)
        return job

    def _job(self) -> Job | None:
        """A creation that was killed before its commit has left none: the user asks again."""
        found, _ = self.stage.services.store.vlogs(self.owner_id, 2, 0)
        assert len(found) <= 1
        return found[0][1] if found else None

    def _instruct_generator(self, job: Job) -> None:
        prefix = f"/{job.id}/"
        rules = [Rule(on="submit", answer=answer, prefix=prefix, times=1) for answer in self._answers]
        self.stage.vertex.script.add(*rules)

    def _wait_until_due(self, job: Job) -> None:
        """The queue delivers nothing before its time."""
        early = job.next_run_at - datetime.now(UTC) if job.next_run_at else timedelta(0)
        if early > timedelta(0):
            self.stage.let_time_pass(job.id, early)

    def _deliver(self, dispatch: Dispatch) -> None:
        """Unanswered, it is delivered again, or the queue forgets it."""
        job = self.stage.services.store.job(dispatch.job_id)
        kept = chunks_kept(self.stage.services, job)
        answer = self._do("deliver", partial(deliver_one, dispatch))
        assert kept.items() <= chunks_kept(self.stage.services, job).items(), "a finished chunk was rendered again"
        if answer is not None or self._chance.random() < 0.5:
            self.stage.queue.finish(dispatch)

    def _do(self, kind: str, work: Work) -> str | None:
        """What a process answered, or None when it was killed."""
        self._processes += 1
        assert self._processes < MOST_PROCESSES, "it does not end"
        fault = self.plan.fault(kind)
        began = time.monotonic()
        process = Killable(self.stage.place, work, fault if isinstance(fault, str) else "")
        if isinstance(fault, float):
            process.kill_after(fault)
        answer = process.ended()
        self.took[kind] = time.monotonic() - began
        if answer is None and fault is not None:
            self.plan.struck()
            self.struck.append((kind, fault))
        return answer
