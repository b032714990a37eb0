"""When everything was taken by the clock on the wall there, and so the order of the day."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from statistics import median_low
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from internal.media import Place
from internal.storyboard.found import Found
from internal.storyboard.names import day_in, natural, series, time_in

#: cameras that keep no zone of their own are thought to be where the others were within this time
_SAME_STAY = timedelta(days=1)
#: nobody takes photos evenly through a longer pause than this
_PAUSE = timedelta(hours=6)
#: a trip hardly lasts longer, and a camera further off than the other was never set
_TRIP, _NEVER_SET = timedelta(days=14), timedelta(days=300)
_NOON = timedelta(hours=12)


class Known(Enum):
    """How a time is known."""

    CLOCK = "by its own clock or name"
    NEAR = "by the files before and after it"
    DAY = "by its name, and only the day"
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


def in_order(found: Iterable[Found]) -> tuple[Taken, ...]:
    """Each content once, by local time; where times are equal or missing, by name."""
    named = _once(found)
    walls = _walls(named)
    off = _never_set(named, walls)
    taken = [
        Taken(one, wall + off[number], Known.ORDER if off[number] else Known.CLOCK)
        if wall
        else _guessed(number, named, walls)
        for number, (one, wall) in enumerate(zip(named, walls, strict=True))
    ]
    return tuple(sorted(taken, key=lambda one: one.seconds))


def _once(found: Iterable[Found]) -> list[Found]:
    """Of equal contents, the one whose name comes first. In order of names."""
    ordered = sorted(found, key=lambda one: (natural(one.name), one.sha256, one.media_id))
    first = {one.sha256: one for one in reversed(ordered)}
    return [one for one in ordered if first[one.sha256] is one]


# ---------------------------------------------------------------- zones


def _walls(named: Sequence[Found]) -> list[datetime | None]:
    """What a clock on the wall showed; None where neither the camera nor the name tells."""
    written = [one.analysis.taken_at or time_in(one.name) for one in named]
    stays = [stay for one, time in zip(named, written, strict=True) if time and (stay := _stay(one, time))]
    return [time and _wall(one, time, stays) for one, time in zip(named, written, strict=True)]


def _wall(one: Found, time: datetime, stays: Sequence[tuple[datetime, timedelta]]) -> datetime:
    """A time in UTC may be a camera that keeps no other clock: it is moved to where it was, else to where the
    others were."""
    if time.utcoffset() != timedelta(0):
        return time.replace(tzinfo=None)
    here = _zone(one.place)
    if here:
        return time.astimezone(here).replace(tzinfo=None)
    utc = time.replace(tzinfo=None)
    return utc + _commonest(
        [offset for at, offset in stays if abs(at - utc) <= _SAME_STAY] or [each for _, each in stays]
    )


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


def _never_set(named: Sequence[Found], walls: Sequence[datetime | None]) -> list[timedelta]:
    """By how much to move each time. A camera whose clock is years from a trip that all the others agree on
    keeps its own order, in the middle of the trip. One old photo alone is meant to be old."""
    moves = [timedelta(0)] * len(named)
    times = sorted(filter(None, walls))
    middle = median_low(times) if times else datetime.min
    if 2 * sum(abs(time - middle) <= _TRIP for time in times) <= len(times):
        return moves
    for numbers in _cameras(named, walls):
        own = [time for number in numbers if (time := walls[number])]
        if len(own) > 1 and all(abs(time - middle) > _NEVER_SET for time in own):
            for number in numbers:
                moves[number] = middle - median_low(own)
    return moves


def _cameras(named: Sequence[Found], walls: Sequence[datetime | None]) -> Iterable[list[int]]:
    """Positions of the files with a time, by the series they are numbered in."""
    cameras: dict[str, list[int]] = {}
    for position, (one, wall) in enumerate(zip(named, walls, strict=True)):
        shared, number = series(one.name)
        if wall and number is not None:
            cameras.setdefault(shared, []).append(position)
    return cameras.values()


# ---------------------------------------------------------------- times that are missing


def _guessed(position: int, named: Sequence[Found], walls: Sequence[datetime | None]) -> Taken:
    one = named[position]
    day = day_in(one.name)
    if day:
        return Taken(one, _middle(day, walls), Known.DAY)
    own = series(one.name)[0]
    timed = [number for number, wall in enumerate(walls) if wall]
    mates = [number for number in timed if series(named[number].name)[0] == own] or timed
    before = max((number for number in mates if number < position), default=None)
    after = min((number for number in mates if number > position), default=None)
    if before is None or after is None:
        nearest = after if before is None else before
        return Taken(one, None if nearest is None else walls[nearest], Known.ORDER)
    return _between(named, walls, before, position, after)


def _middle(day: date, walls: Iterable[datetime | None]) -> datetime:
    """Of what was taken on that day; noon when nothing was."""
    same_day = sorted(wall for wall in walls if wall and wall.date() == day)
    return median_low(same_day) if same_day else datetime.combine(day, datetime.min.time()) + _NOON


def _between(named: Sequence[Found], walls: Sequence[datetime | None], before: int, position: int, after: int) -> Taken:
    """Cameras number their files, and time runs evenly from one to the next; but not backwards, as where a counter
    begins anew, nor through the night."""
    first, last = walls[before], walls[after]
    assert first is not None, "neighbours are files with a time"
    assert last is not None, "neighbours are files with a time"
    along = _along(named, before, position, after)
    if along is not None and first <= last <= first + _PAUSE:
        return Taken(named[position], first + along * (last - first), Known.NEAR)
    follows = last < first or along is None or along <= 0.5
    return Taken(named[position], first if follows else last, Known.ORDER)


def _along(named: Sequence[Found], *positions: int) -> float | None:
    """How far the second is on the way from the first to the third, by their numbers; None if they are not of one
    series."""
    numbered = [series(named[position].name) for position in positions]
    first, middle, last = (number for _, number in numbered)
    if first is None or middle is None or last is None or len({shared for shared, _ in numbered}) > 1:
        return None
    return (middle - first) / (last - first) if last > first else 0.0
