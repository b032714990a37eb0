"""A storyboard of which one media cannot be shown or heard after all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from internal.media import Kind
from internal.vlog import Music, Scene, Storyboard

SCENES = "abcd"


def told(media: str, opens: int = 0, music: str = "song", seconds: float = 3.0) -> Storyboard:
    """One scene of each media, in this order."""
    scenes = [Scene(kind=Kind.PHOTO, sha256=one, seconds=seconds, caption=f"at {one}") for one in media]
    opening = {"title": "Title", "subtitle": "Subtitle", "waits": opens > 0}
    scenes[opens] = scenes[opens].model_copy(update=opening)
    scenes[-1] = scenes[-1].model_copy(update={"ending": "Ending", "last": True})
    return Storyboard(scenes=tuple(scenes), music=Music(sha256=music))


def opening(storyboard: Storyboard) -> list[str]:
    """The media under each opening."""
    return [scene.sha256 for scene in storyboard.scenes if (scene.title, scene.subtitle) == ("Title", "Subtitle")]


@pytest.mark.parametrize(
    ("opens", "gone", "then"),
    [(0, "a", "b"), (0, "c", "a"), (1, "a", "b"), (1, "b", "c"), (2, "a", "c"), (2, "c", "d"), (3, "d", "c")],
)
def test_the_opening_stays_where_it_is_or_moves_to_what_comes_next(opens, gone, then):
    assert opening(told(SCENES, opens).without(gone)) == [then]


@given(st.text("abc", min_size=1, max_size=6), st.integers(0, 5), st.sampled_from(SCENES))
def test_whatever_is_left_out_the_rest_is_as_it_was_with_one_opening_and_one_ending(media, opens, gone):
    whole = told(media, min(opens, len(media) - 1))
    fewer = whole.without(gone)
    assert [(scene.sha256, scene.caption) for scene in fewer.scenes] == [
        (scene.sha256, scene.caption) for scene in whole.scenes if scene.sha256 != gone
    ]
    if fewer.scenes:
        assert len(opening(fewer)) == 1
        assert [scene.waits for scene in fewer.scenes] == [
            bool(at and one.title) for at, one in enumerate(fewer.scenes)
        ]
        assert [scene.last for scene in fewer.scenes] == [False] * (len(fewer.scenes) - 1) + [True]
        assert [scene.ending for scene in fewer.scenes if scene.ending] == ["Ending"]
    if gone not in media:
        assert fewer == whole


@pytest.mark.parametrize(("seconds", "ending"), [(2.4, ""), (2.5, "Ending")])
def test_an_ending_moves_only_to_where_it_can_be_read(seconds, ending):
    assert [scene.ending for scene in told("abc", seconds=seconds).without("c").scenes] == ["", ending]


def test_what_is_shown_is_not_ended_anew_when_the_last_scene_stays():
    assert told("abc", seconds=2.0).without("a").scenes[-1].ending == "Ending"


def test_music_that_cannot_be_heard_leaves_all_scenes():
    assert told(SCENES).without("song") == told(SCENES).model_copy(update={"music": None})
