"""Brings a job forward when what it waits for has arrived in the work store. All works without it, more slowly: the
job looks for itself every so often."""

from internal.errors import NotFound
from internal.jobs import Job
from internal.paid import job_and_run
from internal.ports import Services
from internal.runner import enqueue


def arrived(services: Services, key: str) -> bool:
    """Whether a job was waiting for an object like this one. If so its next dispatch is asked for at once, which makes
    the later one stale. One that is being worked on is left alone: at the worst it has just looked, and waits once more
    as long as it always does. Raises TemporaryFailure when the database is out of reach."""
    waiting = job_and_run(key)
    if waiting is None:
        return False
    job_id, run_no = waiting
    try:
        with services.store.write(job_id) as tx:
            hastened = tx.job.hasten(tx.now) if _generates(tx.job, run_no) else tx.job
            if hastened is tx.job:
                return False
            job = tx.save(hastened, "clip arrived", {"key": key})
    except NotFound:
        return False
    enqueue(services, job)
    return True


def _generates(job: Job, run_no: int) -> bool:
    return job.run_no == run_no and job.step == "generate"
