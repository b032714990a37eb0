"""How many polls of one vlog a second, against an empty Flask view under the same gunicorn."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from infra.local.parts import answers
from infra.local.ports import free_port
from internal import vlogs
from internal.media import Facts, Kind, Media, MediaState
from internal.vlog import VlogSettings
from tests.bench.rows import Row
from tests.bench.running import Stack

ROUNDS, SECONDS, CONNECTIONS = 3, 4, 16


def measure(stack: Stack) -> Iterator[Row]:
    whats = {"polls of a vlog, one database round trip each": 0.25, "polls of a vlog, read less than 1 s ago": 0.5}
    if shutil.which("wrk") is None:
        for what, goal in whats.items():
            yield Row(what, "not measured: `apt-get install wrk` first", f"≥ {goal} × an empty view")
        return
    path = f"/api/vlogs/{_finished_vlog(stack)}"
    with _served(stack, "tests.bench.empty:app") as empty:
        for (what, goal), age in zip(whats.items(), ("0", "1"), strict=True):
            with _served(stack, "app:create_app()", SERVE="web", SNAPSHOT_AGE=age) as ours:
                yield _compared(what, f"{ours}{path}", f"{empty}/", goal)


def _compared(what: str, url: str, empty: str, goal: float) -> Row:
    pairs = [(_rate(url), _rate(empty)) for _ in range(ROUNDS)]
    ours, theirs = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    ratio = median(mine / other for mine, other in pairs)
    return Row(what, f"{ratio:.2f} × ({ours:.0f} against {theirs:.0f} requests/s)", f"≥ {goal} × an empty view")


def _finished_vlog(stack: Stack) -> str:
    """Cancelled at once: nothing works on it while it is polled."""
    services = stack.services()
    facts = Facts(kind=Kind.PHOTO, content_type="image/jpeg", width=1, height=1)
    with services.store.begin() as tx:
        tx.add_media(Media("m", "local", "media/local/m", "m.jpg", 1, MediaState.READY, facts), 1 << 40)
    vlog = vlogs.create(services, "local", VlogSettings(), ["m"])
    if not services.store.job(vlog.id).finished:
        vlogs.cancel(services, "local", vlog.id)
    return vlog.id


@contextmanager
def _served(stack: Stack, app: str, **environment: str) -> Iterator[str]:
    """By gunicorn as we run it."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = ["-m", "gunicorn", "-c", "python:app.gunicorn", "--bind", f"127.0.0.1:{port}", app]
    given = {**stack.environment, **environment}
    with subprocess.Popen([sys.executable, *command], env=given, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(f"{url}/healthz")
            yield url
        finally:
            process.terminate()


def _wait_for(url: str) -> None:
    for _ in range(200):
        if answers(url):
            return
        time.sleep(0.05)
    raise TimeoutError(url)


def _rate(url: str) -> float:
    """Requests a second; every answer must be a good one."""
    load = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", url]
    said = subprocess.run(load, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])
