"""What the finished film tells, for people: its segments, and what was seen in the media."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from internal.film import plan
from internal.storyboard import Found
from internal.vlog import Storyboard, VlogSettings

MOST_HIGHLIGHTS = 5
#: decimals of a degree within which places count as one: about 100 m
SAME_PLACE = 3


def segments(storyboard: Storyboard, found: Sequence[Found]) -> list[dict[str, Any]]:
    """Each scene: `start` and `end` in seconds of the film, transitions included, so that neighbours overlap."""
    film = plan(storyboard, VlogSettings())  # no setting changes when a scene begins
    by_sha = {one.sha256: one for one in found}
    return [
        {
            "start": round(start / film.canvas.fps, 3),
            "end": round((start + count) / film.canvas.fps, 3),
            "kind": scene.kind.value,
            "caption": scene.caption,
            "media": by_sha[scene.sha256].name,
            "media_id": by_sha[scene.sha256].media_id,
        }
        for scene, start, count in zip(film.scenes, film.starts, film.counts, strict=True)
    ]


def analytics(found: Sequence[Found]) -> dict[str, Any]:
    """In the order the media were given. `mood` is the commonest, "" when none is known."""
    moods = Counter(one.analysis.mood for one in found if one.analysis.mood)
    return {
        "locations": _locations(found),
        "activities": _once(activity for one in found for activity in one.analysis.activities),
        "mood": moods.most_common(1)[0][0] if moods else "",
        "highlights": _highlights(found),
        "mediaCount": len(found),
    }


def _locations(found: Sequence[Found]) -> list[dict[str, Any]]:
    places: dict[tuple[float, float], dict[str, Any]] = {}
    for one in found:
        latitude, longitude = one.analysis.latitude, one.analysis.longitude
        if latitude is not None and longitude is not None:
            name = next(iter(one.analysis.landmarks), "")
            place = {"name": name, "latitude": latitude, "longitude": longitude}
            places.setdefault((round(latitude, SAME_PLACE), round(longitude, SAME_PLACE)), place)
    return list(places.values())


def _highlights(found: Sequence[Found]) -> list[str]:
    """What deserves to be seen most, best first: its description, else its name."""
    ranked = sorted(found, key=lambda one: (-_worth(one), one.name))[:MOST_HIGHLIGHTS]
    return _once(one.analysis.description or one.analysis.caption or one.name for one in ranked)


def _worth(one: Found) -> float:
    return max((moment.score for moment in one.analysis.best), default=one.analysis.sharpness)


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
