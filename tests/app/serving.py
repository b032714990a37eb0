"""The service under gunicorn, as we run it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.settings import Settings
from infra.local.parts import ROOT, answers
from infra.local.ports import free_port
from tests.queue_server import wait_until


@dataclass(frozen=True)
class Served:
    port: int
    #: gunicorn's own process: the one to ask for an end
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served(settings: Settings, state: Path, app: str = "app:create_app()", **environment: str) -> Iterator[Served]:
    """The web role, or another app, until the block ends; it must end well."""
    port = free_port()
    child = started(settings, state, port, app, **environment)
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        yield Served(port, child)
    finally:
        child.terminate()
        assert child.wait(30) == 0, (state / "log").read_text()


def started(
    settings: Settings, state: Path, port: int, app: str = "app:create_app()", **environment: str
) -> subprocess.Popen[bytes]:
    """`state`: an empty folder, to which the log is written. What settings files do not hold goes into the
    environment."""
    written = settings.model_dump(mode="json", exclude={"state", "serve"})
    (state / "settings.json").write_text(json.dumps(written))
    command = [sys.executable, "-m", "gunicorn", "-c", "python:app.gunicorn", "--bind", f"127.0.0.1:{port}"]
    with (state / "log").open("w") as log:
        return subprocess.Popen(
            [*command, app],
            cwd=ROOT,
            stderr=log,
            env={"PATH": "/usr/bin:/bin", "STATE": str(state), "SERVE": "web", **environment},
        )
