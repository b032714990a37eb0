"""Gazetteer of GeoNames' towns (CC BY 4.0) and our landmarks, in one SQLite file that is made when first needed."""

import logging
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from infra.gazetteer.file import file_in, is_sound, opened
from infra.gazetteer.sphere import boxes, kilometres
from internal.errors import TemporaryFailure
from internal.media import Place
from internal.vlog import Language

_log = logging.getLogger(__name__)
#: no place farther than this says where something is, in km
FARTHEST: Final = 50.0
#: in km: a town with half this radius counts its outskirts' distance three times, a large city hardly more than once
_HOMELY: Final = 5.0
#: landmarks with a larger radius are regions, with towns in them
_SIGHT: Final = 3.0
#: in seconds: ten are enough on an idle core
_PATIENCE: Final = 300.0
_FAILED: Final = "The places cannot be read now."


class _Spot(NamedTuple):
    """A town or a landmark, seen from the point in question. Hundreds are looked at for one answer."""

    id: int
    away: float
    radius: float
    landmark: bool

    @property
    def outside(self) -> float:
        """Below zero inside; a kilometre from a village says more than one from a large city."""
        beyond = self.away - self.radius
        return beyond * (1 + _HOMELY / self.radius) if beyond > 0 else beyond


class GeoNames:
    """Keeps its file in `folder`. Nothing is held open: it may be used from any thread and after a fork."""

    def __init__(self, folder: Path, patience: float = _PATIENCE) -> None:
        """`patience`: seconds that making the file may take, waiting for another builder included."""
        self._folder, self._patience = folder, patience
        self._path: Path | None = None
        self._lock = threading.Lock()

    def near(self, latitude: float, longitude: float, language: Language) -> Place | None:
        for _ in range(2):
            try:
                with closing(opened(self._sound())) as database:
                    return _near(database, latitude, longitude, language)
            except sqlite3.DatabaseError:  # spoilt since we looked: it is made anew, once
                _log.warning("the file of places is spoilt", exc_info=True)
                self._path = None
            except OSError as error:
                raise TemporaryFailure(_FAILED) from error
        raise TemporaryFailure(_FAILED)

    def _sound(self) -> Path:
        """Built by a process of its own, whose memory goes with it."""
        with self._lock:
            if self._path is None:
                path = file_in(self._folder)
                if not is_sound(path):
                    _build(self._folder, self._patience)
                self._path = path
            return self._path


def _build(folder: Path, patience: float) -> None:
    path = os.pathsep.join(map(os.path.abspath, sys.path))
    try:
        subprocess.run(
            [sys.executable, "-P", "-m", "infra.gazetteer", str(folder)],
            env={"PYTHONPATH": path, "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=patience,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        _log.error("the file of places cannot be made", extra={"trace": str(error.stderr)})
        raise TemporaryFailure(_FAILED) from error


def _near(database: sqlite3.Connection, latitude: float, longitude: float, language: Language) -> Place | None:
    best = _best(_spots(database, latitude, longitude))
    if best is None:
        return None
    # the column is one of five that `Language` names
    query = f'select coalesce("{language}", "en"), zone from name where id = ?'  # noqa: S608
    name, zone = database.execute(query, (best.id,)).fetchone()
    return Place(name=name, kilometres=0.0 if best.away <= best.radius else round(best.away, 2), zone=zone)


def _spots(database: sqlite3.Connection, latitude: float, longitude: float) -> list[_Spot]:
    query = "select latitude, longitude, id, radius, landmark from spot where band = ? and longitude between ? and ?"
    rows = [row for box in boxes(latitude, longitude, FARTHEST) for row in database.execute(query, box)]
    spots = [
        _Spot(number, kilometres(latitude, longitude, north, east), radius, landmark)
        for north, east, number, radius, landmark in rows
    ]
    return [spot for spot in spots if spot.away <= FARTHEST]


def _best(spots: Sequence[_Spot]) -> _Spot | None:
    """The smallest landmark that we are at, unless it is wide and we are in a smaller town of it; else the town that
    we are deepest in or least outside of: so a suburb does not hide its city, nor a city the village beyond it."""
    ranked = sorted(spots, key=lambda spot: (spot.outside, spot.id))
    around = [spot for spot in ranked if spot.outside <= 0]
    landmark = min((spot for spot in around if spot.landmark), key=lambda spot: spot.radius, default=None)
    if landmark is None:
        return next(iter(ranked), None)
    towns = (spot for spot in around if not spot.landmark and spot.radius < landmark.radius)
    return next(towns, landmark) if landmark.radius > _SIGHT else landmark
