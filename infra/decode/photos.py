"""Opening and decoding one photo, within the budgets, as it is meant to be seen."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pillow_heif
from PIL import Image, ImageFile

from infra.decode.budgets import MEGA, PHOTO_PIXELS
from infra.decode.colours import in_srgb
from infra.decode.sniff import Content, Family, sniff_file
from internal.errors import BrokenMedia, HeavyMedia, UnreadableMedia

pillow_heif.register_heif_opener()
# Pillow's own bomb check names neither width nor height. Ours comes right after `open`, which decodes nothing.
Image.MAX_IMAGE_PIXELS = None

_ORIENTATION = 0x0112
#: EXIF 2.32 §4.6.4, tag 0x0112: what turns the stored picture upright
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = (5, 6, 7, 8)


@contextmanager
def translate_errors(label: str) -> Iterator[None]:
    """Pillow's and pillow-heif's errors as UnreadableMedia. Their decoders raise these on broken input."""
    try:
        yield
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error) as error:
        raise BrokenMedia(
            f"This {label} is damaged or cut off and cannot be decoded. Copy it again from where it came from."
        ) from error


@contextmanager
def open_photo(source: BinaryIO) -> Iterator[Image.Image]:
    """The photo, opened and not decoded yet. Raises UnreadableMedia, also for what its block raises in
    decoding."""
    content = sniff_file(source)
    if content.family is not Family.PHOTO:
        raise UnreadableMedia(f"This is {content.label}, not a photo.")
    with translate_errors(content.label), Image.open(source, formats=[content.reader]) as photo:
        _within_budget(photo, content)
        yield photo


def upright_size(photo: Image.Image) -> tuple[int, int]:
    """Width and height as shown."""
    width, height = photo.size
    return (height, width) if _orientation(photo) in _LYING else (width, height)


def upright_rgb(photo: Image.Image, at_least: tuple[int, int] | None = None) -> Image.Image:
    """Decode it: RGB, upright, transparency on white. With `at_least` (width, height as shown) a JPEG is
    decoded at the smallest of 1/8, 1/4, 1/2 and 1 of its size that covers it, which costs far less. Which RGB that
    is, its profile says: `in_srgb` makes it ours."""
    orientation = _orientation(photo)
    if at_least is not None:
        photo.draft("RGB", at_least[::-1] if orientation in _LYING else at_least)
    picture = _rgb(photo)
    return picture.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else picture


def _orientation(photo: Image.Image) -> int:
    """1 when it is not said or makes no sense: a photo is not refused for its EXIF."""
    if photo.format == "PNG" and "exif" not in photo.info:
        return 1  # Pillow would decode the whole picture, in search of EXIF behind it
    try:
        value = photo.getexif().get(_ORIENTATION)
    except (OSError, SyntaxError, ValueError, IndexError, TypeError, struct.error):
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _rgb(photo: Image.Image) -> Image.Image:
    if photo.mode.startswith("I"):  # 16 bits a pixel: Pillow would clip, not scale
        photo = photo.point(lambda value: value / 257).convert("L")
    if photo.mode == "CMYK":
        photo = in_srgb(photo)  # as printers have it: only its profile can tell what it looks like
    if not photo.has_transparency_data:
        photo.load()
        return photo if photo.mode == "RGB" else photo.convert("RGB")  # which would copy it
    layer = photo.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(white, layer).convert("RGB")


def _within_budget(photo: ImageFile.ImageFile, content: Content) -> None:
    width, height = photo.size
    if width * height > PHOTO_PIXELS:
        most = PHOTO_PIXELS // MEGA
        raise HeavyMedia(
            f"This {content.label} is {width} × {height} pixels; the most is {most} megapixels. Make it smaller."
        )
