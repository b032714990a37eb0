"""Starting the forkserver when it is first needed, and again when it is gone."""

import atexit
import os
import socket
import subprocess
import sys
import threading

#: one arena and one BLAS thread: each more reserves address space that a child's limit counts
_ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "2",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONUTF8": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(512 << 20),
}
_PROGRAM = "import socket; from infra.decode.forkserver import serve; serve(socket.socket(fileno={}))"


class Forkserver:
    """Shared by all threads, and by processes forked from this one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def fork(self, module: str) -> tuple[socket.socket, int]:
        """A child's answer socket, and its lifeline: the child ends when that is closed."""
        ours, theirs = socket.socketpair()
        watched, lifeline = os.pipe()
        try:
            self._send(module.encode(), [theirs.fileno(), watched])
        except BaseException:
            ours.close()
            os.close(lifeline)
            raise
        finally:
            theirs.close()
            os.close(watched)
        return ours, lifeline

    def warm(self) -> None:
        """Start it ahead of need; it imports its decoders meanwhile."""
        with self._lock:
            self._control = self._control or self._start()

    def _send(self, message: bytes, files: list[int]) -> None:
        with self._lock:
            self._control = self._control or self._start()
            try:
                socket.send_fds(self._control, [message], files)
            except (BrokenPipeError, ConnectionResetError):
                self._stop()
                self._control = self._start()
                socket.send_fds(self._control, [message], files)

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        path = os.pathsep.join(os.path.abspath(place) for place in sys.path)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM.format(theirs.fileno())],
                env={**_ENVIRONMENT, "PYTHONPATH": path},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._owner = os.getpid()
        atexit.register(self._stop)
        return ours

    def _stop(self) -> None:
        """A process forked from the one that started it only lets go of its own end."""
        atexit.unregister(self._stop)
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._process = None


FORKSERVER = Forkserver()
