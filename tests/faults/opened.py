"""Who opens which file, as the kernel tells it: nothing that runs in C, or in another program, goes unseen."""

import ctypes
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: inotify(7)
_OPEN, _OVERFLOW = 0x20, 0x4000
_EVENT = struct.Struct("iIII")


class Opened:
    """Names of the files opened in some folders since it was last asked."""

    def __init__(self, watch: int) -> None:
        self._watch = watch

    def names(self) -> set[str]:
        found = set()
        for mask, name in self._events():
            assert not mask & _OVERFLOW, "the kernel dropped events"
            found |= {name} if name else set()
        return found

    def _events(self) -> Iterator[tuple[int, str]]:
        while True:
            try:
                buffer = os.read(self._watch, 65536)
            except BlockingIOError:
                return
            while buffer:
                _, mask, _, length = _EVENT.unpack_from(buffer)
                name = buffer[_EVENT.size : _EVENT.size + length].rstrip(b"\0")
                yield mask, os.fsdecode(name)
                buffer = buffer[_EVENT.size + length :]


@contextmanager
def watching(*folders: Path) -> Iterator[Opened]:
    """Linux alone tells; raises OSError elsewhere."""
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        for folder in folders:
            if libc.inotify_add_watch(watch, os.fsencode(folder), _OPEN) < 0:
                raise OSError(ctypes.get_errno(), f"{folder} cannot be watched")
        yield Opened(watch)
    finally:
        os.close(watch)
