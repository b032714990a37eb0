"""The letters we draw with: Noto Sans for Latin, Greek and Cyrillic, Noto Sans CJK for the rest.

Pillow takes one font at a time, so text is cut into runs that one font can draw.
"""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Literal

import fontpkg_noto_sans
import manimgx_fonts_cjk
from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

Face = Literal["latin", "ja", "ko", "zh"]

_LATIN = files(fontpkg_noto_sans) / "files" / "NotoSans[wdth,wght].ttf"
_CJK = files(manimgx_fonts_cjk) / "NotoSansCJK-VF.otf.ttc"
#: which drawing of the characters that China, Japan and Korea share, as numbered in the collection
_INDEX: dict[Face, int] = {"latin": 0, "ja": 0, "ko": 1, "zh": 2}
_WEIGHT = "Bold"
#: no font has a glyph for it, by the Unicode standard
_NO_CHARACTER = "\uffff"


@lru_cache(maxsize=32)
def font(face: Face, size: int) -> FreeTypeFont:
    """`size` in pixels."""
    path = _LATIN if face == "latin" else _CJK
    loaded = ImageFont.truetype(str(path), size, index=_INDEX[face])
    loaded.set_variation_by_name(_WEIGHT)
    return loaded


def runs(text: str) -> Iterator[tuple[Face, str]]:
    """Pieces of `text` with the face that draws them; what neither font has is left out."""
    cjk = _cjk_face(text)
    faces = [(face, character) for character in text if (face := _face(character, cjk))]
    for face, run in groupby(faces, key=lambda pair: pair[0]):
        yield face, "".join(character for _, character in run)


def _cjk_face(text: str) -> Face:
    """By the script that only one of them writes."""
    if any("\u3040" <= character <= "\u30ff" for character in text):
        return "ja"
    return "ko" if any("\uac00" <= character <= "\ud7a3" for character in text) else "zh"


@lru_cache(maxsize=4096)
def _face(character: str, cjk: Face) -> Face | None:
    return next((face for face in ("latin", cjk) if _has(face, character)), None)


def _has(face: Face, character: str) -> bool:
    """Pillow does not say; but it draws the same box for everything a font lacks."""
    if not character.isprintable():
        return False
    return character.isspace() or _drawn(face, character) != _drawn(face, _NO_CHARACTER)


@lru_cache(maxsize=4096)
def _drawn(face: Face, character: str) -> bytes:
    mask = font(face, 24).getmask(character)
    return bytes(mask) + repr(mask.size).encode()
