"""What the analyst's child does: decode one whole file and measure it."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from infra.analyst.beats import BeatTracker
from infra.analyst.clip_claims import clip_place, clip_time
from infra.analyst.listening import listen
from infra.analyst.moments import best_moments
from infra.analyst.photo_claims import photo_place, photo_time
from infra.analyst.pixels import LONG_SIDE, colour, exposure, fingerprint, palette, sharpness
from infra.analyst.speech import SpeechDetector
from infra.analyst.watching import watch
from infra.decode.clips import AGAIN, open_clip
from infra.decode.facts import film_facts, photo_facts
from infra.decode.photos import open_photo, upright_rgb
from infra.decode.sniff import Content, Family, sniff_file
from internal.errors import BrokenMedia
from internal.media import Analysis, Facts, Kind


def measure(path: str) -> dict[str, object]:
    """The analysis as JSON. Raises UnreadableMedia."""
    with Path(path).open("rb") as source:
        content = sniff_file(source)
        analysis = _photo(source, content) if content.family is Family.PHOTO else _film(source, content)
    return analysis.model_dump(mode="json")


def _photo(source: BinaryIO, content: Content) -> Analysis:
    with open_photo(source) as photo:
        facts, taken_at, place = photo_facts(photo, content), photo_time(photo, source), photo_place(photo)
        small = upright_rgb(photo, (LONG_SIDE, LONG_SIDE))
    small.thumbnail((LONG_SIDE, LONG_SIDE))
    grey, rgb = np.asarray(small.convert("L"), dtype=np.float32), np.asarray(small)
    return Analysis(
        facts=facts,
        taken_at=taken_at,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        sharpness=sharpness(grey),
        exposure=exposure(grey),
        colour=colour(rgb),
        fingerprint=fingerprint(grey),
        palette=palette(rgb),
    )


def _film(source: BinaryIO, content: Content) -> Analysis:
    size = source.seek(0, 2)
    with open_clip(source) as container:
        facts = film_facts(container, content, size)
        taken_at, place = clip_time(container), clip_place(container)
    # A container that has decoded its first frames is opened anew: not every format can go back.
    if facts.kind is Kind.MUSIC:
        return _music(source, facts).model_copy(update={"taken_at": taken_at})
    return _clip(source, facts).model_copy(
        update={
            "taken_at": taken_at,
            "latitude": place.latitude if place else None,
            "longitude": place.longitude if place else None,
        }
    )


def _music(source: BinaryIO, facts: Facts) -> Analysis:
    tracker = BeatTracker()
    with open_clip(source) as container:
        heard = listen(container, tracker)
    if not heard.seconds:
        raise BrokenMedia(f"This file holds no sound that can be decoded. {AGAIN}")
    return Analysis(facts=_lasting(facts, heard.seconds), loudness=heard.loudness, beats=tracker.beats())


def _clip(source: BinaryIO, facts: Facts) -> Analysis:
    detector = SpeechDetector()
    with open_clip(source) as container:
        heard = listen(container, detector)
    with open_clip(source) as container:
        watched = watch(container)
    speech = detector.spans()
    looks = watched.looks
    return Analysis(
        facts=_lasting(facts, watched.seconds).model_copy(update={"has_sound": heard.seconds > 0}),
        sharpness=_mean([look.sharpness for look in looks]),
        exposure=_mean([look.exposure for look in looks]),
        colour=_mean([look.colour for look in looks]),
        motion=_mean([look.motion for look in looks]),
        loudness=heard.loudness,
        best=best_moments(watched, heard, speech),
        speech=speech,
        cuts=watched.cuts,
    )


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4)


def _lasting(facts: Facts, seconds: float) -> Facts:
    """What was decoded is the length, whatever the header says."""
    return facts.model_copy(update={"seconds": round(seconds, 3)})
