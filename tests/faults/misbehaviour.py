"""What a child taken over, or a decoder gone mad, might do. Run only in limited children."""

import os
import signal
import time
from pathlib import Path
from typing import NoReturn

from internal.errors import StorageFull, TemporaryFailure, UnreadableMedia

#: a file descriptor past those a child is born with; its answer socket is below
MANY = 64


def echo(value: object) -> object:
    return value


def refuse() -> NoReturn:
    raise UnreadableMedia("too blurry to bear")


def find_disk_full() -> NoReturn:
    raise StorageFull("no room")


def find_store_gone() -> NoReturn:
    raise TemporaryFailure("no store")


def stumble() -> NoReturn:
    raise KeyError("secret-canary")


def hoard() -> int:
    return len(bytearray(4 * 1024**3))


def spin() -> NoReturn:
    while True:
        pass


def sleep() -> None:
    time.sleep(600)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def babble(text: str) -> None:
    """Write to every socket it has, then go."""
    for descriptor in range(3, MANY):
        try:
            os.write(descriptor, text.encode())
        except OSError:
            continue
    os._exit(0)


def flood() -> None:
    while True:
        babble_once = b"x" * 65536
        for descriptor in range(3, MANY):
            try:
                os.write(descriptor, babble_once)
            except OSError:
                continue


def write(path: str, size: int) -> None:
    Path(path).write_bytes(bytes(size))


def open_many() -> None:
    files = [os.open("/dev/null", os.O_RDONLY) for _ in range(1000)]
    raise AssertionError(len(files))


def fork_and_linger(path: str) -> None:
    """Leave a process behind, its id in the file."""
    pid = os.fork()
    if pid == 0:
        time.sleep(600)
    Path(path).write_text(str(pid))


def sleep_noting(path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    time.sleep(600)


def surroundings() -> dict[str, object]:
    """Its environment and what its descriptors are."""
    names = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            names[name] = os.readlink(f"/proc/self/fd/{name}")
        except OSError:  # that of the listing itself
            continue
    return {"environment": dict(os.environ), "files": names}
