"""The letters we draw with: Noto Sans for Latin, Greek, Cyrillic, Devanagari, Noto Sans CJK for the rest.

Pillow takes one font at a time, so every letter is given the face that draws it. China, Japan and Korea share
characters whose drawing differs; which is meant is told by the language, or by what only one of them writes.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Literal, NamedTuple

import fontpkg_noto_sans
import manimgx_fonts_cjk
from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

from internal.vlog import Language

Face = Literal["latin", "ja", "ko", "zh-Hans", "zh-Hant"]

_LATIN = files(fontpkg_noto_sans) / "files" / "NotoSans[wdth,wght].ttf"
_CJK = files(manimgx_fonts_cjk) / "NotoSansCJK-VF.otf.ttc"
#: as numbered in the collection
_INDEX: dict[Face, int] = {"latin": 0, "ja": 0, "ko": 1, "zh-Hans": 2, "zh-Hant": 3}
#: no font has a glyph for it, by the Unicode standard
_NO_CHARACTER = "\uffff"
_HAN = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile(r"[\u3041-\u3096\u3099-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff\uffa0-\uffdc]")
#: punctuation, letters and signs that are as wide
_WIDE_MARKS = re.compile(r"[\u3001-\u303f\u30fb\uff01-\uff65\uffe0-\uffe6]")
_DEVANAGARI = re.compile(r"[\u0900-\u097f\ua8e0-\ua8ff]")
#: it joins two letters of an Indic script into one
_VIRAMA = "\u094d"
#: beside those that a letter has of its own; alphabets put one more on it, pranks a pile that nothing can hold
_MOST_MARKS = 2
#: drawn one way among Latin letters and another among ideographs; the first two go with what follows them
_OPENING, _SHARED = "‘“", "‘“’”…‥—―·"
#: they choose between a letter and a coloured picture, of which we have none
_SELECTORS = re.compile(r"[\ufe00-\ufe0f]")


class Letter(NamedTuple):
    """A character with its accents, drawn as one."""

    face: Face
    text: str


_SPACE = Letter("latin", " ")
#: what GB 2312 lacks is not simplified, what neither has is most likely Japanese
_CHARSETS: tuple[tuple[Face, str], ...] = (("zh-Hans", "gb2312"), ("zh-Hant", "big5"))


@lru_cache(maxsize=64)
def font(face: Face, size: int, weight: int = 700) -> FreeTypeFont:
    """`size` in pixels; `weight` 100 to 900."""
    latin = face == "latin"
    loaded = ImageFont.truetype(str(_LATIN if latin else _CJK), size, index=_INDEX[face])
    loaded.set_variation_by_axes([weight, 100] if latin else [weight])
    return loaded


def letters(text: str, language: Language) -> list[Letter]:
    """All of the text that can be drawn. What no font has is left out, with the gap that it would leave."""
    plain = _SELECTORS.sub("", unicodedata.normalize("NFC", text))
    han = _han_face(plain, language)
    shown: list[Letter] = []
    for cluster in _clusters(plain):
        letter = _faced(cluster, han)
        if letter and (letter != _SPACE or shown[-1:] not in ([], [_SPACE])):
            shown.append(letter)
    while shown[-1:] == [_SPACE]:
        shown.pop()
    _settle(shown, han)
    return shown


def runs(letters: Iterable[Letter]) -> Iterator[tuple[Face, list[Letter]]]:
    """Pieces that one font draws."""
    for face, run in groupby(letters, key=lambda letter: letter.face):
        yield face, list(run)


def ideographic(letter: Letter) -> bool:
    """Set without spaces between words, as Chinese and Japanese are: Han, kana, and their own marks."""
    first = letter.text[0]
    return bool(_HAN.match(first) or _KANA.match(first) or _WIDE_MARKS.match(first))


def joined(letters: Iterable[Letter]) -> bool:
    """Whether a line runs through some of them, which space between letters would break."""
    return any(_DEVANAGARI.match(letter.text) for letter in letters)


def _clusters(text: str) -> Iterator[str]:
    """Characters, each with the marks that are drawn on it."""
    cluster = ""
    for character in text:
        if cluster.strip() and (_is_mark(character) or (cluster.endswith(_VIRAMA) and _DEVANAGARI.match(character))):
            cluster += character
        else:
            yield from filter(None, (cluster,))
            cluster = character
    yield from filter(None, (cluster,))


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _han_face(text: str, language: Language) -> Face:
    """The language of the user; in English, what only one of them writes."""
    if language != "en":
        return language
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    han = "".join(_HAN.findall(text))
    return next((face for face, charset in _CHARSETS if _encodes(han, charset)), "ja")


def _encodes(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _faced(cluster: str, han: Face) -> Letter | None:
    """With the marks that its face can put on it; None when no face has it."""
    if cluster.isspace():
        return _SPACE
    base, marks = cluster[0], cluster[1:]
    wanted: Face = "ja" if _KANA.match(base) else "ko" if _HANGUL.match(base) else han
    face = next((face for face in ("latin", wanted, han) if _has(face, base)), None)
    if face is None:
        return None
    taken = [mark for mark in marks if _takes(face, base, mark)]
    return Letter(face, base + "".join(taken if _DEVANAGARI.match(base) else taken[:_MOST_MARKS]))


def _settle(shown: list[Letter], han: Face) -> None:
    """Marks that both fonts have go with what they touch: what comes before, or after if they open."""
    for place, letter in enumerate(shown):
        if letter.text in _SHARED:
            before = shown[place - 1] if place else None
            after = next((one for one in shown[place + 1 :] if one.text not in _SHARED), None)
            beside = (after or before) if letter.text in _OPENING else (before or after)
            if beside and (ideographic(beside) or (beside.text in _SHARED and beside.face == han)):
                shown[place] = Letter(han, letter.text)


@lru_cache(maxsize=4096)
def _has(face: Face, character: str) -> bool:
    """Pillow does not say; but it draws the same box for everything a font lacks. Fillers are drawn as nothing."""
    drawn = _drawn(face, character)
    return character.isprintable() and any(drawn[0]) and drawn != _drawn(face, _NO_CHARACTER)


@lru_cache(maxsize=4096)
def _drawn(face: Face, character: str) -> tuple[bytes, tuple[int, int]]:
    mask = font(face, 24).getmask(character)
    return bytes(mask), mask.size


def _takes(face: Face, base: str, mark: str) -> bool:
    """A mark that the face lacks stands beside the letter instead of on it; those of Indic scripts may."""
    if _DEVANAGARI.match(base):
        return bool(_DEVANAGARI.match(mark))
    bare = font(face, 24).getlength(base)
    return font(face, 24).getlength(base + mark) <= bare
