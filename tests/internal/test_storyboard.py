"""What must be true of every storyboard, whatever the day was like."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from internal.errors import PermanentFailure
from internal.film import FPS, plan
from internal.media import Analysis, Facts, Kind, Moment
from internal.storyboard import PACES, Found, tell
from internal.vlog import Scene, VlogSettings

NOON = datetime(2025, 5, 17, 12)
TOKYO = timezone(timedelta(hours=9))


def photo(name: str, taken_at: datetime | None = NOON, sharpness: float = 0.5, caption: str = "") -> Found:
    facts = Facts(kind=Kind.PHOTO, content_type="image/jpeg", width=160, height=90)
    analysis = Analysis(facts=facts, taken_at=taken_at, sharpness=sharpness, caption=caption)
    return Found(name=name, media_id=f"id of {name}", sha256=f"sha of {name}", analysis=analysis)


def clip(name: str, seconds: float, taken_at: datetime | None = NOON, best: tuple[Moment, ...] = ()) -> Found:
    facts = Facts(kind=Kind.CLIP, content_type="video/mp4", width=160, height=90, seconds=seconds, has_sound=True)
    analysis = Analysis(facts=facts, taken_at=taken_at, best=best)
    return Found(name=name, media_id=f"id of {name}", sha256=f"sha of {name}", analysis=analysis)


def shown(scenes: tuple[Scene, ...]) -> list[str]:
    return [scene.sha256.removeprefix("sha of ") for scene in scenes]


@st.composite
def moments(draw: st.DrawFn, seconds: float) -> tuple[Moment, ...]:
    start = draw(st.floats(0, seconds))
    end = draw(st.floats(start, seconds))
    return (Moment(start=start, end=end, score=draw(st.floats(0, 1))),)


@st.composite
def contents(draw: st.DrawFn, number: int) -> Found:
    naive = st.datetimes(datetime(2025, 5, 17), datetime(2025, 5, 18))
    taken_at = draw(st.none() | naive | naive.map(lambda time: time.replace(tzinfo=TOKYO)))
    if draw(st.booleans()):
        return photo(str(number), taken_at, draw(st.floats(0, 1)), draw(st.text(max_size=10)))
    seconds = draw(st.floats(1, 400))
    return clip(str(number), seconds, taken_at, draw(st.just(()) | moments(seconds)))


@st.composite
def uploads(draw: st.DrawFn) -> list[Found]:
    """A day's files under any names, some of them given twice."""
    count = draw(st.integers(1, 20))
    day = [draw(contents(number)) for number in range(count)]
    day += draw(st.lists(st.sampled_from(day), max_size=5))
    names = draw(st.lists(st.text("ab019", min_size=1, max_size=4), min_size=len(day), max_size=len(day)))
    return [
        one.model_copy(update={"name": name, "media_id": str(number)})
        for number, (one, name) in enumerate(zip(day, names, strict=True))
    ]


wishes = st.builds(
    VlogSettings,
    duration=st.integers(10, 180),
    theme=st.sampled_from(sorted(PACES)),
    captions=st.booleans(),
    title=st.text(max_size=12),
)
days = uploads()


@given(days, wishes, st.randoms())
def test_the_same_media_in_any_order_give_the_same_storyboard(day, wish, random):
    shuffled = random.sample(day, len(day))
    assert tell(day, wish) == tell(shuffled, wish)


@given(days, wishes)
def test_the_film_is_never_longer_than_was_asked_for(day, wish):
    assert plan(tell(day, wish), wish).frames <= wish.duration * FPS


@given(days, wishes)
def test_scenes_are_in_order_of_local_time(day, wish):
    times = {one.sha256: one.analysis.taken_at for one in day}
    known = [time.replace(tzinfo=None) for scene in tell(day, wish).scenes if (time := times[scene.sha256])]
    assert known == sorted(known)


@given(days, wishes)
def test_no_content_is_shown_twice(day, wish):
    hashes = [scene.sha256 for scene in tell(day, wish).scenes]
    assert len(hashes) == len(set(hashes))


@given(days, wishes)
def test_photos_last_three_to_five_seconds_and_clips_two_to_eight(day, wish):
    lengths = {one.sha256: one.analysis.facts.seconds for one in day}
    for scene in tell(day, wish).scenes:
        if scene.kind is Kind.PHOTO:
            assert 3 <= scene.seconds <= 5
        else:
            assert min(2, int(lengths[scene.sha256] * FPS) / FPS) <= scene.seconds <= 8


@given(days, wishes)
def test_a_scene_never_reaches_past_the_end_of_its_clip(day, wish):
    lengths = {one.sha256: one.analysis.facts.seconds for one in day}
    for scene in tell(day, wish).scenes:
        if scene.kind is Kind.CLIP:
            assert 0 <= scene.start <= lengths[scene.sha256] - scene.seconds + 1e-9


@given(days, wishes)
def test_what_is_not_shown_is_told_and_all_photos_last_equally_long(day, wish):
    told = tell(day, wish)
    assert bool(told.warnings) == (len(told.scenes) < len({one.sha256 for one in day}))
    photos = [scene.seconds for scene in told.scenes if scene.kind is Kind.PHOTO]
    assert len(set(photos)) <= 1


@given(days, wishes)
@settings(max_examples=30)
def test_only_the_first_scene_has_a_title(day, wish):
    told = tell(day, wish)
    assert not any(scene.title or scene.subtitle for scene in told.scenes[1:])
    if wish.title.strip():
        assert told.scenes[0].title == wish.title.strip()


def test_one_photo_and_a_one_second_clip_make_a_film():
    told = tell([photo("a.jpg"), clip("b.mp4", 1.0)], VlogSettings(duration=10))
    assert [scene.seconds for scene in told.scenes] == [5.0, 1.0]


def test_when_room_is_short_the_worthiest_stay():
    day = [photo(f"{number}.jpg", NOON + timedelta(minutes=number), number / 10) for number in range(10)]
    told = tell(day, VlogSettings(duration=10))
    assert shown(told.scenes) == ["7.jpg", "8.jpg", "9.jpg"]
    assert told.warnings == ("7 of 10 files are not shown, to stay within 10 seconds.",)


def test_a_crowd_of_sharp_photos_does_not_drive_out_the_clips():
    sharp = [photo(f"{number}.jpg", sharpness=0.99) for number in range(20)]
    dull = [clip(f"{number}.mp4", 6, best=(Moment(start=0, end=6, score=0.1),)) for number in range(20)]
    kinds = [scene.kind for scene in tell([*sharp, *dull], VlogSettings(duration=60)).scenes]
    assert abs(kinds.count(Kind.PHOTO) - kinds.count(Kind.CLIP)) <= 1


def test_the_best_moment_of_a_clip_is_in_the_middle_of_its_scene():
    best = (Moment(start=1, end=3, score=0.2), Moment(start=30, end=34, score=0.9))
    (scene,) = tell([clip("a.mp4", 60, best=best)], VlogSettings()).scenes
    assert scene.start + scene.seconds / 2 == pytest.approx(32, abs=0.01)


def test_what_has_no_time_follows_the_file_named_before_it():
    day = [photo("IMG_9.jpg"), photo("IMG_10.jpg", None), photo("IMG_11.jpg", NOON - timedelta(hours=3))]
    assert shown(tell(day, VlogSettings()).scenes) == ["IMG_11.jpg", "IMG_9.jpg", "IMG_10.jpg"]


def test_what_has_no_time_and_no_file_before_it_comes_before_the_next():
    day = [photo("b.jpg", NOON), photo("a.jpg", None), photo("c.jpg", NOON - timedelta(hours=1))]
    assert shown(tell(day, VlogSettings()).scenes) == ["c.jpg", "a.jpg", "b.jpg"]


def test_noon_in_tokyo_comes_after_eleven_elsewhere():
    tokyo = photo("a.jpg", NOON.replace(tzinfo=TOKYO))
    elsewhere = photo("b.jpg", NOON.replace(hour=11, tzinfo=UTC))
    assert shown(tell([tokyo, elsewhere], VlogSettings()).scenes) == ["b.jpg", "a.jpg"]


def test_the_title_is_the_first_thing_known_and_the_rest_goes_beneath():
    (scene,) = tell([photo("a.jpg")], VlogSettings(title="秋", destination="京都")).scenes
    assert (scene.title, scene.subtitle) == ("秋", "京都 · 2025.05.17")
    (scene,) = tell([photo("a.jpg")], VlogSettings()).scenes
    assert (scene.title, scene.subtitle) == ("2025.05.17", "")
    (scene,) = tell([photo("a.jpg", None)], VlogSettings()).scenes
    assert (scene.title, scene.subtitle) == ("", "")


def test_captions_say_what_was_seen_or_when_or_nothing():
    day = [photo("a.jpg", caption="A heron"), photo("b.jpg", NOON + timedelta(minutes=5)), photo("c.jpg", None)]
    assert [scene.caption for scene in tell(day, VlogSettings()).scenes] == ["A heron", "12:05", ""]
    assert not any(scene.caption for scene in tell(day, VlogSettings(captions=False)).scenes)


def test_captions_name_the_day_when_there_are_several():
    day = [photo("a.jpg"), photo("b.jpg", NOON + timedelta(days=1))]
    captions = [scene.caption for scene in tell(day, VlogSettings()).scenes]
    assert captions == ["2025.05.17 12:00", "2025.05.18 12:00"]


def test_a_glimpse_is_left_out_by_name_unless_there_is_nothing_else():
    told = tell([photo("a.jpg"), clip("b.mp4", 0.3)], VlogSettings())
    assert shown(told.scenes) == ["a.jpg"]
    assert told.warnings == ("b.mp4: It is too short to be shown.",)
    assert shown(tell([clip("b.mp4", 0.3)], VlogSettings()).scenes) == ["b.mp4"]


def test_nothing_to_show_is_a_permanent_failure():
    with pytest.raises(PermanentFailure, match="no photo"):
        tell([clip("a.mp4", 0.0)], VlogSettings())
