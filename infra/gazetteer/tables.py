"""What we know better than the dump: sights it has not, and what well-known towns are called in each language."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from internal.vlog import Language

_LANGUAGES: Final[tuple[Language, ...]] = ("en", "ja", "zh-Hant", "zh-Hans", "ko")


@dataclass(frozen=True)
class Landmark:
    """A sight: whoever is within `radius` km of its middle is at it, whatever town that is in."""

    latitude: float
    longitude: float
    radius: float
    zone: str
    names: dict[Language, str]


def landmarks() -> list[Landmark]:
    return [
        Landmark(float(row["latitude"]), float(row["longitude"]), float(row["radius"]), row["zone"], _names(row))
        for row in _rows("landmarks.tsv")
    ]


def known_names() -> dict[int, dict[Language, str]]:
    """Of towns, by their GeoNames id; languages without an entry are as the dump's spellings tell."""
    return {int(row["geonameid"]): _names(row) for row in _rows("names.tsv")}


def _names(row: dict[str, str]) -> dict[Language, str]:
    return {language: row[language] for language in _LANGUAGES if row[language]}


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("infra.gazetteer") / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
