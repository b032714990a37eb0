"""Writing photos as cameras do: EXIF time and zone, GPS, and an orientation to be undone."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pillow_heif
from PIL import ExifTags, Image

Orientation = int
#: what the camera did to an upright picture for each EXIF orientation: the inverse of showing it
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True)
class Shot:
    """What the camera writes beside the picture; `place` is degrees north and east."""

    taken_at: datetime | None = None
    place: tuple[float, float] | None = None
    orientation: Orientation = 1


def write_photo(path: Path, picture: Image.Image, shot: Shot | None = None) -> Path:
    """In the format its name asks for: .jpg, .png, .webp, .heic, .avif or .gif."""
    shot = shot or Shot()
    pillow_heif.register_heif_opener()
    turned = picture.transpose(_TURNED[shot.orientation]) if shot.orientation in _TURNED else picture
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".gif":
        turned.save(path)
    else:
        turned.save(path, exif=exif_of(shot), quality=88)
    return path


def exif_of(shot: Shot) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Daylog", "Sample"
    if shot.orientation != 1:
        exif[ExifTags.Base.Orientation] = shot.orientation
    if shot.taken_at:
        times = exif.get_ifd(ExifTags.IFD.Exif)
        times[ExifTags.Base.DateTimeOriginal] = shot.taken_at.strftime("%Y:%m:%d %H:%M:%S")
        zone = shot.taken_at.strftime("%z")
        if zone:
            times[ExifTags.Base.OffsetTimeOriginal] = f"{zone[:3]}:{zone[3:]}"
    if shot.place:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(_gps(*shot.place))
    return exif


def _gps(latitude: float, longitude: float) -> dict[int, object]:
    return {
        ExifTags.GPS.GPSLatitudeRef: "N" if latitude >= 0 else "S",
        ExifTags.GPS.GPSLatitude: _sexagesimal(abs(latitude)),
        ExifTags.GPS.GPSLongitudeRef: "E" if longitude >= 0 else "W",
        ExifTags.GPS.GPSLongitude: _sexagesimal(abs(longitude)),
    }


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), round(minutes % 1 * 60, 4)
