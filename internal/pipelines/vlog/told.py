"""What the finished film tells, for people: its segments, and what was seen in the media."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from internal import notes
from internal.film import plan
from internal.media import Kind, Reason
from internal.notes import Note
from internal.storyboard import Found
from internal.storyboard.times import in_order
from internal.vlog import Storyboard, VlogSettings

MOST_HIGHLIGHTS = 5
#: in degrees: media no farther apart are of one place, by whether it has a name
NAMED_PLACE, NAMELESS_PLACE = 1.0, 0.001
#: of degrees: 11 m is as well as a phone knows
DECIMALS = 4


def segments(storyboard: Storyboard, found: Sequence[Found], moving: Collection[str] = ()) -> list[dict[str, Any]]:
    """Each scene: `start` and `end` in seconds of the film, transitions included, so that neighbours overlap; `kind`
    is how it is shown: photos that are `moving`, by content hash, as clips."""
    film = plan(storyboard, VlogSettings())  # no setting changes when a scene begins
    by_sha = {one.sha256: one for one in found}
    return [
        {
            "start": round(start / film.canvas.fps, 3),
            "end": round((start + count) / film.canvas.fps, 3),
            "kind": (Kind.CLIP if scene.sha256 in moving else scene.kind).value,
            "caption": scene.caption,
            "media": by_sha[scene.sha256].name,
            "media_id": by_sha[scene.sha256].media_id,
        }
        for scene, start, count in zip(film.scenes, film.starts, film.counts, strict=True)
    ]


def analytics(found: Sequence[Found]) -> dict[str, Any]:
    """In the order the media were given, places in that of the day. `mood` is the commonest, "" when none is known."""
    moods = Counter(one.analysis.mood for one in found if one.analysis.mood)
    return {
        "locations": _locations(found),
        "activities": _once(activity for one in found for activity in one.analysis.activities),
        "mood": moods.most_common(1)[0][0] if moods else "",
        "highlights": _highlights(found),
        "mediaCount": len(found),
    }


def undescribed(found: Sequence[Found]) -> list[Note]:
    """Which media nobody described, by the reason."""
    names: dict[Reason, list[str]] = {}
    for one in found:
        why = one.analysis.undescribed
        if why:
            names.setdefault(why if isinstance(why, Reason) else Reason(code="", text=why), []).append(one.name)
    return [notes.undescribed(those, reason) for reason, those in names.items()]


class _Location(NamedTuple):
    name: str
    latitude: float
    longitude: float

    def is_same(self, other: "_Location") -> bool:
        """Towns that are far apart may have one name, and what has no name is only where it is."""
        apart = NAMED_PLACE if self.name else NAMELESS_PLACE
        north, east = self.latitude - other.latitude, (self.longitude - other.longitude + 180) % 360 - 180
        return self.name == other.name and max(abs(north), abs(east)) <= apart


def _locations(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Each place once, in the order of the day, by where it was first taken."""
    told: list[_Location] = []
    for here in filter(None, (_location(taken.found) for taken in in_order(found))):
        if not any(map(here.is_same, told)):
            told.append(here)
    return [here._asdict() for here in told]


def _location(one: Found) -> _Location | None:
    latitude, longitude = one.analysis.latitude, one.analysis.longitude
    if latitude is None or longitude is None:
        return None
    name = one.place.name if one.place else next(iter(one.analysis.landmarks), "")
    return _Location(name, round(latitude, DECIMALS), round(longitude, DECIMALS))


def _highlights(found: Sequence[Found]) -> list[str]:
    """What deserves to be seen most, best first: its description, else its name."""
    ranked = sorted(found, key=lambda one: (-one.worth, one.name))[:MOST_HIGHLIGHTS]
    return _once(one.analysis.description or one.analysis.caption or one.name for one in ranked)


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
