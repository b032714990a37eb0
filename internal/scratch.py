"""Folders for a delivery's files, on whatever disk the machine has; in the cloud that is its memory.

A killed process cannot remove its own. So each folder is locked by the process that works in
it, the kernel drops the lock however that process ends, and whoever makes the next folder
first removes those that nobody holds.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "daylog-delivery-"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new empty folder of this process's own, removed at the end."""
    sweep()
    folder, held = _made()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # a child being killed may still write: the next sweep gets the rest
        os.close(held)


def sweep() -> None:
    """Remove the folders of processes that are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # in use, another account's, or removed by somebody else just now
            held = _hold(folder)
            try:
                if os.fstat(held).st_uid == os.geteuid():
                    shutil.rmtree(folder)
            finally:
                os.close(held)


def _made() -> tuple[Path, int]:
    """The folder and what holds it. Between being made and being held it may look forsaken to a sweep."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        with suppress(OSError):
            held = _hold(folder)
            if folder.exists():
                return folder, held
            os.close(held)


def _hold(folder: Path) -> int:
    """Lock it until the descriptor is closed. Raises OSError when another holds it; never follows a link."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held
