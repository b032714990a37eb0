"""What is written on the film, in the five languages we speak."""

from datetime import UTC, date, timedelta

import pytest

from internal.media import Place
from internal.storyboard.phrases import PHRASES
from internal.vlog import VlogSettings
from tests.internal.given_days import NOON, at, clip, photo, tell

AREZZO = Place(name="Arezzo", kilometres=1.2)
SIENA = Place(name="Siena", kilometres=2)
NEAR = Place(name="Arezzo", kilometres=7.5)


def scenes(*day, **wish):
    return tell(day, VlogSettings(**wish)).scenes


def opening(*day, **wish):
    return scenes(*day, **wish)[0].title, scenes(*day, **wish)[0].subtitle


def captions(*day, **wish):
    return [scene.caption for scene in scenes(*day, **wish)]


# ---------------------------------------------------------------- opening


def test_the_title_is_the_first_thing_known_and_the_rest_goes_beneath():
    here = photo("a.jpg", place=AREZZO)
    assert opening(here, title="秋", destination="Toscana") == ("秋", "Toscana · 17 May 2025")
    assert opening(here, title="秋") == ("秋", "Arezzo · 17 May 2025")
    assert opening(here, title="A day in arezzo") == ("A day in arezzo", "17 May 2025")
    assert opening(here, destination="Toscana") == ("Toscana", "17 May 2025")
    assert opening(here) == ("Arezzo", "17 May 2025")
    assert opening(photo("a.jpg")) == ("17 May 2025", "")
    assert opening(photo("a.jpg", None)) == ("", "")
    assert opening(here, travel_date=date(2025, 6, 1)) == ("Arezzo", "1 June 2025")


def test_the_main_place_is_where_most_was_else_the_few_there_were():
    day = [photo(f"{each}.jpg", at(9, each), AREZZO) for each in range(3)]
    other = [photo(f"other {each}.jpg", at(15, each), SIENA) for each in range(2)]
    assert opening(*day, *other)[0] == "Arezzo"
    pisa, lucca, vinci = (
        photo(f"{name}.jpg", at(11), Place(name=name, kilometres=0)) for name in ("Pisa", "Lucca", "Vinci")
    )
    assert opening(day[0], other[0], pisa)[0] == "Arezzo – Pisa – Siena"
    journey = (photo("first.jpg", at(8), AREZZO), pisa, lucca, vinci, other[0])
    assert opening(*journey)[0] == "Arezzo – Siena"
    assert opening(*journey, photo("last.jpg", at(20), AREZZO))[0] == "17 May 2025", "a round has no end"
    assert opening(photo("a.jpg", place=NEAR))[0] == "Near Arezzo"


def test_a_place_that_is_known_of_less_than_half_is_not_the_title():
    nowhere = [photo(f"{each}.jpg", at(9, each)) for each in range(4)]
    assert opening(*nowhere, photo("there.jpg", place=AREZZO)) == ("17 May 2025", "")
    there = [photo(f"there {each}.jpg", at(12, each), AREZZO) for each in range(4)]
    assert opening(*nowhere, *there) == ("Arezzo", "17 May 2025")


HAN_DATES = (
    "2025年5月17日",
    "2025年5月17日–19日",
    "2025年5月17日–6月2日",
    "2024年12月30日 – 2025年1月2日",
    "2023–2025年",
)
DATES = {
    "en": ("17 May 2025", "17–19 May 2025", "17 May – 2 June 2025", "30 December 2024 – 2 January 2025", "2023–2025"),
    "ja": HAN_DATES,
    "zh-Hant": HAN_DATES,
    "zh-Hans": HAN_DATES,
    "ko": (
        "2025년 5월 17일",
        "2025년 5월 17일–19일",
        "2025년 5월 17일–6월 2일",
        "2024년 12월 30일 – 2025년 1월 2일",
        "2023–2025년",
    ),
}


@pytest.mark.parametrize("language", DATES)
def test_dates_are_written_as_the_language_does(language):
    """One day; several of a month, of a year, over New Year; and too many to name."""
    dates, first = PHRASES[language].dates, date(2025, 5, 17)
    assert DATES[language] == (
        dates(first, first),
        dates(first, date(2025, 5, 19)),
        dates(first, date(2025, 6, 2)),
        dates(date(2024, 12, 30), date(2025, 1, 2)),
        dates(date(2023, 5, 1), first),
    )


def test_an_opening_waits_for_a_scene_that_is_long_enough_to_read_it():
    told = scenes(clip("a.mp4", 1.0, at(9)), photo("b.jpg"), photo("c.jpg", at(13)), title="Hello")
    assert [(scene.title, scene.waits) for scene in told] == [("", False), ("Hello", True), ("", False)]
    assert [scene.title for scene in scenes(clip("a.mp4", 1.0), title="Hello")] == ["Hello"]


def test_an_opening_stays_long_enough_to_be_read():
    day = [photo(f"{each}.jpg", at(9, each)) for each in range(40)]
    assert scenes(*day, theme="adventure", title="Hello")[0].seconds >= 4


def test_the_last_scene_stays_long_enough_to_read_its_caption_and_then_the_ending():
    day = [photo(f"{each}.jpg", at(9 + each // 2, each % 2 * 30)) for each in range(24)]
    last = scenes(*day, theme="adventure")[-1]
    assert last.ending
    assert last.caption
    assert last.seconds >= 4.7
    close = [photo(f"{each}.jpg", at(9, each)) for each in range(24)]
    last = scenes(*close, theme="adventure")[-1]
    assert last.ending
    assert not last.caption
    assert last.seconds < 4.7


# ---------------------------------------------------------------- captions


def test_captions_say_what_was_seen_else_where_and_when():
    day = photo("a.jpg", place=AREZZO), photo("b.jpg", at(13), AREZZO, caption="A heron"), photo("c.jpg", at(14), SIENA)
    assert captions(*day) == ["", "A heron", "Siena · 14:00"]


def test_a_caption_is_not_said_again_until_it_changes():
    day = [photo(f"{each}.jpg", at(9, each), AREZZO) for each in range(4)]
    later = photo("later.jpg", at(9, 50), AREZZO), photo("seen.jpg", at(10), caption="A heron")
    again = photo("seen again.jpg", at(10, 1), caption="A heron")
    assert captions(*day, *later, again) == ["", "Arezzo · 09:01", "", "", "09:50", "A heron", ""]


@pytest.mark.parametrize(
    ("language", "near", "afternoon"),
    [
        ("en", "Near Arezzo", "Afternoon"),
        ("ja", "Arezzo付近", "午後"),
        ("zh-Hant", "Arezzo附近", "下午"),
        ("zh-Hans", "Arezzo附近", "下午"),
        ("ko", "Arezzo 근처", "오후"),
    ],
)
def test_far_from_a_place_is_near_it_and_a_guessed_time_is_a_part_of_the_day(language, near, afternoon):
    day = photo("IMG_1.jpg", at(14), SIENA), photo("IMG_2.jpg", None, NEAR), photo("IMG_3.jpg", at(16), SIENA)
    assert captions(*day, language=language) == ["", f"{near} · {afternoon}", "Siena · 16:00"]


@pytest.mark.parametrize(
    ("hour", "part"),
    [(4, "Night"), (5, "Morning"), (11, "Midday"), (14, "Afternoon"), (17, "Evening"), (21, "Night")],
)
def test_parts_of_the_day(hour, part):
    assert PHRASES["en"].part_of_day(at(hour)) == part


def test_captions_name_the_day_when_there_are_several():
    day = photo("a.jpg"), photo("b.jpg", NOON + timedelta(days=1)), photo("c.jpg", NOON + timedelta(days=1, minutes=5))
    assert captions(*day) == ["17 May · 12:00", "18 May · 12:00", ""]
    there = photo("b.jpg", place=AREZZO), photo("d.jpg", NOON + timedelta(days=1), AREZZO)
    assert captions(photo("a.jpg"), *there) == ["17 May · 12:00", "Arezzo · 12:00", "18 May · Arezzo · 12:00"]
    assert captions(photo("a.jpg"), photo("b.jpg", NOON + timedelta(days=365))) == [
        "17 May 2025 · 12:00",
        "17 May 2026 · 12:00",
    ]


def test_the_first_caption_names_a_place_that_the_opening_does_not():
    journey = [photo(f"{name}.jpg", at(9 + hour), Place(name=name, kilometres=0)) for hour, name in enumerate("ABCD")]
    assert captions(*journey) == ["", "B · 10:00", "C · 11:00", "D · 12:00"]
    assert captions(*journey, destination="From A to D")[0] == ""
    start = photo("start.jpg", at(8), SIENA)
    assert captions(start, *(photo(f"{each}.jpg", at(9, each), AREZZO) for each in range(3)))[0] == "Siena · 08:00"


def test_a_single_scene_does_not_say_twice_where_it_is():
    assert captions(photo("a.jpg", place=AREZZO)) == ["12:00"]


def test_a_time_that_is_only_an_order_is_not_told():
    reset = [photo(f"DSC_{number}.jpg", at(6 * number).replace(year=2015)) for number in (1, 2)]
    trip = [photo(f"{each}.jpg", at(9, each)) for each in range(4)]
    assert captions(*reset, *trip).count("") == 5
    sent = photo("IMG-20250517-WA0001.jpg", None, AREZZO)
    assert captions(photo("a.jpg"), sent) == ["", "Arezzo"]
    far_from_there = clip("a.mp4", 6, NOON.replace(tzinfo=UTC)), clip("b.mp4", 6, at(13).replace(tzinfo=UTC), AREZZO)
    assert captions(*far_from_there) == ["", "Arezzo"]
    assert opening(sent) == ("Arezzo", "17 May 2025")


def test_without_captions_only_what_the_user_said_is_written():
    day = photo("a.jpg", place=AREZZO, caption="A heron"), photo("b.jpg", at(13))
    assert not any(scene.words for scene in scenes(*day, captions=False))
    first, last = scenes(*day, captions=False, title="Hello")
    assert (first.words, last.words) == (("Hello", "Arezzo · 17 May 2025"), ("A day to remember",))


# ---------------------------------------------------------------- ending


@pytest.mark.parametrize("language", PHRASES)
@pytest.mark.parametrize("theme", ["adventure", "family", "relaxing", "romantic"])
def test_the_ending_is_in_the_users_language(language, theme):
    last = scenes(photo("a.jpg"), photo("b.jpg", at(13)), language=language, theme=theme)[-1]
    assert last.ending == PHRASES[language].farewell(theme, several_days=False)
    assert (language == "en") == last.ending.isascii()
    assert last.language == language


def test_the_ending_knows_one_day_from_several_and_stays_away_where_it_could_not_be_read():
    assert scenes(photo("a.jpg"), photo("b.jpg", at(13)))[-1].ending == "A day to remember"
    assert scenes(photo("a.jpg"), photo("b.jpg", at(13, day=18)))[-1].ending == "Days to remember"
    assert not scenes(photo("a.jpg"))[-1].ending
    assert not scenes(photo("a.jpg"), clip("b.mp4", 1.0, at(13)))[-1].ending
