"""The file of places: its name, which changes with what is in it, and whether it is whole."""

import hashlib
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Final

#: what decides what is in it; the packages by their pins, so that they need not be where the file is only read
_SOURCES: Final = ("build.py", "landmarks.tsv", "names.py", "names.tsv", "requirements.txt", "sphere.py", "tables.py")


def file_in(folder: Path) -> Path:
    """Another version of the data is another file, so that nobody reads what was made for somebody else."""
    made_of = hashlib.sha256()
    for name in _SOURCES:
        made_of.update((files("infra.gazetteer") / name).read_bytes())
    return folder / f"places-{made_of.hexdigest()[:12]}.sqlite"


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
