"""The languages that we write, and which of them whoever asks would read."""

from typing import cast, get_args

from flask import request

from internal.vlog import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)
#: how browsers name the two ways to write Chinese
_TRADITIONAL = ("zh-TW", "zh-HK", "zh-MO", "zh-Hant-TW", "zh-Hant-HK", "zh-Hant-MO")
_SIMPLIFIED = ("zh", "zh-CN", "zh-SG", "zh-Hans-CN", "zh-Hans-SG")
_REGIONS = dict.fromkeys(_TRADITIONAL, "zh-Hant") | dict.fromkeys(_SIMPLIFIED, "zh-Hans")


def preferred_language() -> Language:
    """By the browser's own wish. Regions stand for the script they write."""
    best = request.accept_languages.best_match([*_REGIONS, *LANGUAGES], default="en")
    return cast(Language, _REGIONS.get(best, best))
