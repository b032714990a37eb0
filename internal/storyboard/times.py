"""When everything was taken by the clock on the wall there, and so the order of the day."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from statistics import median_low
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from internal.media import Place
from internal.storyboard.found import Found
from internal.storyboard.names import day_in, natural, series, time_in

#: cameras that keep no zone of their own are thought to be where the others were within this time
_SAME_STAY = timedelta(days=1)
#: no clock on a wall is further from that of Greenwich
_FURTHEST = timedelta(hours=14)
#: nobody takes photos evenly through a longer pause than this
_PAUSE = timedelta(hours=6)
#: a trip hardly lasts longer, and a camera further off than the other was never set
_TRIP, _NEVER_SET = timedelta(days=14), timedelta(days=300)
_NOON = timedelta(hours=12)


class Known(Enum):
    """How a time is known."""

    CLOCK = "by its own clock or name"
    NEAR = "by the files before and after it"
    DAY = "by its name, or by a clock far from there, and only the day"
    ORDER = "only so far that it has a place in the order"


@dataclass(frozen=True)
class Taken:
    """A media and when it was taken, local time; None when no file of the day has a time."""

    found: Found
    at: datetime | None
    known: Known

    @property
    def seconds(self) -> float:
        """On a scale on which times can be compared."""
        return (self.at - datetime.min).total_seconds() if self.at else 0.0

    @property
    def day(self) -> date | None:
        """None when it is not known."""
        return self.at.date() if self.at and self.known is not Known.ORDER else None


def in_order(found: Iterable[Found]) -> tuple[Taken, ...]:
    """Each content once, by local time; where times are equal or missing, by name."""
    named = _once(found)
    dated = _amid_the_trip(_dated(named))
    taken = [
        known or _guessed(one, position, dated) for position, (one, known) in enumerate(zip(named, dated, strict=True))
    ]
    return tuple(sorted(taken, key=lambda one: one.seconds))


def _once(found: Iterable[Found]) -> list[Found]:
    """Of equal contents, the one whose name comes first. In order of names."""
    ordered = sorted(found, key=lambda one: (natural(one.name), one.sha256, one.media_id))
    first = {one.sha256: one for one in reversed(ordered)}
    return [one for one in ordered if first[one.sha256] is one]


# ---------------------------------------------------------------- zones


def _dated(named: Sequence[Found]) -> list[Taken | None]:
    """By the clock on the wall; None where neither the camera nor the name tells."""
    written = [one.analysis.taken_at or time_in(one.name) for one in named]
    stays = [stay for one, time in zip(named, written, strict=True) if time and (stay := _stay(one, time))]
    return [_by_wall(one, time, stays) if time else None for one, time in zip(named, written, strict=True)]


def _by_wall(one: Found, time: datetime, stays: Sequence[tuple[datetime, timedelta]]) -> Taken:
    """A time in UTC may be a camera that keeps no other clock. The wall's is told by where that was, by the file's
    name, or by the others of that day. Others of the trip are believed no more than the day."""
    if time.utcoffset() != timedelta(0):
        return Taken(one, time.replace(tzinfo=None), Known.CLOCK)
    here, named, utc = _zone(one.place), time_in(one.name), time.replace(tzinfo=None)
    if here:
        return Taken(one, time.astimezone(here).replace(tzinfo=None), Known.CLOCK)
    if named and not named.tzinfo and abs(named - utc) <= _FURTHEST:
        return Taken(one, named, Known.CLOCK)
    if same_stay := [offset for at, offset in stays if abs(at - utc) <= _SAME_STAY]:
        return Taken(one, utc + _commonest(same_stay), Known.CLOCK)
    same_trip = [offset for at, offset in stays if abs(at - utc) <= _TRIP]
    return Taken(one, utc + _commonest(same_trip), Known.DAY)


def _stay(one: Found, time: datetime) -> tuple[datetime, timedelta] | None:
    """(when by UTC, how far the wall's clock was from it), if this media tells."""
    here = _zone(one.place)
    if here:
        time = time.astimezone(here) if time.tzinfo else time.replace(tzinfo=here)
    offset = time.utcoffset()
    if offset is None or not (here or offset):
        return None
    return time.replace(tzinfo=None) - offset, offset


def _commonest(offsets: Sequence[timedelta]) -> timedelta:
    counted = Counter(offsets)
    return min(counted, key=lambda offset: (-counted[offset], abs(offset), offset), default=timedelta(0))


def _zone(place: Place | None) -> tzinfo | None:
    """None when unknown, also to this machine."""
    if place is None or not place.zone:
        return None
    try:
        return ZoneInfo(place.zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None


# ---------------------------------------------------------------- clocks that were never set


def _amid_the_trip(dated: Sequence[Taken | None]) -> list[Taken | None]:
    """A camera whose clock is years from a trip that all the others agree on keeps its own order, in the middle of
    the trip. One old photo alone is meant to be old."""
    moved, times = list(dated), sorted(one.at for one in dated if one and one.at)
    middle = median_low(times) if times else datetime.min
    if 2 * sum(abs(time - middle) <= _TRIP for time in times) <= len(times):
        return moved
    for camera in _cameras(dated):
        own = [one.at for one in camera.values() if one.at]
        if len(own) > 1 and all(abs(time - middle) > _NEVER_SET for time in own):
            for position, one in camera.items():
                moved[position] = _moved(one, middle - median_low(own))
    return moved


def _moved(one: Taken, by: timedelta) -> Taken:
    return replace(one, at=one.at and one.at + by, known=Known.ORDER)


def _cameras(dated: Sequence[Taken | None]) -> Iterable[dict[int, Taken]]:
    """Those with a time, by their positions, and by the series they are numbered in."""
    cameras: dict[str, dict[int, Taken]] = {}
    for position, one in enumerate(dated):
        shared, number = series(one.found.name) if one else ("", None)
        if one and number is not None:
            cameras.setdefault(shared, {})[position] = one
    return cameras.values()


# ---------------------------------------------------------------- times that are missing


def _guessed(one: Found, position: int, dated: Sequence[Taken | None]) -> Taken:
    day = day_in(one.name)
    if day:
        return Taken(one, _middle(day, dated), Known.DAY)
    own = series(one.name)[0]
    timed = [(number, other) for number, other in enumerate(dated) if other]
    mates = [mate for mate in timed if series(mate[1].found.name)[0] == own] or timed
    before = next((mate for number, mate in reversed(mates) if number < position), None)
    after = next((mate for number, mate in mates if number > position), None)
    if before and after:
        return _between(before, one, after)
    nearest = before or after
    return Taken(one, nearest.at if nearest else None, Known.ORDER)


def _middle(day: date, dated: Iterable[Taken | None]) -> datetime:
    """Of what was taken on that day; noon when nothing was."""
    same_day = sorted(one.at for one in dated if one and one.at and one.at.date() == day)
    return median_low(same_day) if same_day else datetime.combine(day, datetime.min.time()) + _NOON


def _between(before: Taken, one: Found, after: Taken) -> Taken:
    """Cameras number their files, and time runs evenly from one to the next; but not backwards, as where a counter
    begins anew, nor through the night."""
    first, last, along = before.at, after.at, _along(before.found, one, after.found)
    assert first is not None, "neighbours are files with a time"
    assert last is not None, "neighbours are files with a time"
    if along is not None and first <= last <= first + _PAUSE:
        known = Known.NEAR if before.known is after.known is Known.CLOCK else Known.ORDER
        return Taken(one, first + along * (last - first), known)
    follows = last < first or along is None or along <= 0.5
    return Taken(one, first if follows else last, Known.ORDER)


def _along(before: Found, one: Found, after: Found) -> float | None:
    """How far it is on the way from the first to the last, by their numbers; None if they are not of one series."""
    numbered = [series(each.name) for each in (before, one, after)]
    first, middle, last = (number for _, number in numbered)
    if first is None or middle is None or last is None or len({shared for shared, _ in numbered}) > 1:
        return None
    return (middle - first) / (last - first) if last > first else 0.0
