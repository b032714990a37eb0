"""What a camera claims of time and place are only claims: what makes no sense is left out, never an error."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from infra.decode.budgets import TEXT

#: no digital camera is older; clocks never set count from 1904, 1970 or 1980
FIRST_YEAR, LAST_YEAR = 1990, 2100
#: the widest in use on either side of UTC
WIDEST = timedelta(hours=14)
#: zones differ by whole quarters of an hour
QUARTER = timedelta(minutes=15)
_EXIF_DAY = re.compile(r"\d{4}:\d\d:\d\d ")
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)")


@dataclass(frozen=True)
class Position:
    """In degrees: north and east are positive."""

    latitude: float
    longitude: float


def time_of(text: object) -> datetime | None:
    """From ISO 8601, or as EXIF writes it (2024:02:29 23:59:58); a day without its time is none."""
    written = str(text)[:TEXT].strip("\0 ")
    if _EXIF_DAY.match(written):
        written = written.replace(":", "-", 2)
    try:
        time = datetime.fromisoformat(written)
    except ValueError:
        return None
    return time if FIRST_YEAR <= time.year < LAST_YEAR and ":" in written else None


def zone_of(text: object) -> timezone | None:
    """From +09:00, +0900 or Z."""
    written = str(text)[:TEXT].strip("\0 ").replace("Z", "+00:00")
    parts = _ZONE.fullmatch(written)
    if not parts:
        return None
    offset = timedelta(hours=int(parts[2]), minutes=int(parts[3]))
    return _zone(-offset if parts[1] == "-" else offset)


def zone_between(local: datetime, utc: datetime, most_apart: timedelta) -> timezone | None:
    """The zone of a clock on the wall that was read at most so long before or after `utc`, both naive."""
    apart = local - utc
    offset = round(apart / QUARTER) * QUARTER
    return _zone(offset) if abs(apart - offset) <= most_apart else None


def position_of(latitude: float | None, longitude: float | None) -> Position | None:
    if latitude is None or longitude is None or not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180 or latitude == longitude == 0:  # 0, 0 is "no fix yet"
        return None
    return Position(round(latitude, 6), round(longitude, 6))


def _zone(offset: timedelta) -> timezone | None:
    return timezone(offset) if abs(offset) <= WIDEST else None
