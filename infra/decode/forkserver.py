"""The process that limited children are forked from: small, clean, with the decoders imported once.

It inherits no socket and no environment of ours, decodes nothing itself, and ends when nobody
who could ask it is left. `multiprocessing` has such a server, but its children import the
caller's main module again, get its whole environment, and answer in pickle.
"""

import fcntl
import json
import os
import resource
import signal
import socket
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from operator import attrgetter
from typing import Any, NoReturn

from infra.decode.messages import PID_BYTES, Outcome
from internal.errors import HeavyMedia, StorageFull, TemporaryFailure, UnreadableMedia

PRELOADED = ("av", "numpy", "urllib.request", "infra.decode.photos", "infra.decode.clips")
#: a module's name fits
LONGEST_NAME = 256
LONGEST_TRACE = 4000
TOO_LARGE = "Decoding it takes more memory than we allow. Make it smaller."


def serve(control: socket.socket) -> None:
    """Fork a child for each message: the module it will need, with its answer socket and its lifeline."""
    for name in PRELOADED:
        import_module(name)
    signal.signal(signal.SIGCHLD, _reap)
    while True:
        module, received, _, _ = socket.recv_fds(control, LONGEST_NAME, 2)
        if not received:
            return
        _fork(control, module.decode(), *received)


def _fork(control: socket.socket, module: str, answer: int, lifeline: int) -> None:
    """Whatever goes wrong here, the asker sees its socket closed."""
    try:
        import_module(module)  # so that the next child has it too
        if os.fork() == 0:
            control.close()
            _be_child(socket.socket(fileno=answer), lifeline)
    except (OSError, ImportError):
        traceback.print_exc()
    os.close(answer)
    os.close(lifeline)


def _reap(*_: object) -> None:
    """End what a dead child left behind while its id is still taken, then let the id go."""
    with suppress(ChildProcessError):
        while dead := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(dead.si_pid, signal.SIGKILL)
            os.waitpid(dead.si_pid, 0)


def _be_child(answer: socket.socket, lifeline: int) -> NoReturn:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setpgid(0, 0)
        _end_with(lifeline)
        answer.sendall(os.getpid().to_bytes(PID_BYTES, "big"))
        with answer.makefile("rb") as stream:
            request = json.load(stream)
        _limit(**request["limits"])
        answer.sendall(json.dumps(_call(request["function"], request["arguments"])).encode())
    finally:  # the asker sees the socket closed and says so
        os._exit(0)


def _end_with(lifeline: int) -> None:
    """The kernel signals our process group when the asker, who holds the other end, is gone. SIGIO ends a
    process unless it is told otherwise."""
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    with suppress(BlockingIOError):  # nothing to read: the other end is held
        os.read(lifeline, 1)
        os._exit(0)


def _limit(memory: int, cpu: int, wall: float, file: int, open_files: int) -> None:
    """`wall` is the asker's to watch."""
    limits = {
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_FSIZE: file,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform != "darwin":  # which has the constant and refuses the call
        limits[resource.RLIMIT_AS] = memory
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))


def _call(function: str, arguments: dict[str, Any]) -> tuple[Outcome, Any]:
    module, _, name = function.partition(":")
    try:
        return Outcome.DONE, attrgetter(name)(import_module(module))(**arguments)
    except UnreadableMedia as error:
        return Outcome.UNREADABLE, [error.code, str(error), error.field or ""]
    except StorageFull as error:
        return Outcome.FULL, str(error)
    except TemporaryFailure as error:
        return Outcome.TEMPORARY, str(error)
    except MemoryError:
        return Outcome.UNREADABLE, [HeavyMedia.code, TOO_LARGE, ""]
    except Exception:  # decoders raise anything at all on hostile input
        return Outcome.BROKEN, traceback.format_exc()[-LONGEST_TRACE:]
