"""The order of the day: local time, whatever clocks, zones and names the cameras gave their files."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from internal.media import Place
from internal.storyboard.names import day_in, time_in
from internal.storyboard.times import Known, in_order
from internal.vlog import VlogSettings
from tests.internal.given_days import NOON, TOKYO, at, clip, photo, shown, tell

HERE = Place(name="Kamakura", kilometres=1, zone="Asia/Tokyo")


def order(*day):
    return list(dict.fromkeys(shown(tell(list(day), VlogSettings(duration=180)).scenes)))


def by_utc(hour, minute=0):
    return at(hour, minute).replace(tzinfo=UTC)


# ---------------------------------------------------------------- zones


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1439), st.sampled_from(["naive", "zone", "utc"])), min_size=1, max_size=12))
def test_scenes_are_in_order_of_the_clock_on_the_wall(taken):
    """Three cameras in Japan: one keeps no zone, one writes it, one keeps the time of Greenwich."""
    day, walls = [], {}
    for number, (minutes, clock) in enumerate(taken):
        name, wall = f"{number:02}.jpg", datetime(2025, 5, 17) + timedelta(minutes=minutes)
        aware = wall.replace(tzinfo=TOKYO)
        written = {"naive": wall, "zone": aware, "utc": aware.astimezone(UTC)}[clock]
        day.append(photo(name, written, HERE))
        walls[name] = wall
    assert order(*day) == sorted(walls, key=lambda name: (walls[name], name))


def test_a_time_of_greenwich_is_moved_to_where_it_was_taken():
    afternoon, noon = photo("a.jpg", by_utc(5), HERE), photo("b.jpg", NOON)
    assert order(afternoon, noon) == ["b.jpg", "a.jpg"]


def test_a_time_of_greenwich_without_a_place_is_moved_to_where_the_others_were():
    clip_of_utc = clip("a.mp4", 5, by_utc(5))
    assert order(clip_of_utc, photo("b.jpg", NOON), photo("c.jpg", NOON.replace(hour=15, tzinfo=TOKYO))) == [
        "b.jpg",
        "a.mp4",
        "c.jpg",
    ]
    assert order(clip_of_utc, photo("b.jpg", NOON), photo("c.jpg", at(15), HERE)) == ["b.jpg", "a.mp4", "c.jpg"]
    assert order(clip_of_utc, photo("b.jpg", NOON), photo("c.jpg", at(15))) == ["a.mp4", "b.jpg", "c.jpg"]


def test_a_time_of_greenwich_without_a_place_is_what_the_name_tells_that_phones_give_by_the_wall():
    named, noon = clip("VID_20250517_140000.mp4", 5, by_utc(5, 1)), photo("b.jpg", NOON)
    assert order(named, noon) == ["b.jpg", "VID_20250517_140000.mp4"]
    assert in_order([named])[0].known is Known.CLOCK
    copied = clip("20250101_090000.mp4", 5, by_utc(5))
    assert in_order([copied])[0].at == at(5), "a name of another day tells when it was copied"


def test_a_clock_far_from_there_tells_the_day_alone():
    """With no zone that anybody knows, with one of another year, or with one of a week before."""
    film, photos_of = clip("a.mp4", 5, by_utc(5)), [photo("b.jpg", at(9).replace(year=2024, tzinfo=TOKYO))]
    week_before = photo("b.jpg", at(9, day=10).replace(tzinfo=TOKYO))
    for day in ([film], [film, *photos_of], [film, week_before]):
        (taken,) = [one for one in in_order(day) if one.found.name == "a.mp4"]
        assert taken.known is Known.DAY
        assert taken.at == at(14 if week_before in day else 5)
    near = in_order([clip("VID_1.mp4", 5, by_utc(5)), clip("VID_2.mp4", 5, None), clip("VID_3.mp4", 5, by_utc(7))])
    assert [one.known for one in near] == [Known.DAY, Known.ORDER, Known.DAY]
    at_home = photo("b.jpg", at(20).replace(tzinfo=TOKYO))
    assert {one.known for one in in_order([film, at_home])} == {Known.CLOCK}


def test_who_travels_through_zones_is_where_the_others_were_that_day():
    kyoto = [photo(f"{hour}.jpg", at(hour, day=10).replace(tzinfo=TOKYO)) for hour in range(9, 18)]
    hawaii = photo("h.jpg", datetime.fromisoformat("2025-05-17T12:00:00-10:00"))
    film = clip("i.mp4", 5, datetime.fromisoformat("2025-05-17T21:30:00+00:00"))
    assert order(*kyoto, hawaii, film)[-2:] == ["i.mp4", "h.jpg"]


def test_of_a_trip_the_other_days_tell_where_everybody_was():
    earlier = photo("c.jpg", at(9, day=10).replace(tzinfo=TOKYO))
    assert order(earlier, clip("a.mp4", 5, by_utc(5)), photo("b.jpg", NOON)) == ["c.jpg", "b.jpg", "a.mp4"]


def test_noon_in_tokyo_comes_after_eleven_elsewhere():
    tokyo = photo("a.jpg", NOON.replace(tzinfo=TOKYO))
    elsewhere = photo("b.jpg", datetime.fromisoformat("2025-05-17T11:00:00-07:00"))
    assert order(tokyo, elsewhere) == ["b.jpg", "a.jpg"]


def test_a_zone_nobody_knows_is_no_zone():
    nowhere = Place(name="Atlantis", kilometres=0, zone="No/Where")
    assert order(photo("a.jpg", by_utc(13), nowhere), photo("b.jpg", NOON)) == ["b.jpg", "a.jpg"]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    [
        "IMG_20241122_101530.jpg",
        "VID_20241122_101530.mp4",
        "20241122_101530.jpg",
        "20241122101530.heic",
        "IMG_20241122_101530_BURST001.jpg",
        "Screenshot_20241122-101530.png",
        "Screenshot_2024-11-22-10-15-30-123_com.maps.jpg",
        "Screenshot 2024-11-22 at 10.15.30 AM.png",
        "2024-11-22 10.15.30.jpg",
        "WhatsApp Image 2024-11-22 at 10.15.30.jpeg",
        "WIN_20241122_10_15_30_Pro.jpg",
        "DJI_20241122101530_0001_D.MP4",
    ],
)
def test_a_name_tells_the_time(name):
    assert time_in(name) == datetime(2024, 11, 22, 10, 15, 30)


def test_a_name_tells_the_time_of_greenwich_or_of_half_a_day():
    assert time_in("PXL_20241122_101530123.jpg") == datetime(2024, 11, 22, 10, 15, 30, tzinfo=UTC)
    assert time_in("Screenshot 2024-11-22 at 3.15.30\u202fPM.png") == datetime(2024, 11, 22, 15, 15, 30)
    assert time_in("Screenshot 2024-11-22 at 12.15.30 AM.png") == datetime(2024, 11, 22, 0, 15, 30)


@pytest.mark.parametrize(
    "name", ["IMG_0042.jpg", "20249988_101530.jpg", "居酒屋の夜 2024.jpg", "IMG_20241122_256199.jpg"]
)
def test_other_numbers_are_no_time(name):
    assert time_in(name) is None


def test_messengers_name_the_day_alone():
    assert day_in("IMG-20241122-WA0003.jpg") == date(2024, 11, 22)
    assert day_in("IMG_20249922.jpg") is day_in("IMG_0042.jpg") is None


@given(st.text())
def test_any_name_may_tell_nothing(name):
    assert time_in(name) is None or isinstance(time_in(name), datetime)
    assert day_in(name) is None or isinstance(day_in(name), date)


def test_a_time_in_the_name_is_as_good_as_one_in_the_file():
    assert order(photo("IMG_20250517_130000.jpg", None), photo("b.jpg"), photo("c.jpg", at(14))) == [
        "b.jpg",
        "IMG_20250517_130000.jpg",
        "c.jpg",
    ]


# ---------------------------------------------------------------- times that are missing


def test_a_missing_time_lies_between_the_files_numbered_before_and_after_it():
    mine = photo("IMG_8.jpg", at(9)), photo("IMG_9.jpg", None), photo("IMG_12.jpg", at(13))
    others = photo("DSC_1.jpg", at(9, 30)), photo("DSC_2.jpg", at(12))
    assert order(*mine, *others) == ["IMG_8.jpg", "DSC_1.jpg", "IMG_9.jpg", "DSC_2.jpg", "IMG_12.jpg"]


def test_nobody_takes_photos_evenly_through_the_night():
    evening, morning = photo("IMG_1.jpg", at(20)), photo("IMG_9.jpg", at(10, day=18))
    late, early = photo("IMG_2.jpg", None), photo("IMG_8.jpg", None)
    between = photo("x.jpg", at(20, 30)), photo("y.jpg", at(9, 30, day=18))
    assert order(evening, morning, late, early, *between) == [
        "IMG_1.jpg",
        "IMG_2.jpg",
        "x.jpg",
        "y.jpg",
        "IMG_8.jpg",
        "IMG_9.jpg",
    ]


def test_what_has_no_time_follows_the_file_named_before_it_where_a_counter_begins_anew():
    day = photo("IMG_9.jpg"), photo("IMG_10.jpg", None), photo("IMG_11.jpg", at(9))
    assert order(*day) == ["IMG_11.jpg", "IMG_9.jpg", "IMG_10.jpg"]


def test_what_has_no_time_and_no_file_before_it_comes_before_the_next():
    assert order(photo("b.jpg", NOON), photo("a.jpg", None), photo("c.jpg", at(11))) == ["c.jpg", "a.jpg", "b.jpg"]


def test_what_a_messenger_sent_is_in_the_middle_of_its_day():
    sent = photo("IMG-20250517-WA0002.jpg", None), photo("IMG-20250517-WA0001.jpg", None)
    day = photo("a.jpg", at(9)), photo("b.jpg", at(10)), photo("c.jpg", at(11)), photo("d.jpg", at(8, day=18))
    named = [one.name for one in sent]
    assert order(*sent, *day) == ["a.jpg", "b.jpg", *sorted(named), "c.jpg", "d.jpg"]


def test_without_any_time_the_day_is_told_by_names():
    assert order(photo("IMG_10.jpg", None), photo("IMG_9.jpg", None)) == ["IMG_9.jpg", "IMG_10.jpg"]


def test_a_camera_whose_clock_was_never_set_keeps_its_own_order_amid_the_trip():
    reset = [photo(f"DSC_{number}.jpg", datetime(2015, 1, 1, number)) for number in (1, 2)]
    trip = [photo(f"{hour}.jpg", at(hour)) for hour in (9, 10, 11, 12, 13)]
    told = order(*reset, *trip)
    assert told[0] == "9.jpg"
    assert told[-1] == "13.jpg"
    assert told.index("DSC_1.jpg") < told.index("DSC_2.jpg")


def test_one_old_photo_is_meant_to_be_old():
    assert order(photo("z1.jpg", datetime(2015, 1, 1)), photo("a.jpg"), photo("b.jpg"))[0] == "z1.jpg"
