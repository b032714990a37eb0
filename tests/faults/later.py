"""Time that passes without being waited for: what rows say of a job is moved into the past."""

from datetime import timedelta

from sqlalchemy import Engine, Interval, bindparam, text

#: a run's deadline stays where it is: what is played here lasts less than a run may
_JOB = text(
    """
UPDATE job SET lease_until = lease_until - :length, dispatched_at = dispatched_at - :length,
               next_run_at = next_run_at - :length, updated_at = updated_at - :length
WHERE id = :job_id
"""
).bindparams(bindparam("length", type_=Interval))
_LEDGER = text(
    """
UPDATE paid_call SET intent_at = intent_at - :length, submitted_at = submitted_at - :length,
                     unknown_until = unknown_until - :length, settled_at = settled_at - :length
WHERE job_id = :job_id
"""
).bindparams(bindparam("length", type_=Interval))


def let_time_pass(database: Engine, job_id: str, length: timedelta) -> None:
    """For that job alone, and only while nobody works on it."""
    with database.begin() as connection:
        connection.execute(_JOB, {"job_id": job_id, "length": length})
    let_orders_age(database, job_id, length)


def let_orders_age(database: Engine, job_id: str, length: timedelta) -> None:
    """What was ordered for a job was ordered so much earlier. At any time."""
    with database.begin() as connection:
        connection.execute(_LEDGER, {"job_id": job_id, "length": length})
