"""What must be true of every storyboard, whatever the day, the wishes and the music were like."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from internal.errors import PermanentFailure
from internal.film import FPS, plan
from internal.media import Kind
from internal.storyboard.pace import PACES
from internal.vlog import Storyboard, VlogSettings
from tests.internal.given_days import NOON, at, clip, days, photo, sentences, shown, tell, tune, tunes, wishes

any_day = settings(max_examples=40, deadline=None)


@any_day
@given(days(), wishes, tunes, st.randoms(use_true_random=False))
def test_the_same_media_in_any_order_give_the_same_storyboard(day, wish, music, random):
    shuffled = random.sample(day, len(day))
    assert tell(day, wish, music).model_dump_json() == tell(shuffled, wish, music).model_dump_json()


@any_day
@given(days(), wishes, tunes)
def test_the_film_is_never_longer_than_was_asked_for(day, wish, music):
    assert plan(tell(day, wish, music), wish).frames <= wish.duration * FPS


@any_day
@given(days(), wishes, tunes)
def test_lengths_are_whole_frames_and_as_the_pace_has_them(day, wish, music):
    whole = {one.sha256: one.frames for one in day}
    for scene in tell(day, wish, music).scenes:
        frames = round(scene.seconds * FPS)
        assert frames == pytest.approx(scene.seconds * FPS)
        assert 0.1 <= scene.seconds <= 8
        if scene.kind is Kind.PHOTO:
            assert 3 <= scene.seconds <= 5
        elif not any(one.analysis.cuts for one in day if one.sha256 == scene.sha256):
            assert frames >= min(2 * FPS, whole[scene.sha256])


@any_day
@given(days(), wishes, tunes)
def test_a_scene_never_reaches_past_its_clip_nor_into_another_scene_of_it(day, wish, music):
    reached: dict[str, float] = {}
    whole = {one.sha256: one.analysis.facts.seconds for one in day}
    for scene in tell(day, wish, music).scenes:
        if scene.kind is Kind.CLIP:
            assert scene.start >= reached.get(scene.sha256, 0.0)
            reached[scene.sha256] = scene.start + scene.seconds
            assert reached[scene.sha256] <= whole[scene.sha256] + 1e-6
        else:
            assert scene.sha256 not in reached
            reached[scene.sha256] = 0.0


@any_day
@given(days(), wishes, tunes)
def test_a_scene_never_shows_two_shots_of_a_clip(day, wish, music):
    cuts = {one.sha256: one.analysis.cuts for one in day}
    for scene in tell(day, wish, music).scenes:
        end = scene.start + scene.seconds
        assert not [cut for cut in cuts[scene.sha256] if scene.start + 1e-5 < cut < end - 1e-5]


@any_day
@given(days(), wishes, tunes)
def test_speech_is_told_in_seconds_of_the_scene_and_heard_in_full(day, wish, music):
    for scene in tell(day, wish, music).scenes:
        for talk in scene.speech:
            assert 0 <= talk.start < talk.end <= scene.seconds
        if scene.speech or (scene.kind is Kind.CLIP and not (music and music.music.volume)):
            assert scene.volume == 1


@any_day
@given(days(), wishes, tunes)
def test_only_the_last_scene_is_last_and_all_speak_the_users_language(day, wish, music):
    scenes = tell(day, wish, music).scenes
    assert [scene.last for scene in scenes] == [False] * (len(scenes) - 1) + [True]
    assert {scene.language for scene in scenes} == {wish.language}
    assert not any(scene.ending for scene in scenes[:-1])
    assert sum(bool(scene.title) for scene in scenes) <= 1


@any_day
@given(days(), wishes, tunes)
def test_what_is_not_shown_is_told(day, wish, music):
    told = tell(day, wish, music)
    assert bool(told.warnings) == (len({*shown(told.scenes)}) < len({one.sha256 for one in day}))


@any_day
@given(days(), wishes, tunes)
def test_a_storyboard_goes_to_json_and_back(day, wish, music):
    told = tell(day, wish, music)
    assert Storyboard.model_validate_json(told.model_dump_json()) == told


@any_day
@given(st.lists(st.floats(2, 60), min_size=1, max_size=20), st.integers(0, 30), wishes, tunes)
def test_the_room_is_used_up_to_less_than_one_scene(lengths, count, wish, music):
    """Of what could be shown at its longest."""
    day = [clip(f"{each}.mp4", seconds, at(each)) for each, seconds in enumerate(lengths)]
    day += [photo(f"{each}.jpg", at(9, each)) for each in range(count)]
    pace = PACES[wish.theme]
    could = sum(min(seconds, pace.clip.least) for seconds in lengths) + count * pace.photo.least - len(day) / 2
    film = plan(tell(day, wish, music), wish)
    assert film.seconds >= min(could, wish.duration - pace.clip.most)


@any_day
@given(st.floats(60, 400), wishes)
def test_one_long_clip_fills_the_film(seconds, wish):
    """With several scenes, a second or more between them."""
    told = tell([clip("a.mp4", seconds)], wish)
    assert plan(told, wish).seconds >= min(0.6 * seconds, wish.duration - 8)
    gaps = [after.start - before.start - before.seconds for before, after in pairwise(told.scenes)]
    assert not gaps or min(gaps) > 0.99


def test_pace_and_transition_are_the_themes():
    day = [photo(f"{minute}.jpg", at(9, minute)) for minute in range(60)]
    calm, quick = (len(tell(day, VlogSettings(theme=theme)).scenes) for theme in ("relaxing", "adventure"))
    assert quick > 1.15 * calm


def test_one_photo_and_a_one_second_clip_make_a_film():
    told = tell([photo("a.jpg"), clip("b.mp4", 1.0)], VlogSettings(duration=10))
    assert [scene.seconds for scene in told.scenes] == [5.0, 1.0]


def test_a_silent_clip_stays_silent_and_noise_stays_under_the_music():
    day = [clip("a.mp4", 6), clip("b.mp4", 6)]
    mute = day[0].analysis.facts.model_copy(update={"has_sound": False})
    day[0] = day[0].model_copy(update={"analysis": day[0].analysis.model_copy(update={"facts": mute})})
    assert [scene.volume for scene in tell(day, VlogSettings()).scenes] == [0, 1]
    assert [scene.volume for scene in tell(day, VlogSettings(), tune()).scenes] == [0, 0.35]
    assert [scene.volume for scene in tell(day, VlogSettings(), tune(volume=0.0)).scenes] == [0, 1]


def test_a_glimpse_is_left_out_by_name_unless_there_is_nothing_else():
    told = tell([photo("a.jpg"), clip("b.mp4", 0.3)], VlogSettings())
    assert shown(told.scenes) == ["a.jpg"]
    assert sentences(told.warnings) == ["b.mp4: It is too short to be shown."]
    assert shown(tell([clip("b.mp4", 0.3)], VlogSettings()).scenes) == ["b.mp4"]


def test_nothing_to_show_is_a_permanent_failure():
    with pytest.raises(PermanentFailure, match="no photo") as failure:
        tell([clip("a.mp4", 0.0, NOON)], VlogSettings())
    assert failure.value.code == "nothing_to_show"
