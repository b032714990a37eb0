"""Sees to it that nothing outlives the supervisor, however it dies.

Three nets, each enough for most deaths: the kernel's parent-death signal (Linux) takes the parts themselves; a
watcher process, told by the end of a pipe, takes whatever carries the stack's mark, grandchildren too (all
systems); the next start sweeps what a killed watcher left.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

STACK = "DAYLOG_STACK"
PART = "DAYLOG_PART"
#: prctl(2)
PR_SET_PDEATHSIG = 1
#: seconds the database gets to end cleanly, then seconds to wait for what was killed
PATIENCE = 5.0


def marks(stack: str, part: str) -> list[str]:
    """Environment entries by which a part and all it starts can be found again."""
    return [f"{STACK}={stack}", f"{PART}={part}"]


def dies_with_us(orphan_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child runs between fork and exec so that the kernel ends it with us.

    The kernel watches the *thread* that forked, so fork from the main thread only.
    """
    if sys.platform != "linux":
        return None
    # looked up before the fork: the child must not load libraries
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, int(orphan_signal))
        if os.getppid() != parent:  # we died before the call
            os._exit(1)

    return tie


def found(stack: str, part: str | None = None) -> Iterator[psutil.Process]:
    """Living processes that carry the stack's mark."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            env = process.environ()
            if env.get(STACK) == stack and part in (None, env.get(PART)):
                yield process


def sweep(stack: str, part: str | None = None) -> None:
    """End every process that carries the mark, and wait until they are gone."""
    left = [process for process in found(stack, part) if process.pid != os.getpid()]
    for process in left:
        with suppress(psutil.NoSuchProcess):
            # PostgreSQL's fast shutdown: its files stay clean and its own children go with it
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGKILL)
    stubborn = _outlasting(left)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _outlasting(stubborn)


def _outlasting(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Wait until all have ended, or PATIENCE has: those that still run."""
    until = time.monotonic() + PATIENCE
    while (left := [process for process in processes if _lives(process)]) and time.monotonic() < until:
        time.sleep(0.02)
    return left


def _lives(process: psutil.Process) -> bool:
    """One that has ended counts as gone even when nobody has collected its status: some containers never do."""
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


class Watcher:
    """A process that sweeps the stack as soon as ours is gone: the pipe's other end closes with us."""

    def __init__(self, stack: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.orphans", stack],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            cwd=Path(__file__).resolve().parents[2],
        )

    def close(self) -> None:
        """All parts have ended: nothing to sweep."""
        self._process.kill()
        self._process.communicate()


def watch(stack: str) -> None:
    """Blocks until standard input ends."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    sys.stdin.buffer.read()
    sweep(stack)


if __name__ == "__main__":
    watch(sys.argv[1])
