"""No word is cut, where that can be helped."""

from hypothesis import given, settings
from hypothesis import strategies as st

from internal.film import FPS, plan
from internal.media import Moment, Span
from internal.storyboard.pace import PACES
from internal.vlog import Scene, VlogSettings
from tests.internal.given_days import clip, clips, spans, tell, tunes, wishes

#: seconds by which a float, or the last part of a frame, may be off
EXACT = 1e-4


def cut(at: float, speech: tuple[Span, ...]) -> bool:
    return any(talk.start + EXACT < at < talk.end - EXACT for talk in speech)


def edges_cut(scene: Scene, speech: tuple[Span, ...]) -> int:
    return cut(scene.start, speech) + cut(scene.start + scene.seconds, speech)


def could_keep_words(frames: int, speech: tuple[Span, ...], least: int, most: int) -> bool:
    """By trying every begin that matters with every length."""
    whole = frames / FPS
    for length in range(min(least, frames), min(most, frames) + 1):
        seconds = length / FPS
        edges = [0.0, whole, *(edge for talk in speech for edge in (talk.start, talk.end))]
        for start in [*edges, *(edge - seconds for edge in edges)]:
            inside = start >= 0 and start + seconds <= whole
            if inside and not cut(start, speech) and not cut(start + seconds, speech):
                return True
    return False


@settings(max_examples=120, deadline=None)
@given(clips("a.mp4", longest=40, with_cuts=False), wishes, tunes)
def test_no_word_is_cut_where_that_can_be_helped_and_else_one_end_keeps_clear(one, wish, music):
    end = one.frames / FPS
    speech = tuple(Span(start=talk.start, end=min(talk.end, end)) for talk in one.analysis.speech)
    worst = max(edges_cut(scene, speech) for scene in tell([one], wish, music).scenes)
    stay = PACES[wish.theme].clip
    if could_keep_words(one.frames, speech, round(stay.least * FPS), round(stay.most * FPS)):
        assert worst == 0
    assert worst <= 1


@settings(max_examples=40, deadline=None)
@given(st.lists(clips("a.mp4", longest=40), min_size=2, max_size=8), wishes, tunes)
def test_speech_costs_no_second_over_the_maximum(day, wish, music):
    day = [one.model_copy(update={"sha256": str(number)}) for number, one in enumerate(day)]
    assert plan(tell(day, wish, music), wish).frames <= wish.duration * FPS


def test_a_sentence_is_heard_whole_with_a_breath_on_either_side():
    best = (Moment(start=9, end=13, score=0.9),)
    (scene, *_) = tell([clip("a.mp4", 20, best=best, speech=spans(8, 13.5))], VlogSettings(duration=10)).scenes
    assert scene.start <= 7.75
    assert scene.start + scene.seconds >= 13.75
    (talk,) = scene.speech
    assert (talk.start, talk.end) == (round(8 - scene.start, 3), round(13.5 - scene.start, 3))


def test_a_speech_without_a_pause_is_cut_at_one_end_only():
    talk = spans(1, 29)
    scenes = tell([clip("a.mp4", 30, speech=talk)], VlogSettings(duration=60)).scenes
    assert scenes
    assert all(edges_cut(scene, talk) == 1 for scene in scenes)


def test_between_two_who_talk_at_once_the_clip_may_be_cut():
    talk = spans(0, 7, 7, 16)
    (scene, *_) = tell([clip("a.mp4", 16, speech=talk)], VlogSettings(duration=10)).scenes
    assert edges_cut(scene, talk) == 0


def test_a_word_spoken_into_a_sentence_ends_nothing():
    talk = spans(4, 9, 5, 6)
    assert all(edges_cut(scene, talk) == 0 for scene in tell([clip("a.mp4", 20, speech=talk)], VlogSettings()).scenes)


def test_a_sentence_is_found_wherever_in_the_clip_it_lies():
    """All but the second last longer than a scene may."""
    talk = spans(0, 8.4, 8.6, 12.4, 12.6, 17.4, 17.6, 26)
    scenes = tell([clip("a.mp4", 26, speech=talk)], VlogSettings()).scenes
    assert scenes
    assert all(edges_cut(scene, talk) == 0 for scene in scenes)
