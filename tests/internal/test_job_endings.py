"""How a job ends, and how it begins a new run."""

from dataclasses import replace

import pytest

from internal.errors import Conflict, NotFound
from internal.jobs import Dispatch, Job, Status
from tests.internal.given_jobs import (
    BROKEN,
    HOUR,
    LETTING_GO,
    NOW,
    leased,
    new,
    parked,
)

each = pytest.mark.parametrize


def test_progress_never_goes_back_and_never_over_the_end() -> None:
    job = leased().advance("compose", 0.6, "Drawing")
    assert job.advance("analyze", 0.2, "").progress == 0.6
    assert job.advance("transfer", 7.0, "").progress == 1.0
    assert (job.step, job.message) == ("compose", "Drawing")


def test_a_completed_job_keeps_its_result() -> None:
    after = leased().complete(NOW, {"film": "key"}, partial=False)
    assert (after.status, after.progress, after.result) == (Status.COMPLETED, 1.0, {"film": "key"})
    assert leased().complete(NOW, {}, partial=True).status is Status.PARTIAL


@each("way", ["fail", "partial"])
def test_a_retry_is_a_new_run_that_old_deliveries_cannot_reach(way: str) -> None:
    ended = replace(LETTING_GO[way](leased(3)), version=9)
    again = ended.retry(NOW + HOUR)
    assert again.dispatch == Dispatch("a", 2, ended.dispatch_no + 1)
    assert (again.status, again.attempt, again.progress, again.step) == (Status.PENDING, 0, 0.0, "")
    assert (again.error, again.result, again.deadline_at, again.completed_at) == (None, None, None, None)
    assert (again.fence, again.version) == (ended.fence, 9)
    assert (again.params, again.created_at) == (ended.params, ended.created_at)
    assert not again.accepts(Dispatch("a", 1, ended.dispatch_no), NOW + HOUR)
    assert again.accepts(Dispatch("a", 2, ended.dispatch_no + 1), NOW + HOUR)


@each("job", [new(), leased(), parked(), leased().complete(NOW, {}, partial=False)])
def test_only_what_ended_short_of_complete_can_be_retried(job: Job) -> None:
    with pytest.raises(Conflict):
        job.retry(NOW)


def test_a_deleted_job_is_not_brought_back_by_a_retry() -> None:
    with pytest.raises(NotFound):
        leased().fail(NOW, BROKEN).delete(NOW).retry(NOW)
