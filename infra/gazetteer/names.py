"""A place's name in each language, chosen among spellings that do not say which language they are of.

GeoNames' dump lists every spelling of a name in every script. The script tells most: kana is Japanese, hangul is
Korean. Chinese characters are read by all three of China, Taiwan and Japan, so the country decides, and OpenCC turns
one form of them into another.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from opencc import OpenCC

from internal.vlog import Language

_HAN = "々\u3400-\u4dbf\u4e00-\u9fff"
_KANA = "\u3041-\u3096\u30a1-\u30fa\u30fc"
_IS_HAN: Final = re.compile(rf"[{_HAN}·・－-]*[{_HAN}]").fullmatch
_IS_KANA: Final = re.compile(rf"[{_KANA}・＝=‐－-]*[{_KANA}][市区町村県州]?").fullmatch
_IS_JAPANESE: Final = re.compile(rf"[{_HAN}{_KANA}]+").fullmatch
_IS_HANGUL: Final = re.compile(r"[\uac00-\ud7a3][\uac00-\ud7a3 -]*").fullmatch
_EAST: Final = re.compile(rf"[{_HAN}{_KANA}\uac00-\ud7a3]").search

#: where the names are Chinese characters to begin with
_CHINESE: Final = frozenset({"CN", "TW", "HK", "MO"})
_KOREAN: Final = frozenset({"KR", "KP"})
#: Taiwan writes its own 臺 short in place names; 鄕 is Korea's; the rest are not what sounds are written with
_TRADITIONAL: Final = str.maketrans("臺鄕裏佈採釐鬆", "台鄉里布采厘松")

# What sort of place it is may be said after its name: 京都市 is the city of Kyoto. A name keeps two characters of its
# own, and 四日市 is a name, whose city is 四日市市.
_JAPANESE_SORT: Final = re.compile(r"(?<=..)(?<![日々])[市区町村區]$")
_CHINESE_SORT: Final = re.compile(r"(?<=..)(?:特别市|特別市|市|[市城新][区區]|[区區县縣镇鎮])$")
_FOREIGN_SORT: Final = re.compile(r"(?<=..)(?:特别市|特別市|[广廣広]域市|市|郡)$")
_KANA_SORT: Final = re.compile(r"(?<=..)(?:特別市|[市区町村県州])$")
_HANGUL_SORT: Final = re.compile(r" (?:특별시|광역시|시|군|구|정|초|촌|읍|면|현)$")
_HANGUL_SORT_IN_CHINA: Final = re.compile(r"(?<=..)[시구현]$")
_HANGUL_SORT_IN_KOREA: Final = re.compile(r"(?<=..)(?:특별시|광역시|특별자치시|시|군|읍|면)$")
_LATIN_SORT: Final[Mapping[str, re.Pattern[str]]] = {
    "JP": re.compile(r"-(?:shi|ku|machi|chō|cho|mura|son)$| City$"),
    "KR": re.compile(r"-(?:si|gun|gu|eup|myeon)$"),
}


@dataclass(frozen=True)
class Spelled:
    """A place as the dump has it: its main name, in Latin letters, and all other spellings."""

    country: str
    name: str
    others: Sequence[str]


@dataclass(frozen=True)
class Translator:
    """Knows how China, Taiwan and Japan each write the same characters."""

    simplified: Callable[[str], str] = field(default_factory=lambda: OpenCC("t2s").convert)
    traditional: Callable[[str], str] = field(default_factory=lambda: OpenCC("s2t").convert)
    japanese: Callable[[str], str] = field(default_factory=lambda: OpenCC("t2jp").convert)
    from_japanese: Callable[[str], str] = field(default_factory=lambda: OpenCC("jp2t").convert)

    def names(self, place: Spelled) -> dict[Language, str]:
        """English always; of the others those that have a name of their own."""
        sort = _LATIN_SORT.get(place.country)
        english = sort.sub("", place.name) if sort else place.name
        named: dict[Language, str] = {"en": english}
        if any(map(_EAST, place.others)):
            simplified, traditional = self._chinese(place)
            japanese = self._japanese(place, traditional)
            named |= {"zh-Hans": simplified, "zh-Hant": traditional, "ja": japanese, "ko": _korean(place)}
        return {language: name for language, name in named.items() if name}

    def _chinese(self, place: Spelled) -> tuple[str, str]:
        """Simplified and Traditional, each "" when there is none."""
        sort = _CHINESE_SORT if place.country in _CHINESE else _FOREIGN_SORT
        sort = _JAPANESE_SORT if place.country == "JP" else sort
        spellings = [sort.sub("", one) for one in place.others if _IS_HAN(one)]
        simplified = _commonest(map(self._simplify(place), spellings), shortest=True)
        written = [one for one in spellings if self.simplified(one) == simplified != one and _is_big5(one)]
        return simplified, (_commonest(written) or self.traditional(simplified)).translate(_TRADITIONAL)

    def _simplify(self, place: Spelled) -> Callable[[str], str]:
        if place.country == "JP":
            return lambda name: self.simplified(self.from_japanese(name).translate(_TRADITIONAL))
        return self.simplified

    def _japanese(self, place: Spelled, chinese: str) -> str:
        if place.country == "JP" and (own := self._own_japanese(place)):
            return own
        if place.country in _CHINESE and chinese:
            return self.japanese(chinese)
        kana = [_KANA_SORT.sub("", one) for one in place.others if _IS_KANA(one)]
        return _commonest(kana) or (self.japanese(chinese) if place.country in _KOREAN else "")

    def _own_japanese(self, place: Spelled) -> str:
        """What the town itself says ends in its sort; else characters as Japan draws them."""
        own = [one for one in place.others if _IS_JAPANESE(one) and not _IS_KANA(one)]
        official = [one for one in place.others if _IS_JAPANESE(one) and _JAPANESE_SORT.search(one) and _is_jis(one)]
        drawn = [one for one in own if self.japanese(one) == one and _is_jis(one)] or [
            self.japanese(self.traditional(one)) for one in own
        ]
        return _commonest(_JAPANESE_SORT.sub("", one) for one in official + drawn)


def _korean(place: Spelled) -> str:
    names = [_HANGUL_SORT.sub("", one) for one in place.others if _IS_HANGUL(one)]
    if place.country in _KOREAN:
        return _commonest(_HANGUL_SORT_IN_KOREA.sub("", one) for one in names)
    if place.country in _CHINESE:
        names = [_HANGUL_SORT_IN_CHINA.sub("", one) for one in names]
    return _commonest(names)  # the longer of two is by sound, the shorter reads old characters


def _commonest(names: Iterable[str], shortest: bool = False) -> str:
    """Most often given; of equals the longest, or the shortest; "" of none."""
    counted = Counter(names)
    ranked = sorted(counted, key=lambda one: (-counted[one], len(one) if shortest else -len(one), one))
    return ranked[0] if ranked else ""


def _is_big5(name: str) -> bool:
    return _encodes(name, "big5")


def _is_jis(name: str) -> bool:
    return _encodes(name, "shift_jis")


def _encodes(name: str, charset: str) -> bool:
    try:
        name.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
