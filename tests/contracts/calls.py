"""Paid calls, as the tests of the ledger make and change them."""

from collections.abc import Callable
from datetime import datetime

from infra.postgres.store import PostgresStore
from internal.jobs import Job, JobError
from internal.paid import PaidCall, Spending
from internal.ports import Usage
from tests.contracts.rows import HOUR

SHA = "ab" * 32
FILTERED = JobError("filtered", "It shows a celebrity.")
Change = Callable[[PaidCall, datetime], PaidCall]


def order(job: Job, scene: int = 1, ordinal: int = 1, usd: float = 0.4, input_sha: str = SHA) -> PaidCall:
    return PaidCall(job.owner_id, job.id, job.run_no, scene, input_sha, ordinal, units=8.0, usd=usd)


def intend(store: PostgresStore, call: PaidCall) -> PaidCall:
    """Committed, as before it is sent."""
    with store.write(call.job_id) as tx:
        intended = call.intended(tx.now, HOUR)
        tx.add_paid_call(intended)
    return intended


def turn(store: PostgresStore, call: PaidCall, how: Change) -> PaidCall:
    with store.write(call.job_id) as tx:
        changed = how(tx.paid_call(call.prefix), tx.now)
        tx.save_paid_call(changed)
    return changed


def reject(call: PaidCall, now: datetime) -> PaidCall:
    return call.rejected(now, FILTERED)


def ask(store: PostgresStore, job: Job, usd: float) -> None:
    with store.write(job.id) as tx:
        tx.add_usage(Usage("gemini", 1200, 80, usd))


def spending(store: PostgresStore, job: Job) -> Spending:
    with store.write(job.id) as tx:
        return tx.spending()
