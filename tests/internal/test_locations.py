"""The places that a finished film tells of: each once, in the order of the day."""

from datetime import datetime
from typing import Any

from internal.media import Analysis, Facts, Kind, Place
from internal.pipelines.vlog.told import analytics
from internal.storyboard import Found

ASAKUSA = Place(name="浅草", kilometres=0.3, zone="Asia/Tokyo")
TOKYO = Place(name="東京", kilometres=0, zone="Asia/Tokyo")


def photo(hour: int, latitude: float | None, longitude: float | None, place: Place | None = None, **seen: Any) -> Found:
    analysis = Analysis(
        facts=Facts(kind=Kind.PHOTO, content_type="image/jpeg", width=4000, height=3000),
        taken_at=datetime(2026, 11, 22, hour),
        latitude=latitude,
        longitude=longitude,
        **seen,
    )
    name = f"{hour}.jpg"
    return Found(name=name, media_id=name, sha256=name, analysis=analysis, place=place)


def locations(*found: Found) -> list[tuple[str, float, float]]:
    told = analytics(found)["locations"]
    return [(one["name"], one["latitude"], one["longitude"]) for one in told]


def test_each_named_place_is_told_once_in_the_order_of_the_day() -> None:
    evening, noon = photo(20, 35.66, 139.70, TOKYO), photo(12, 35.71, 139.79, ASAKUSA)
    morning = photo(8, 35.68, 139.76, TOKYO)
    assert locations(evening, noon, morning) == [("東京", 35.68, 139.76), ("浅草", 35.71, 139.79)]


def test_two_towns_of_one_name_are_two_places() -> None:
    ontario = Place(name="London", kilometres=0, zone="America/Toronto")
    england = Place(name="London", kilometres=0, zone="Europe/London")
    found = photo(8, 42.98, -81.25, ontario), photo(20, 51.51, -0.12, england)
    assert [name for name, *_ in locations(*found)] == ["London", "London"]


def test_one_place_may_lie_on_both_sides_of_the_date_line() -> None:
    taveuni = Place(name="Taveuni", kilometres=8, zone="Pacific/Fiji")
    assert len(locations(photo(8, -16.85, 179.99, taveuni), photo(9, -16.85, -179.99, taveuni))) == 1


def test_a_place_without_a_name_is_told_by_where_it_is() -> None:
    found = photo(8, 30.0, -40.0), photo(9, 30.0004, -40.0004), photo(10, 30.01, -40.0)
    assert locations(*found) == [("", 30.0, -40.0), ("", 30.01, -40.0)]


def test_a_landmark_that_was_seen_names_a_place_that_has_no_other_name() -> None:
    assert locations(photo(8, 30.0, -40.0, landmarks=("A lighthouse",))) == [("A lighthouse", 30.0, -40.0)]
    assert locations(photo(8, 35.7, 139.7, TOKYO, landmarks=("A lighthouse",))) == [("東京", 35.7, 139.7)]


def test_where_something_was_taken_is_told_no_finer_than_a_phone_knows() -> None:
    assert locations(photo(8, 35.710063218, 139.810700371, TOKYO)) == [("東京", 35.7101, 139.8107)]


def test_media_without_a_place_tell_of_none() -> None:
    assert locations(photo(8, None, None)) == []
