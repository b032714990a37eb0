"""How long a vlog takes outside the work itself, and how soon it goes on after a crash."""

import os
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from internal import uploads, vlogs
from internal.ports import Event, Services
from internal.vlog import VlogSettings
from tests.bench.rows import Row
from tests.bench.running import Stack
from tests.media import make_day

#: the steps that look, wait for models or encode
WORK = ("analyze", "generate", "compose")


def measure(stack: Stack) -> list[Row]:
    services = stack.services()
    with tempfile.TemporaryDirectory() as folder:
        media = [_upload(services, path) for path in make_day(Path(folder))]
    return [_overhead(services, media), _recovery(services, media, stack)]


def _upload(services: Services, path: Path) -> str:
    with path.open("rb") as data:
        return uploads.receive(services, "local", path.name, data, path.stat().st_size).id


def _overhead(services: Services, media: list[str]) -> Row:
    vlog = vlogs.create(services, "local", VlogSettings(title="Overhead", duration=30), media)
    events = _until(services, vlog.id, lambda seen: services.store.job(vlog.id).finished)
    assert events[-1].kind == "completed", events[-1]
    total = (events[-1].at - events[0].at).total_seconds()
    work = sum(_spent(events, step) for step in WORK)
    return Row(
        "a vlog's time outside analyse, generate, compose",
        f"{total - work:.2f} s of {total:.1f} s ({(total - work) / total:.2f} of the whole)",
        "≤ 1 s",
    )


def _spent(events: list[Event], step: str) -> float:
    """From the step's first event to its checkpoint."""
    of = [event.at for event in events if event.step == step and event.kind in ("progress", "step done")]
    return (of[-1] - of[0]).total_seconds()


def _recovery(services: Services, media: list[str], stack: Stack) -> Row:
    vlog = vlogs.create(services, "local", VlogSettings(title="Recovery", duration=30), media)
    _until(services, vlog.id, lambda seen: seen[-1].step == "compose")
    killed_at = time.monotonic()
    _kill_worker(stack)
    _until(services, vlog.id, lambda seen: sum(event.kind == "leased" for event in seen) > 1)
    took = time.monotonic() - killed_at
    lease = services.times.lease.total_seconds()
    return Row("worker killed -9 → its job runs again", f"{took:.1f} s ({took / lease:.2f} × the lease)", "< 10 s")


def _kill_worker(stack: Stack) -> None:
    """The gunicorn that serves as worker, with all it started."""
    for process in psutil.process_iter():
        try:
            environment = process.environ()
        except psutil.Error:
            continue
        if environment.get("STATE") == str(stack.state) and environment.get("SERVE") == "worker":
            os.kill(process.pid, signal.SIGKILL)


def _until(services: Services, vlog_id: str, reached: Callable[[list[Event]], bool]) -> list[Event]:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        seen = list(services.store.events(vlog_id))
        if seen and reached(seen):
            return seen
        time.sleep(0.05)
    raise TimeoutError(f"vlog {vlog_id} did not get there")
