"""The state folder: everything a laptop's Daylog keeps, and the lock that gives it to one supervisor."""

import errno
import fcntl
import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.local.files import keep_secret, read_json, write_json
from infra.local.parts import StackError
from infra.local.ports import free_port, is_free

#: with less free on the disk nothing sensible can be made, in bytes
LEAST_SPACE = 100_000_000


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """The folder is ours alone until the block ends, or we die. Raises StackError when another has it."""
    with in_words(folder):
        # root's PostgreSQL runs as nobody, who must pass through
        folder.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        lock = (folder / "lock").open("a+")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(_taken(folder)) from None
        with in_words(folder):
            _check_space(folder)
            (folder / "logs").mkdir(exist_ok=True)
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
        yield


def holder(folder: Path) -> int | None:
    """The process id of the supervisor that has the folder, if one runs."""
    try:
        with (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int((folder / "lock").read_text() or 0)
    return None


def chosen_ports(folder: Path, names: Sequence[str], fixed: Mapping[str, int]) -> dict[str, int]:
    """A free port for each name: the fixed one, else the last one used (tasks in the queue carry it), else any.
    Raises StackError when a fixed one is taken."""
    last = read_json(folder / "ports.json")
    last = last if isinstance(last, dict) else {}
    ports: dict[str, int] = {}
    for name in names:
        if name in fixed:
            _check_port(fixed[name])
        ports[name] = fixed.get(name) or _free(last.get(name), set(ports.values()))
    write_json(folder / "ports.json", ports)
    return ports


def identity(folder: Path) -> str:
    """A random name of this folder, made once: a new folder in the same place is another one."""
    return keep_secret(folder / "id")


@contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """What the operating system refuses, as one sentence."""
    try:
        yield
    except PermissionError as error:
        raise StackError(f"You may not write to {error.filename or folder}: choose another --state.") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StackError(f"The disk that holds {folder} is full: make room and start again.") from error
        raise StackError(f"The state folder {folder} cannot be used: {error.strerror}.") from error


def _taken(folder: Path) -> str:
    pid = (folder / "lock").read_text() or "unknown"
    return f"Daylog already runs on {folder} (process {pid}): stop it first, or choose another --state."


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < LEAST_SPACE:
        raise StackError(f"The disk that holds {folder} is full: {free // 1_000_000} MB are left; make room first.")


def _check_port(port: int) -> None:
    try:
        free = is_free(port)
    except PermissionError:
        raise StackError(f"You may not use port {port}: choose one above 1023 with --port.") from None
    if not free:
        raise StackError(f"Port {port} is taken: choose another with --port, or stop the program that uses it.")


def _free(last: object, others: Collection[int]) -> int:
    port = last if isinstance(last, int) and 1023 < last < 65536 and is_free(last) else free_port()
    return _free(None, others) if port in others else port
