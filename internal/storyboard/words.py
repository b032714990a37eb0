"""What is written on the film: its opening, its captions and its ending."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from internal.storyboard.phrases import PHRASES, Phrases
from internal.storyboard.times import Known, Taken
from internal.vlog import VlogSettings

#: between a day's places, and between what stands beside one another
_TO, _AND = " – ", " · "
#: of more places than these, the opening names the first and the last
_MOST_PLACES = 3
#: the time is told again after so long
_LATER = timedelta(minutes=30)


@dataclass(frozen=True)
class Words:
    """`captions` has one for each scene; "" for nothing."""

    title: str = ""
    subtitle: str = ""
    ending: str = ""
    captions: tuple[str, ...] = ()


def words_of(shown: Sequence[Taken], settings: VlogSettings) -> Words:
    """In the user's language. Without captions, the film has an opening and an ending only if the user said what
    or where it was."""
    silent = ("",) * len(shown)
    if not settings.captions and not (settings.title.strip() or settings.destination.strip()):
        return Words(captions=silent)
    phrases, days = PHRASES[settings.language], _days(shown)
    title, subtitle = _opening(shown, settings, phrases)
    speaker = _Speaker(phrases, days, opening=title + subtitle, alone=len(shown) == 1)
    captions = tuple(speaker.captions(shown)) if settings.captions else silent
    return Words(title, subtitle, phrases.farewell(settings.theme, len(days) > 1), captions)


def _days(shown: Sequence[Taken]) -> list[date]:
    return sorted({one.day for one in shown if one.day})


# ---------------------------------------------------------------- opening


def _opening(shown: Sequence[Taken], settings: VlogSettings, phrases: Phrases) -> tuple[str, str]:
    """The first thing known of what, where and when; the rest of it beneath."""
    what, where = settings.title.strip(), settings.destination.strip() or _main_place(shown, phrases)
    days = [settings.travel_date] if settings.travel_date else _days(shown)
    when = phrases.dates(days[0], days[-1]) if days else ""
    known = [text for text in (what, "" if where.casefold() in what.casefold() else where, when) if text] or [""]
    return known[0], _AND.join(known[1:])


def _main_place(shown: Sequence[Taken], phrases: Phrases) -> str:
    """Where most of it was, else its few places, else from where to where. Nothing when it is not known of half of
    what is shown, or for a round through many."""
    places = [one.found.place for one in shown if one.found.place]
    if not places or 2 * len(places) < len(shown):
        return ""
    counted = Counter(place.name for place in places)
    ((most, count),) = counted.most_common(1)
    if 2 * count >= len(places):
        return phrases.place(min((place for place in places if place.name == most), key=lambda one: one.kilometres))
    if len(counted) <= _MOST_PLACES:
        return _TO.join(counted)
    first, last = places[0].name, places[-1].name
    return _TO.join((first, last)) if first != last else ""


# ---------------------------------------------------------------- captions


class _Speaker:
    """Says where and when only as it changes."""

    def __init__(self, phrases: Phrases, days: Sequence[date], opening: str, alone: bool) -> None:
        """`opening`: words that are on the screen with the first caption, which may be `alone`."""
        self._phrases, self._opening, self._alone = phrases, opening, alone
        self._several_days, self._several_years = len(days) > 1, len({day.year for day in days}) > 1
        self._place = ""
        self._day: date | None = None
        self._time: datetime | None = None

    def captions(self, shown: Sequence[Taken]) -> Iterator[str]:
        """What was seen, if the analyst says, else where and when. Beneath the opening, which says as much for the
        whole film, only what was seen, and a day or a place that is not the whole film's."""
        before = ""
        for one in shown:
            caption = one.found.analysis.caption or self._where_and_when(one)
            yield caption if caption != before else ""
            before, self._opening = caption or before, ""

    def _where_and_when(self, one: Taken) -> str:
        said = [*self._new_day(one), *self._new_place(one)]
        if self._opening and not said and not self._alone:
            return ""
        return _AND.join([*said, *self._time_of(one, bool(said))])

    def _new_day(self, one: Taken) -> Iterator[str]:
        if self._several_days and one.day and one.day != self._day:
            self._day, self._place = one.day, ""
            yield self._phrases.day_alone(one.day, self._several_years)

    def _new_place(self, one: Taken) -> Iterator[str]:
        place = self._phrases.place(one.found.place) if one.found.place else ""
        if place and place != self._place and place not in self._opening:
            self._place = place
            yield place

    def _time_of(self, one: Taken, beside: bool) -> Iterator[str]:
        """Told beside something new, or after a while; by the part of the day when no clock knows it better."""
        if one.at is None or one.known not in (Known.CLOCK, Known.NEAR):
            return
        if beside or self._time is None or one.at - self._time >= _LATER:
            self._time = one.at
            yield f"{one.at:%H:%M}" if one.known is Known.CLOCK else self._phrases.part_of_day(one.at)
