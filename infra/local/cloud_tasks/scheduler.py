"""A small Cloud Scheduler: calls a URL of ours every so many seconds, with a token that proves who calls."""

import threading
from dataclasses import dataclass

from infra.local.cloud_tasks.logs import log
from infra.local.cloud_tasks.oidc import Issuer
from infra.local.cloud_tasks.push import Push, push
from infra.local.cloud_tasks.rules import check_url
from infra.local.cloud_tasks.wire import ApiError

TIMEOUT = 30.0


@dataclass(frozen=True)
class Schedule:
    """`every` in seconds, counted from the end of one call to the start of the next: calls never overlap."""

    url: str
    every: float
    audience: str
    service_account: str


def parse_schedule(text: str) -> Schedule:
    """Read `URL,SECONDS,AUDIENCE,SERVICE_ACCOUNT`. Raises ValueError."""
    parts = text.rsplit(",", 3)
    if len(parts) != 4 or "@" not in parts[3]:
        raise ValueError(f"a schedule is URL,SECONDS,AUDIENCE,SERVICE_ACCOUNT, not {text!r}")
    if float(parts[1]) <= 0:
        raise ValueError("the seconds of a schedule must be more than 0")
    try:
        check_url(parts[0])
    except ApiError as error:
        raise ValueError(error.message) from error
    return Schedule(parts[0], float(parts[1]), parts[2], parts[3])


class Scheduler:
    """One schedule and its thread."""

    def __init__(self, schedule: Schedule, issuer: Issuer) -> None:
        self._schedule, self._issuer = schedule, issuer
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Call no more; a call that is out is left alone."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(self._schedule.every):
            self._call()

    def _call(self) -> None:
        """The target's failures are logged, never raised: the next call is the retry."""
        token = self._issuer.token(self._schedule.service_account, self._schedule.audience)
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "User-Agent": "Google-Cloud-Scheduler",
            "X-CloudScheduler": "true",
        }
        outcome = push(Push("POST", self._schedule.url, headers, b"{}"), TIMEOUT)
        if not outcome.delivered:
            log("schedule failed", url=self._schedule.url, status=outcome.status, reason=outcome.reason)
