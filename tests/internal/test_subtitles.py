"""When words are on the picture, and how they stand in the subtitle files."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from internal.film import OVERLAP, Film, frames_in, plan
from internal.media import Kind
from internal.subtitles import Cue, cues, srt, vtt
from internal.vlog import Scene, Storyboard, VlogSettings
from internal.words import showings


def scene(seconds: float = 4.0, **more: object) -> Scene:
    return Scene.model_validate({"kind": Kind.PHOTO, "sha256": "a", "seconds": seconds, **more})


def film_of(*scenes: Scene) -> Film:
    return plan(Storyboard(scenes=scenes), VlogSettings())


def told(lengths: list[float], opens: int = 0) -> Film:
    """A title on the first scene or a later one, an ending on the last, captions on all."""
    scenes = [scene(seconds, caption=f"caption {number}") for number, seconds in enumerate(lengths)]
    opens = min(opens, len(scenes) - 1)
    opening = {"title": "Title", "subtitle": "Subtitle", "waits": opens > 0}
    scenes[opens] = scenes[opens].model_copy(update=opening)
    scenes[-1] = scenes[-1].model_copy(update={"ending": "Ending", "last": True})
    return film_of(*scenes)


films = st.builds(told, st.lists(st.floats(0.1, 40), min_size=1, max_size=12), st.integers(0, 2))


# ---------------------------------------------------------------- when


@given(films)
def test_cues_never_overlap_and_each_lasts(film):
    times = [time for cue in cues(film) for time in (cue.start, cue.end)]
    assert times == sorted(times)
    assert all(cue.start < cue.end <= film.seconds for cue in cues(film))


@given(films)
def test_all_that_is_written_is_in_the_cues_in_the_order_it_is_read(film):
    lines = [line for cue in cues(film) for line in cue.lines]
    captions = [line for line in lines if line.startswith("caption")]
    assert captions == [scene.caption for scene in film.scenes]
    assert [line for line in lines if not line.startswith("caption")] == ["Title", "Subtitle", "Ending"]


@given(films)
def test_nothing_is_written_during_a_transition(film):
    shared = (0, *film.overlaps, 0)
    for number, (one, count) in enumerate(zip(film.scenes, film.counts, strict=True)):
        for shown in showings(one, count):
            assert shared[number] <= shown.first < shown.end <= count - shared[number + 1]


@pytest.mark.parametrize("seconds", [2.0, 3.0, 4.0, 5.0, 6.0, 8.0])
def test_there_is_time_to_read_and_a_caption_never_comes_while_a_title_stays(seconds):
    one = scene(seconds, title="Title", caption="caption")
    opening, caption = sorted(showings(one, frames_in(seconds)), key=lambda shown: shown.role, reverse=True)
    assert opening.first == 0
    assert opening.end - opening.first >= min(90, frames_in(seconds) - OVERLAP)
    assert caption.end - caption.first >= min(60, frames_in(seconds) - OVERLAP)
    assert caption.first in (opening.first, opening.end)


@pytest.mark.parametrize("seconds", [1.0, 3.0, 5.0, 8.0])
def test_the_ending_is_the_last_thing_seen_and_the_caption_has_gone_by_then(seconds):
    shown = {one.role: one for one in showings(scene(seconds, caption="caption", ending="Ending"), frames_in(seconds))}
    assert shown["ending"].end == frames_in(seconds)
    assert shown["caption"].end == shown["ending"].first
    assert shown["ending"].end - shown["ending"].first >= min(75, frames_in(seconds) // 2)


def test_a_scene_alone_has_its_title_then_its_ending():
    assert list(cues(told([4.0]))) == [
        Cue(0.0, 2.0, ("Title", "Subtitle", "caption 0")),
        Cue(2.0, 4.0, ("Ending",)),
    ]


@pytest.mark.parametrize("nothing", ["", " \n", "\u200b", "\u202e \u200d", "\x00\x07"])
def test_words_of_which_nothing_can_be_seen_are_not_written(nothing):
    assert list(showings(scene(title=nothing, subtitle=nothing, caption=nothing, ending=nothing), 120)) == []


# ---------------------------------------------------------------- how


def test_srt_has_numbered_cues():
    first = scene(title="Autumn", subtitle="Arezzo", caption="16:28")
    assert srt(film_of(first, scene(), scene(caption="秋", ending="また\n明日"))) == (
        "1\n00:00:00,000 --> 00:00:03,500\nAutumn\nArezzo\n16:28\n\n"
        "2\n00:00:07,500 --> 00:00:09,000\n秋\n\n"
        "3\n00:00:09,000 --> 00:00:11,000\nまた 明日\n"
    )


def test_vtt_has_its_header_and_escapes_markup():
    assert vtt(film_of(scene(caption="<b>salt & pepper</b> --> end"))) == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:03.500\n&lt;b&gt;salt &amp; pepper&lt;/b&gt; --&gt; end\n"
    )


def test_a_film_without_words_has_valid_empty_subtitles():
    assert srt(film_of(scene())) == ""
    assert vtt(film_of(scene())) == "WEBVTT\n"


def test_commands_are_not_given_to_players_and_what_joins_letters_is():
    shown = scene(caption="\x1b[31mred\x00 \x07 family: \U0001f468\u200d\U0001f469, می\u200cروم")
    assert [cue.lines for cue in cues(film_of(shown))] == [("[31mred family: \U0001f468\u200d\U0001f469, می\u200cروم",)]


@given(st.text(), st.text())
def test_no_words_can_end_a_cue_or_begin_another(title, caption):
    film = film_of(scene(title=title, caption=caption))
    words = len(list(cues(film)))
    for text in (srt(film), vtt(film)):
        assert len(re.findall(r"-->", text)) == words
        assert len(re.split(r"\n\s*\n", text.removeprefix("WEBVTT\n").strip("\n"))) == 1
    assert not re.search(r"<\w", srt(film))
