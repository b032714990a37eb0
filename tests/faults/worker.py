"""The real worker under the real gunicorn, as the laptop's stack starts it, but quicker to give up and to try again.

Imported by gunicorn it is also that worker's composition root: the real one, with short times, odd pipelines, and
a clock that may be wrong.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from flask import Flask

from app import create_app
from app.bootstrap import connect
from app.services import EXTENSION
from app.settings import Settings
from infra.local.parts import ROOT, answers
from infra.local.ports import free_port
from internal import faults
from internal.pipelines import PIPELINES
from internal.times import Times
from tests.faults.freezing import freeze_at
from tests.faults.odd_pipelines import ODD
from tests.queue_server import wait_until
from tests.whole import PLACES

#: no lease runs out by itself, however busy the machine is: see `House.lose_lease`
TIMES = Times(
    lease=timedelta(seconds=15),
    heartbeat=timedelta(seconds=0.4),
    undispatched=timedelta(seconds=0.5),
    unleased=timedelta(seconds=1.5),
    backoff_first=timedelta(seconds=0.1),
    backoff_most=timedelta(seconds=0.4),
    in_place=(timedelta(seconds=0.05), timedelta(seconds=0.1)),
    undo_for=timedelta(0),
)
#: environment of a worker: how wrong its clock is, and how long a run may take, in seconds
CLOCK_OFF, LIMIT = "CLOCK_OFF", "RUN_LIMIT"
#: where it freezes itself, once
FREEZE_AT = "FREEZE_AT"
#: the crash point at which a job waits, once, until the worker is told to end
HOLD_AT = "HOLD_AT"
#: those that a worker's environment may set
SET_TIMES = ("lease", "submit_timeout", "unknown_for", "first_poll", "poll_every")


def quick_app() -> Flask:
    off = timedelta(seconds=float(os.environ.get(CLOCK_OFF, 0)))
    limit = timedelta(seconds=float(os.environ.get(LIMIT, 600)))
    settings = Settings()
    times = replace(TIMES, limit=limit, **{name: getattr(settings.times, name) for name in SET_TIMES})
    services = replace(connect(settings), times=times, clock=lambda: datetime.now(UTC) + off)
    if place := os.environ.get(FREEZE_AT):
        services = replace(services, generator=freeze_at(place, services.generator))
    app = create_app(settings, services, {**PIPELINES, **ODD})
    if place := os.environ.get(HOLD_AT):
        faults.arm(place, app.extensions[EXTENSION].shutdown.wait)
    return app


class Worker:
    """One gunicorn, ready; `env` are settings of its own."""

    def __init__(self, state: Path, env: Mapping[str, str]) -> None:
        self.port = free_port()
        self.log = state / "logs" / f"worker-{self.port}.log"
        command = [sys.executable, "-m", "gunicorn", "-c", "python:app.gunicorn", "--bind", f"127.0.0.1:{self.port}"]
        usual = {"SERVE": "worker", "STATE": str(state), "PLACES": str(PLACES), "SHORT_SIDE": "90"}
        usual |= {"LEASE": str(TIMES.lease.total_seconds()), "FIRST_POLL": "0.1", "POLL_EVERY": "0.2"}
        with self.log.open("w") as log:
            self._gunicorn = subprocess.Popen(
                [*command, "tests.faults.worker:quick_app()"],
                cwd=ROOT,
                env={**os.environ, **usual, **env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_until(lambda: self._gunicorn.poll() is not None or answers(f"http://127.0.0.1:{self.port}/healthz"))
        assert self._gunicorn.poll() is None, self.log.read_text()

    @property
    def hands(self) -> psutil.Process:
        """The process that does the work: gunicorn's first only watches over it."""
        children = psutil.Process(self._gunicorn.pid).children()
        return next(child for child in children if child.status() != psutil.STATUS_ZOMBIE)

    def family(self) -> list[psutil.Process]:
        """Those under the hands: decoders and renderers."""
        return self.hands.children(recursive=True)

    @property
    def frozen(self) -> bool:
        return self.hands.status() == psutil.STATUS_STOPPED

    def wake(self) -> None:
        self.hands.resume()

    def said(self, text: str, times: int = 1) -> bool:
        return self.log.read_text().count(text) >= times

    def died(self, times: int = 1) -> bool:
        """Whether its hands were killed, so often; gunicorn gives it others."""
        return self.said("was sent SIGKILL", times)

    def end(self, number: signal.Signals = signal.SIGTERM, patience: float = 20) -> float:
        """Send the signal and wait; returns the seconds it took."""
        started = time.monotonic()
        self._gunicorn.send_signal(number)
        self._gunicorn.wait(patience)
        return time.monotonic() - started

    def close(self) -> None:
        """By force, with all it started."""
        if self._gunicorn.poll() is not None:
            return
        family = psutil.Process(self._gunicorn.pid).children(recursive=True)
        for process in family:
            if process.status() == psutil.STATUS_STOPPED:
                process.resume()
        self._gunicorn.terminate()
        try:
            self._gunicorn.wait(30)
        except subprocess.TimeoutExpired:
            self._gunicorn.kill()
            self._gunicorn.wait()
        for process in psutil.wait_procs(family, timeout=5)[1]:
            process.kill()


def gone(processes: list[psutil.Process]) -> bool:
    """Ended, whether or not anybody has collected them."""
    return all(not process.is_running() or process.status() == psutil.STATUS_ZOMBIE for process in processes)
