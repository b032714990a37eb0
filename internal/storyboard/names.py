"""What a file's name tells: its place among its neighbours, and often when it was taken."""

import re
from datetime import UTC, date, datetime, time

#: a number or what lies between numbers: numbers count as numbers, so that IMG_9 comes before IMG_10
NameKey = tuple[tuple[tuple[int, str], ...], str]

_DATE = r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<gap>[-_.]?)(?P<month>\d\d)(?P=gap)(?P<day>\d\d)"
_TIME = r"(?P<hour>\d{1,2})(?P<dot>[-_. :]?)(?P<minute>[0-5]\d)(?P=dot)(?P<second>[0-5]\d)"
#: digits may follow a time (milliseconds), but not a date that stands alone
_DATED = re.compile(_DATE + r"(?!\d)")
#: IMG_20241122_101530, 2024-11-22 10.15.30, Screenshot 2024-11-22 at 3.15.30 PM, DJI_20241122101530_0001
_TIMED = re.compile(_DATE + r"(?:[-_ T]| at )?" + _TIME + r"(?:\d{3}(?!\d)|(?!\d))(?:[\s\u202f]?(?P<half>[AP]M)\b)?")
#: what phones and computers call pictures and films of their own screen
_SCREEN = (
    "screenshot", "screen shot", "screen_shot", "screenrecord", "screen record", "screen_record",
    "スクリーンショット", "画面収録", "截屏", "截圖", "截图", "快照", "螢幕錄製", "录屏", "屏幕录制",
    "스크린샷", "화면 기록",
)  # fmt: skip
#: Pixel phones name their files by the clock of Greenwich
_IN_UTC = "PXL_"


def natural(name: str) -> NameKey:
    parts = re.findall(r"\d+|\D+", name)
    return tuple((int(part), "") if part.isdecimal() else (-1, part.casefold()) for part in parts), name


def series(name: str) -> tuple[str, int | None]:
    """A camera's files in a row share all but their last number: (what they share, that number)."""
    stem = stem_of(name)
    numbers = list(re.finditer(r"\d+", stem))
    if not numbers:
        return stem, None
    last = numbers[-1]
    return f"{stem[: last.start()]}#{stem[last.end() :]}", int(last[0])


def stem_of(name: str) -> str:
    return (name.rpartition(".")[0] or name).casefold()


def is_of_screen(name: str) -> bool:
    """Whether it shows the camera's screen, and nothing before its lens."""
    return any(word in name.casefold() for word in _SCREEN)


def time_in(name: str) -> datetime | None:
    """When it was taken, by its name; aware when that is known to be by UTC."""
    match = _TIMED.search(name)
    if match is None:
        return None
    hour = f"{match['hour']:0>2}"
    try:
        day = date.fromisoformat(f"{match['year']}-{match['month']}-{match['day']}")
        taken = datetime.combine(day, time.fromisoformat(f"{hour}:{match['minute']}:{match['second']}"))
    except ValueError:  # digits that are no time, as in 20249988
        return None
    taken = _of_half(taken, match["half"])
    return taken.replace(tzinfo=UTC) if name.startswith(_IN_UTC) else taken


def day_in(name: str) -> date | None:
    """The day alone, as messengers write it: IMG-20241122-WA0003."""
    match = _DATED.search(name)
    if match is None:
        return None
    try:
        return date.fromisoformat(f"{match['year']}-{match['month']}-{match['day']}")
    except ValueError:  # digits that are no date
        return None


def _of_half(taken: datetime, half: str | None) -> datetime:
    """By a clock of twelve hours when it says AM or PM."""
    if half is None:
        return taken
    return taken.replace(hour=taken.hour % 12 + (12 if half == "PM" else 0))
