"""When and where a photo was taken, as cameras and editors write it: EXIF, else XMP, else PNG's own time."""

import re
import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, BinaryIO

from PIL import ExifTags, Image

from infra.analyst.claims import Position, position_of, time_of, zone_between, zone_of

_EXIF, _GPS = ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo
#: EXIF 2.32 §4.6.5 F: (where, time, its fraction, its zone), the moment of exposure first
_TIMES = (
    (_EXIF, ExifTags.Base.DateTimeOriginal, ExifTags.Base.SubsecTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
    (_EXIF, ExifTags.Base.DateTimeDigitized, ExifTags.Base.SubsecTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
    (None, ExifTags.Base.DateTime, ExifTags.Base.SubsecTime, ExifTags.Base.OffsetTime),
)
#: a camera writes the time of its last fix, and its clock is never quite right
FIX_AGE = timedelta(minutes=3)
#: XMP specification part 2, §2: as an attribute or an element, the moment of exposure first
_XMP_TIMES = ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate")
_XMP_KEYS = ("xmp", "XML:com.adobe.xmp")
#: of XMP, in characters: it stands before what makes it long
_XMP_LENGTH = 100_000
#: chunks of a PNG that are looked through for its time
_MOST_CHUNKS = 2000

Tags = Mapping[Any, Any]


def photo_time(photo: Image.Image, source: BinaryIO) -> datetime | None:
    """Aware when the camera wrote its zone or, beside its own time, UTC by satellite; else its local time."""
    return _exif_time(photo) or _satellite_time(photo) or _xmp_time(photo) or _png_time(photo, source)


def photo_place(photo: Image.Image) -> Position | None:
    tags = _tags(photo, _GPS)
    latitude = _degrees(tags.get(ExifTags.GPS.GPSLatitude), tags.get(ExifTags.GPS.GPSLatitudeRef), "S")
    longitude = _degrees(tags.get(ExifTags.GPS.GPSLongitude), tags.get(ExifTags.GPS.GPSLongitudeRef), "W")
    return position_of(latitude, longitude)


def _exif_time(photo: Image.Image) -> datetime | None:
    for where, time, fraction, zone in _TIMES:
        tags = _tags(photo, where)
        taken = time_of(tags.get(time))
        if taken is not None:
            found = _tags(photo, _EXIF)
            taken = taken.replace(microsecond=_microseconds(found.get(fraction)))
            written = zone_of(tags.get(zone) or found.get(zone))
            return taken if taken.tzinfo else taken.replace(tzinfo=written or _zone_by_satellite(photo, taken))
    return None


def _zone_by_satellite(photo: Image.Image, taken: datetime) -> timezone | None:
    fixed = _satellite_time(photo)
    return zone_between(taken, fixed.replace(tzinfo=None), FIX_AGE) if fixed else None


def _satellite_time(photo: Image.Image) -> datetime | None:
    """EXIF 2.32 §4.6.6: the day as text, the time as three fractions, both UTC."""
    tags = _tags(photo, _GPS)
    parts = _numbers(tags.get(ExifTags.GPS.GPSTimeStamp))
    day = time_of(f"{tags.get(ExifTags.GPS.GPSDateStamp)} 00:00:00")
    if day is None or parts is None or not 0 <= parts[0] < 24 or not all(0 <= part < 61 for part in parts[1:]):
        return None
    return day.replace(tzinfo=UTC) + timedelta(hours=parts[0], minutes=parts[1], seconds=int(parts[2]))


def _xmp_time(photo: Image.Image) -> datetime | None:
    raw = next((photo.info[key] for key in _XMP_KEYS if key in photo.info), b"")
    text = (raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw))[:_XMP_LENGTH]
    written = (re.search(rf"{name}(?:=[\"']|>)([^\"'<]*)", text) for name in _XMP_TIMES)
    times = (time_of(found[1]) for found in written if found)
    return next((time for time in times if time is not None), None)


def _png_time(photo: Image.Image, source: BinaryIO) -> datetime | None:
    """The chunk tIME: when the picture was last changed, in UTC (PNG, third edition, §11.3.6.1)."""
    if photo.format != "PNG":
        return None
    for body in _chunks(source, b"tIME"):
        year, *rest = struct.unpack(">H5B", body) if len(body) == 7 else (0, 0)
        return time_of("{}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(year, *rest)) if year else None
    return None


def _chunks(source: BinaryIO, name: bytes) -> Iterator[bytes]:
    """The bodies of a PNG's chunks of that name; the file is left where it was."""
    at = source.tell()
    source.seek(8)
    try:
        for _ in range(_MOST_CHUNKS):
            head = source.read(8)
            if len(head) < 8:
                return
            length = int.from_bytes(head[:4])
            if head[4:] == name:
                yield source.read(min(length, 64))
                return
            source.seek(length + 4, 1)
    finally:
        source.seek(at)


def _tags(photo: Image.Image, where: int | None) -> Tags:
    try:
        exif = photo.getexif()
        return exif if where is None else exif.get_ifd(where)
    except (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, struct.error):
        return {}


def _microseconds(digits: object) -> int:
    """What follows the point of a second: 08 is eight hundredths."""
    written = re.match(r"\d{1,6}", str(digits))
    return int(written[0].ljust(6, "0")) if written else 0


def _degrees(parts: object, side: object, negative: str) -> float | None:
    """From degrees, minutes and seconds, each a fraction (EXIF 2.32 §4.6.6)."""
    numbers = _numbers(parts)
    if numbers is None:
        return None
    value = numbers[0] + numbers[1] / 60 + numbers[2] / 3600
    return -value if str(side).strip("\0 ").upper() == negative else value


def _numbers(parts: object) -> tuple[float, float, float] | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    try:
        first, second, third = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return first, second, third
