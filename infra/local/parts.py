"""One part of the stack: a child process, how it is started, when it is ready, how it ends."""

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from infra.local import orphans

#: a log longer than this many bytes is put aside when its part is first started
LOG_LIMIT = 5_000_000
#: what our own programs are run from, so that `python -m` finds them
ROOT = Path(__file__).resolve().parents[2]


class StackError(Exception):
    """The stack cannot go on; the message is one sentence for the person at the keyboard."""


@dataclass(frozen=True)
class Part:
    """What to run. `ready` is asked with the child's process id until it says yes."""

    name: str
    command: Sequence[str]
    ready: Callable[[int], bool]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = ROOT
    #: uid and gid to run as, when not our own
    user: tuple[int, int] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    #: what the kernel sends it when the supervisor dies
    orphan_signal: signal.Signals = signal.SIGKILL
    #: seconds it may take to stop
    grace: float = 10.0
    #: clears what a crash left, before each start
    before: Callable[[], None] = lambda: None


class Child:
    """A part that was started, in a session of its own so that a Ctrl-C reaches only the supervisor."""

    def __init__(self, part: Part, stack: str, log: Path) -> None:
        self.part = part
        self.stack = stack
        self.log = log
        self.started_at = time.monotonic()
        self._process = self._spawn()

    def _spawn(self) -> subprocess.Popen[bytes]:
        part = self.part
        part.before()
        uid, gid = part.user or (None, None)
        # `env` adds to the environment we were given without this program having to read it
        env = [f"{name}={value}" for name, value in part.env.items()]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                ["/usr/bin/env", *orphans.marks(self.stack, part.name), *env, *part.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=part.cwd,
                user=uid,
                group=gid,
                extra_groups=[] if part.user else None,
                start_new_session=True,
                preexec_fn=orphans.dies_with_us(part.orphan_signal),
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def status(self) -> int | None:
        return self._process.poll()

    @property
    def ready(self) -> bool:
        return not self.ended and self.part.ready(self.pid)

    def wait_ready(self, seconds: float = 30) -> None:
        """Raises StackError when it ends or is not ready in time."""
        until = time.monotonic() + seconds
        while not self.ready:
            if self.ended or time.monotonic() > until:
                raise StackError(self.failure())
            time.sleep(0.02)

    def failure(self) -> str:
        """One sentence on why it did not start, from the end of its log."""
        said = last_line(self.log)
        ended = f"ended with status {self.status}" if self.ended else "was not ready in time"
        if "No space left" in said:
            return f"The disk is full, so {self.part.name} {ended}."
        return f"{self.part.name} {ended}: {said or 'it said nothing'} (see {self.log})."

    def ask_to_stop(self) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(self.part.stop_signal)

    def finish(self, seconds: float | None = None) -> None:
        """Wait for it to end, by its own grace or so many seconds; then by force."""
        try:
            self._process.wait(self.part.grace if seconds is None else seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def stop(self, seconds: float | None = None) -> None:
        """With all it started."""
        self.ask_to_stop()
        self.finish(seconds)
        orphans.sweep(self.stack, self.part.name)

    def kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


def last_line(log: Path) -> str:
    """The last line that says something, shortened."""
    with suppress(OSError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        lines = [line.strip() for line in file.read().decode(errors="replace").splitlines() if line.strip()]
        return lines[-1][:300] if lines else ""
    return ""


def rotate(log: Path) -> None:
    """Keep a log and the one before it, each about LOG_LIMIT long."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_name(log.name + ".1"))


def answers(url: str) -> bool:
    """Whether an HTTP server is up there: any answer but a 5xx will do."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=1)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
