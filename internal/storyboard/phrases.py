"""How each language writes a date, a place, a time of day and a farewell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from internal.media import Place
from internal.vlog import Language, Theme

#: dates further apart than this, in days, are told by their years alone
_LONG = 60
#: kilometres from which on one is no longer in a place but near it
_NEAR = 5.0


class Part(Enum):
    """Of a day; the value is the hour at which it begins."""

    MORNING = 5
    MIDDAY = 11
    AFTERNOON = 14
    EVENING = 17
    NIGHT = 21


@dataclass(frozen=True)
class Phrases:
    """Of one language. In dates, `y m d` is the first day, `Y M D` the last; `month` and `MONTH` are their names."""

    day: str
    day_of_year: str
    days_of_month: str
    days_of_year: str
    year: str
    years: str
    near: str
    parts: Mapping[Part, str]
    #: after a single day, and after several
    farewells: Mapping[Theme, tuple[str, str]]

    def dates(self, first: date, last: date) -> str:
        """Of one day, or from the first to the last."""
        written = {"y": first.year, "m": first.month, "d": first.day, "month": _MONTHS[first.month - 1]}
        written |= {"Y": last.year, "M": last.month, "D": last.day, "MONTH": _MONTHS[last.month - 1]}
        return self._form(first, last).format(**written)

    def day_alone(self, day: date, with_year: bool) -> str:
        """Of one day of several."""
        form = self.day if with_year else self.day_of_year
        return form.format(y=day.year, m=day.month, d=day.day, month=_MONTHS[day.month - 1])

    def place(self, place: Place) -> str:
        name = self.near.format(place.name) if place.kilometres > _NEAR else place.name
        return capital(name)

    def part_of_day(self, time: datetime) -> str:
        part = max((part for part in Part if part.value <= time.hour), key=lambda part: part.value, default=Part.NIGHT)
        return capital(self.parts[part])

    def farewell(self, theme: Theme, several_days: bool) -> str:
        return self.farewells[theme][several_days]

    def _form(self, first: date, last: date) -> str:
        if first == last:
            return self.day
        if (last - first).days > _LONG:
            return self.year if first.year == last.year else self.years
        if first.year != last.year:
            return f"{self.day} – {self.day.format(y='{Y}', m='{M}', d='{D}', month='{MONTH}')}"
        return self.days_of_month if first.month == last.month else self.days_of_year


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_ENGLISH = Phrases(
    day="{d} {month} {y}",
    day_of_year="{d} {month}",
    days_of_month="{d}–{D} {month} {y}",
    days_of_year="{d} {month} – {D} {MONTH} {y}",
    year="{y}",
    years="{y}–{Y}",
    near="near {}",
    parts={
        Part.MORNING: "morning",
        Part.MIDDAY: "midday",
        Part.AFTERNOON: "afternoon",
        Part.EVENING: "evening",
        Part.NIGHT: "night",
    },
    farewells={
        "adventure": ("Until the next adventure", "Until the next adventure"),
        "family": ("Until next time", "Until next time"),
        "relaxing": ("A day to remember", "Days to remember"),
        "romantic": ("A day to keep", "Days to keep"),
    },
)
_JAPANESE = Phrases(
    day="{y}年{m}月{d}日",
    day_of_year="{m}月{d}日",
    days_of_month="{y}年{m}月{d}日–{D}日",
    days_of_year="{y}年{m}月{d}日–{M}月{D}日",
    year="{y}年",
    years="{y}–{Y}年",
    near="{}付近",
    parts={
        Part.MORNING: "朝",
        Part.MIDDAY: "昼",
        Part.AFTERNOON: "午後",
        Part.EVENING: "夕方",
        Part.NIGHT: "夜",
    },
    farewells={
        "adventure": ("次の冒険まで", "次の冒険まで"),
        "family": ("また会う日まで", "また会う日まで"),
        "relaxing": ("忘れられない一日", "忘れられない日々"),
        "romantic": ("ふたりの大切な一日", "ふたりの大切な日々"),
    },
)
_TRADITIONAL_CHINESE = Phrases(
    day=_JAPANESE.day,
    day_of_year=_JAPANESE.day_of_year,
    days_of_month=_JAPANESE.days_of_month,
    days_of_year=_JAPANESE.days_of_year,
    year=_JAPANESE.year,
    years=_JAPANESE.years,
    near="{}附近",
    parts={
        Part.MORNING: "早上",
        Part.MIDDAY: "中午",
        Part.AFTERNOON: "下午",
        Part.EVENING: "傍晚",
        Part.NIGHT: "晚上",
    },
    farewells={
        "adventure": ("下一次冒險見", "下一次冒險見"),
        "family": ("期待下次相聚", "期待下次相聚"),
        "relaxing": ("難忘的一天", "難忘的時光"),
        "romantic": ("屬於我們的一天", "屬於我們的時光"),
    },
)
_SIMPLIFIED_CHINESE = Phrases(
    day=_JAPANESE.day,
    day_of_year=_JAPANESE.day_of_year,
    days_of_month=_JAPANESE.days_of_month,
    days_of_year=_JAPANESE.days_of_year,
    year=_JAPANESE.year,
    years=_JAPANESE.years,
    near="{}附近",
    parts={
        Part.MORNING: "早上",
        Part.MIDDAY: "中午",
        Part.AFTERNOON: "下午",
        Part.EVENING: "傍晚",
        Part.NIGHT: "晚上",
    },
    farewells={
        "adventure": ("下一次冒险见", "下一次冒险见"),
        "family": ("期待下次相聚", "期待下次相聚"),
        "relaxing": ("难忘的一天", "难忘的时光"),
        "romantic": ("属于我们的一天", "属于我们的时光"),
    },
)
_KOREAN = Phrases(
    day="{y}년 {m}월 {d}일",
    day_of_year="{m}월 {d}일",
    days_of_month="{y}년 {m}월 {d}일–{D}일",
    days_of_year="{y}년 {m}월 {d}일–{M}월 {D}일",
    year="{y}년",
    years="{y}–{Y}년",
    near="{} 근처",
    parts={
        Part.MORNING: "아침",
        Part.MIDDAY: "낮",
        Part.AFTERNOON: "오후",
        Part.EVENING: "저녁",
        Part.NIGHT: "밤",
    },
    farewells={
        "adventure": ("다음 모험에서 만나요", "다음 모험에서 만나요"),
        "family": ("다음에 또 만나요", "다음에 또 만나요"),
        "relaxing": ("잊지 못할 하루", "잊지 못할 날들"),
        "romantic": ("둘만의 소중한 하루", "둘만의 소중한 날들"),
    },
)
PHRASES: dict[Language, Phrases] = {
    "en": _ENGLISH,
    "ja": _JAPANESE,
    "zh-Hant": _TRADITIONAL_CHINESE,
    "zh-Hans": _SIMPLIFIED_CHINESE,
    "ko": _KOREAN,
}
