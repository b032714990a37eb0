"""What the reconciler makes of a job, and what holds for a job whatever happens in whatever order."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from internal.errors import Refused
from internal.jobs import ATTEMPTS, OVERDUE, Dispatch, Job, Status
from internal.reconciler import overdue
from tests.internal.given_jobs import (
    BROKEN,
    HOUR,
    LETTING_GO,
    NOW,
    SECOND,
    TIMES,
    leased,
    new,
    parked,
)

each = pytest.mark.parametrize


def test_the_reconciler_leaves_alone_what_is_in_order() -> None:
    taken = replace(new(), dispatched_at=NOW)
    for job in (leased(), parked(), leased().fail(NOW, BROKEN), taken):
        assert overdue(job, NOW + SECOND, TIMES, lost=False) == (job, "")


def test_the_reconciler_sends_again_what_the_queue_has_not_taken_under_the_same_name() -> None:
    assert overdue(new(), NOW + HOUR, TIMES, lost=False) == (new(), "dispatched again")


def test_a_lost_dispatch_is_replaced_only_once_it_is_overdue() -> None:
    job = replace(leased().wait(NOW, HOUR), dispatched_at=NOW)
    due = NOW + HOUR + TIMES.unleased
    assert overdue(job, due - SECOND, TIMES, lost=True) == (job, "")
    after, word = overdue(job, due, TIMES, lost=True)
    assert (after.dispatch, word) == (Dispatch("a", 1, 3), "dispatch lost")
    assert overdue(job, due, TIMES, lost=False) == (job, "")


def test_an_expired_lease_is_the_reconcilers_to_end() -> None:
    after, word = overdue(leased(), NOW + TIMES.lease, TIMES, lost=False)
    assert (after.dispatch, word) == (Dispatch("a", 1, 2), "lease expired")


@each("job", [leased(), leased().wait(NOW, SECOND)], ids=["lease run out", "waiting"])
def test_a_run_past_its_deadline_fails(job: Job) -> None:
    after, word = overdue(job, NOW + TIMES.limit, TIMES, lost=False)
    assert (after.status, after.error, word) == (Status.FAILED, OVERDUE, "overdue")


# ---- in any order

CHANGES: dict[str, Callable[[Job], Job]] = {
    **LETTING_GO,
    "lease": lambda job: job.lease(NOW, TIMES),
    "done": lambda job: job.step_done(),
    "show": lambda job: job.advance("s", 0.5, ""),
    "cancel": lambda job: job.cancel(NOW),
    "delete": lambda job: job.delete(NOW),
    "restore": lambda job: job.restore(NOW, TIMES),
    "retry": lambda job: job.retry(NOW),
    "approve": lambda job: job.resume(NOW),
    "settle": lambda job: overdue(job, NOW + HOUR, TIMES, lost=True)[0],
}
AT_WORK = {*LETTING_GO, "done", "show"}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=40))
def test_whatever_happens_a_job_keeps_its_promises(happenings: list[str]) -> None:
    job = new()
    for happening in happenings:
        if happening in AT_WORK and job.status is not Status.RUNNING:
            continue  # the fence stops these
        if happening == "lease" and not job.accepts(Dispatch("a", job.run_no, job.dispatch_no), NOW + HOUR):
            continue
        try:
            after = CHANGES[happening](job)
        except Refused:
            continue
        keeps_its_promises(job, after, happening)
        job = after


def keeps_its_promises(before: Job, after: Job, happening: str) -> None:
    if before.finished and happening != "retry":
        assert after.status is before.status
    if happening != "retry":
        assert after.progress >= before.progress
    assert (after.run_no, after.dispatch_no) >= (before.run_no, before.dispatch_no)
    assert after.fence == before.fence + (happening == "lease" and not after.finished)
    assert 0 <= after.attempt <= ATTEMPTS
    assert after.version == before.version
    assert (after.status is Status.RUNNING) == (after.lease_until is not None)
    assert after.deleted_at == before.deleted_at or happening in ("delete", "restore")
    going_on = after.finished or after.parked_at or after.status is Status.RUNNING
    assert going_on or after.dispatch
    assert not (after.finished and after.dispatch)
