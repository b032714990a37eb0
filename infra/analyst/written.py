"""When and where, as cameras write it: EXIF in photos, QuickTime keys in clips.

A camera's claims are only claims: what makes no sense is left out, never an error.
"""

import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from PIL import ExifTags, Image

from infra.decode.budgets import TEXT

#: no digital camera is older; clocks never set count from 1904, 1970 or 1980
FIRST_YEAR, LAST_YEAR = 1990, 2100
_EXIF, _GPS = ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo
#: EXIF 2.32 §4.6.5 F: (where, time, its zone), the moment of exposure first
_TIMES = (
    (_EXIF, ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
    (_EXIF, ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
    (None, ExifTags.Base.DateTime, ExifTags.Base.OffsetTime),
)
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)")
#: ISO 6709 Annex H, in degrees, as QuickTime writes it: +34.6873+135.5262+012.000/
_ISO6709 = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)(?:[+-][\d.]+)?(?:CRS.*)?/?")
_CLIP_TIMES = ("com.apple.quicktime.creationdate", "creation_time")
_CLIP_PLACES = ("com.apple.quicktime.location.ISO6709", "location", "location-eng")


@dataclass(frozen=True)
class Place:
    """In degrees: north and east are positive."""

    latitude: float
    longitude: float


Tags = Mapping[Any, Any]


def photo_time(photo: Image.Image) -> datetime | None:
    """Aware when the camera wrote its zone, else its local time."""
    for where, time, zone in _TIMES:
        tags = _tags(photo, where)
        taken = _exif_time(tags.get(time))
        if taken is not None:
            return taken.replace(tzinfo=_zone(tags.get(zone) or _tags(photo, _EXIF).get(zone)))
    return None


def photo_place(photo: Image.Image) -> Place | None:
    tags = _tags(photo, _GPS)
    latitude = _degrees(tags.get(ExifTags.GPS.GPSLatitude), tags.get(ExifTags.GPS.GPSLatitudeRef), "S")
    longitude = _degrees(tags.get(ExifTags.GPS.GPSLongitude), tags.get(ExifTags.GPS.GPSLongitudeRef), "W")
    return _place(latitude, longitude)


def clip_time(metadata: Mapping[str, str]) -> datetime | None:
    """Apple's key has the local zone; the header's own time is UTC (ISO/IEC 14496-12 §8.2.2)."""
    times = (_iso_time(metadata.get(key, "")[:TEXT]) for key in _CLIP_TIMES)
    return next((time for time in times if time is not None), None)


def clip_place(metadata: Mapping[str, str]) -> Place | None:
    for key in _CLIP_PLACES:
        written = _ISO6709.fullmatch(metadata.get(key, "")[:TEXT].strip())
        if written:
            return _place(float(written[1]), float(written[2]))
    return None


def _tags(photo: Image.Image, where: int | None) -> Tags:
    try:
        exif = photo.getexif()
        return exif if where is None else exif.get_ifd(where)
    except (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, struct.error):
        return {}


def _exif_time(value: object) -> datetime | None:
    try:
        return _plausible(datetime.strptime(str(value)[:TEXT].strip("\0 "), "%Y:%m:%d %H:%M:%S"))
    except ValueError:
        return None


def _zone(value: object) -> timezone | None:
    written = _ZONE.fullmatch(str(value)[:TEXT].strip("\0 "))
    if not written:
        return None
    offset = timedelta(hours=int(written[2]), minutes=int(written[3]))
    if offset > timedelta(hours=14):  # the widest in use
        return None
    return timezone(-offset if written[1] == "-" else offset)


def _iso_time(text: str) -> datetime | None:
    try:
        return _plausible(datetime.fromisoformat(text.strip()))
    except ValueError:
        return None


def _plausible(time: datetime) -> datetime | None:
    return time if FIRST_YEAR <= time.year < LAST_YEAR else None


def _degrees(parts: object, side: object, negative: str) -> float | None:
    """From degrees, minutes and seconds, each a fraction (EXIF 2.32 §4.6.6)."""
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    return -value if str(side).strip("\0 ").upper() == negative else value


def _place(latitude: float | None, longitude: float | None) -> Place | None:
    if latitude is None or longitude is None or not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180 or latitude == longitude == 0:  # 0, 0 is "no fix yet"
        return None
    return Place(round(latitude, 6), round(longitude, 6))
