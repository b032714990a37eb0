"""Keeps what is learnt of a paid call: under the lease of whoever learnt it, and told by the job's events."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from internal.errors import TemporaryFailure
from internal.paid import PaidCall, PaidState
from internal.pipeline import Run

log = logging.getLogger(__name__)

Change = Callable[[PaidCall, datetime], PaidCall]


def keep(run: Run, intent: PaidCall, how: Change) -> PaidCall:
    """The answer is money: a database that is away for seconds does not lose it, nor does a wish to stop."""
    for pause in run.services.times.in_place:
        try:
            return change(run, intent, how)
        except TemporaryFailure as error:
            log.warning("what became of an order could not be kept yet: %s", error)
            time.sleep(pause.total_seconds())
    return change(run, intent, how)


def change(run: Run, call: PaidCall, how: Change) -> PaidCall:
    """As it stands afterwards; the job tells of it."""
    with run.write() as tx:
        before = tx.paid_call(call.prefix)
        after = how(before, tx.now)
        if after != before:
            tx.save_paid_call(after)
            tx.save(tx.job, *event_of(after))
    return after


def event_of(call: PaidCall) -> tuple[str, Mapping[str, Any]]:
    given_up = not call.is_open and call.state not in (PaidState.DONE, PaidState.REJECTED)
    told = {
        "prefix": call.prefix,
        "scene": call.scene,
        "usd": call.usd,
        "operation": call.operation,
        "reason": call.reason and call.reason.code,
    }
    return f"paid call {'given up' if given_up else call.state}", told
