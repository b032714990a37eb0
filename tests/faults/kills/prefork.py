"""Processes that cost milliseconds to start and to kill: forked from one that has everything imported."""

import multiprocessing
import threading
from multiprocessing.connection import wait
from signal import SIGKILL

from tests.faults.kills.work import Place, Work, run

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.faults.kills.template"])
#: starting one process looks at all others, and two threads that look at one spoil its exit code
_LOOKING = threading.Lock()


class Killable:
    """A process that does one piece of work."""

    def __init__(self, place: Place, work: Work, crash_at: str = "") -> None:
        self._answers, answer = _CONTEXT.Pipe(duplex=False)
        with _LOOKING:
            self._process = _CONTEXT.Process(target=run, args=(place, work, crash_at, answer), daemon=True)
            self._process.start()
        answer.close()

    def kill_after(self, seconds: float) -> None:
        """SIGKILL, unless it ends before."""
        if not wait([self._process.sentinel], seconds):
            self._process.kill()

    def ended(self) -> str | None:
        """Wait for its end: what it answered, or None when it was killed. Any other end fails the test."""
        wait([self._process.sentinel])
        with _LOOKING:
            self._process.join()
            code = self._process.exitcode
            self._process.close()
        with self._answers:
            assert code in (0, -SIGKILL), f"it ended with {code}"
            return str(self._answers.recv()) if code == 0 else None
