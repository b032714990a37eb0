"""Tells a day as scenes: what is shown, in which order, for how long, with which words.

Pure: the same media and settings give the same storyboard, in whatever order the media
come. Lengths are whole frames, so that the film is exactly as long as was told here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from internal.errors import PermanentFailure
from internal.film import FPS, frames_in, total
from internal.media import Analysis, Kind, Place, Value
from internal.vlog import Music, Scene, Storyboard, Theme, VlogSettings

#: frames of the shortest clip worth showing
SHORTEST_CLIP = round(0.8 * FPS)


class Found(Value):
    """One media, and what is known of it."""

    #: the user's own name for it
    name: str
    media_id: str
    #: of the content; hex
    sha256: str
    analysis: Analysis
    #: where it was taken, if that is known and anywhere near a place with a name
    place: Place | None = None


class Tune(Value):
    """The film's music, and what is known of its file."""

    music: Music
    analysis: Analysis


@dataclass(frozen=True)
class Pace:
    """How long photos and clips may stay on screen, in seconds: (least, most)."""

    photo: tuple[float, float]
    clip: tuple[float, float]


PACES: dict[Theme, Pace] = {
    "adventure": Pace((3.0, 3.5), (2.0, 5.0)),
    "family": Pace((3.0, 4.0), (2.5, 6.0)),
    "romantic": Pace((3.5, 4.5), (3.0, 7.0)),
    "relaxing": Pace((3.5, 5.0), (3.0, 8.0)),
}


@dataclass(frozen=True)
class _Shot:
    """A media that may be shown, for `least` to `most` frames."""

    found: Found
    least: int
    most: int

    @property
    def worth(self) -> tuple[float, str]:
        """How much it deserves to be shown; ties are broken by content."""
        analysis = self.found.analysis
        best = max((moment.score for moment in analysis.best), default=analysis.sharpness)
        return best, self.found.sha256


def tell(found: Sequence[Found], settings: VlogSettings, tune: Tune | None = None) -> Storyboard:
    """Chronological, each content once, never longer than `settings.duration`.

    What does not fit is left out, the least worthy first. Raises PermanentFailure when
    there is nothing that can be shown.
    """
    once = _once(found)
    shots = [_shot(one, PACES[settings.theme]) for one in _in_order(once)]
    usable = _usable(shots)
    kept = _fitting(usable, settings.duration * FPS)
    lengths = _lengths(kept, settings.duration * FPS)
    scenes = _scenes(kept, lengths, settings)
    return Storyboard(
        scenes=scenes, music=tune.music if tune else None, warnings=_warnings(shots, usable, kept, settings)
    )


# ---------------------------------------------------------------- order


def _once(found: Sequence[Found]) -> list[Found]:
    """Of equal contents, the one whose name comes first. In order of names."""
    ordered = sorted(found, key=lambda one: (*_by_name(one), one.media_id))
    return list({one.sha256: one for one in reversed(ordered)}.values())[::-1]


def _by_name(one: Found) -> tuple[list[tuple[int, str]], str, str]:
    """Numbers in names count as numbers: IMG_9 comes before IMG_10."""
    parts = re.findall(r"\d+|\D+", one.name)
    return [(int(part), "") if part.isdecimal() else (-1, part.casefold()) for part in parts], one.name, one.sha256


def _in_order(named: Sequence[Found]) -> list[Found]:
    """By local time. Cameras number their files, so what has no time follows its neighbour by name."""
    groups: list[list[Found]] = [[]]
    for one in named:
        if _time(one) and any(map(_time, groups[-1])):
            groups.append([])
        groups[-1].append(one)
    groups.sort(key=lambda group: min(filter(None, map(_time, group)), default=datetime.min))
    return [one for group in groups for one in group]


def _time(one: Found) -> datetime | None:
    """Wall-clock time where it was taken: what the day felt like, whatever the zones."""
    return one.analysis.taken_at and one.analysis.taken_at.replace(tzinfo=None)


# ---------------------------------------------------------------- length


def _shot(one: Found, pace: Pace) -> _Shot:
    """A clip too short for the pace is shown whole."""
    if one.analysis.facts.kind is Kind.PHOTO:
        return _Shot(one, frames_in(pace.photo[0]), frames_in(pace.photo[1]))
    whole = int(one.analysis.facts.seconds * FPS)
    return _Shot(one, min(frames_in(pace.clip[0]), whole), min(frames_in(pace.clip[1]), whole))


def _usable(shots: Sequence[_Shot]) -> list[_Shot]:
    """Glimpses are shown only when there is nothing else."""
    long_enough = [shot for shot in shots if shot.most >= SHORTEST_CLIP]
    usable = long_enough or [shot for shot in shots if shot.least > 0]
    if not usable:
        raise PermanentFailure("nothing_to_show", "There is no photo, and no clip long enough to be shown.")
    return usable


def _fitting(shots: Sequence[_Shot], limit: int) -> list[_Shot]:
    """Without the least worthy, until the rest fits at its shortest.

    What photos and clips are worth does not compare, so they are judged among their own:
    the lower half of either goes before the upper half of the other.
    """
    kept = list(shots)
    for shot in sorted(shots, key=lambda shot: (_standing(shot, shots), shot.found.sha256)):
        if len(kept) == 1 or total([one.least for one in kept]) <= limit:
            break
        kept.remove(shot)
    return kept


def _standing(shot: _Shot, shots: Sequence[_Shot]) -> float:
    """The share of its own kind that is worth no more than it; 1 for the best."""
    kind = [one for one in shots if one.found.analysis.facts.kind is shot.found.analysis.facts.kind]
    return sum(one.worth <= shot.worth for one in kind) / len(kind)


def _lengths(shots: Sequence[_Shot], limit: int) -> list[int]:
    """In frames: all drawn out by the same share of what they may be, as far as the limit allows.

    Longer scenes overlap no less, so measuring the room at their shortest is safe.
    """
    room = limit - total([shot.least for shot in shots])
    wish = sum(shot.most - shot.least for shot in shots)
    share = min(1.0, room / wish) if wish else 0.0
    return [shot.least + int(share * (shot.most - shot.least)) for shot in shots]


def _start(one: Found, seconds: float) -> float:
    """Where to cut into a clip, so that its best moment, or its middle, is in the middle."""
    whole = one.analysis.facts.seconds
    best = max(one.analysis.best, key=lambda moment: (moment.score, -moment.start), default=None)
    centre = (best.start + best.end) / 2 if best else whole / 2
    return int(1000 * max(0.0, min(centre - seconds / 2, whole - seconds))) / 1000


# ---------------------------------------------------------------- words


def _scenes(shots: Sequence[_Shot], lengths: Sequence[int], settings: VlogSettings) -> tuple[Scene, ...]:
    found = [shot.found for shot in shots]
    captions = _captions(found) if settings.captions else [""] * len(found)
    scenes = [
        _scene(one, length / FPS, caption, number)
        for number, (one, length, caption) in enumerate(zip(found, lengths, captions, strict=True))
    ]
    title, subtitle = _title(found, settings)
    return (scenes[0].model_copy(update={"title": title, "subtitle": subtitle}), *scenes[1:])


def _scene(one: Found, seconds: float, caption: str, number: int) -> Scene:
    facts = one.analysis.facts
    start = _start(one, seconds) if facts.kind is Kind.CLIP else 0.0
    return Scene(
        kind=facts.kind,
        sha256=one.sha256,
        start=start,
        seconds=seconds,
        caption=caption,
        variation=number,
        volume=float(facts.has_sound),
    )


def _title(found: Sequence[Found], settings: VlogSettings) -> tuple[str, str]:
    """The first thing known of title, destination and date; the rest of it beneath."""
    times = filter(None, map(_time, found))
    day = settings.travel_date or next((time.date() for time in times), None)
    known = [text for text in (settings.title.strip(), settings.destination.strip(), _date(day)) if text]
    different = list(dict.fromkeys(known)) or [""]
    return different[0], " · ".join(different[1:])


def _captions(found: Sequence[Found]) -> list[str]:
    """What was seen, else when it was; with the date when the media are of several days."""
    times = [_time(one) for one in found]
    several = len({time.date() for time in times if time}) > 1
    return [one.analysis.caption or _clock(time, several) for one, time in zip(found, times, strict=True)]


def _clock(time: datetime | None, with_date: bool) -> str:
    if time is None:
        return ""
    return f"{_date(time)} {time:%H:%M}" if with_date else f"{time:%H:%M}"


def _date(day: date | None) -> str:
    """In digits: we do not know which language the user reads."""
    return f"{day:%Y.%m.%d}" if day else ""


def _warnings(
    shots: Sequence[_Shot], usable: Sequence[_Shot], kept: Sequence[_Shot], settings: VlogSettings
) -> tuple[str, ...]:
    glimpses = [f"{shot.found.name}: It is too short to be shown." for shot in shots if shot not in usable]
    surplus = len(usable) - len(kept)
    if not surplus:
        return tuple(glimpses)
    return (*glimpses, f"{surplus} of {len(usable)} files are not shown, to stay within {settings.duration} seconds.")
