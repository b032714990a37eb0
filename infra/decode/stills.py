"""A photo as it may leave the house: small enough, upright, in sRGB, and nothing in the file but the picture."""

from pathlib import Path

from PIL import Image

from infra.decode.clips import translate_errors
from infra.decode.colours import in_srgb
from infra.decode.messages import MIB, Limits
from infra.decode.photos import open_photo, upright_rgb, upright_size

#: of the child that runs `still`: a photo of 100 megapixels fits
LIMITS = Limits(memory=2048 * MIB, cpu=60, wall=120.0, file=64 * MIB)
_QUALITY = 90


def still(path: str, out: str, longest: int) -> None:
    """Called in a child, with JSON. Writes a JPEG whose longer side is at most `longest` pixels. Raises
    UnreadableMedia, StorageFull."""
    with Path(path).open("rb") as source, open_photo(source) as photo:
        size = _within(upright_size(photo), longest)
        small = upright_rgb(photo, size)
        # its colours last, of far fewer pixels
        picture = in_srgb(small.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0))
    picture.info.clear()  # Pillow carries a comment over from one JPEG to the next
    with translate_errors("JPEG"):
        picture.save(out, "JPEG", quality=_QUALITY, optimize=True)


def _within(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
