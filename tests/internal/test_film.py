"""How a storyboard becomes frames and chunks."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from internal.film import FPS, LONGEST_CHUNK, Film, canvas_of, plan
from internal.media import Kind
from internal.vlog import Music, Scene, Storyboard, VlogSettings


def scene(name: str, seconds: float = 4.0, **more: object) -> Scene:
    return Scene.model_validate({"kind": Kind.PHOTO, "sha256": name, "seconds": seconds, **more})


def film_of(*scenes: Scene, **wishes: object) -> Film:
    return plan(Storyboard(scenes=scenes), VlogSettings.model_validate(wishes))


films = st.lists(st.floats(0.01, 40), min_size=1, max_size=12).map(
    lambda lengths: film_of(*(scene(str(number), seconds) for number, seconds in enumerate(lengths)))
)


@given(films)
def test_the_chunks_add_up_to_the_film(film):
    assert sum(chunk.frames for chunk in film.chunks) == film.frames
    assert film.frames == sum(film.counts) - sum(film.overlaps)
    assert film.seconds == film.frames / FPS


@given(films)
def test_every_frame_of_every_scene_is_in_exactly_one_chunk(film):
    drawn = [
        (view.scene.sha256, number)
        for chunk in film.chunks
        for view in chunk.views
        for number in range(view.first, view.first + view.count)
    ]
    assert sorted(drawn) == sorted((str(n), at) for n, count in enumerate(film.counts) for at in range(count))


@given(films)
def test_no_chunk_is_empty_or_long_and_both_sides_of_a_transition_are_equal(film):
    for chunk in film.chunks:
        assert 1 <= chunk.frames <= LONGEST_CHUNK
        assert len({view.count for view in chunk.views}) == 1
        assert (chunk.transition is None) == (len(chunk.views) == 1)


@given(films)
def test_a_scene_begins_where_the_one_before_it_begins_to_end(film):
    ends = [start + count for start, count in zip(film.starts, film.counts, strict=True)]
    assert film.starts[0] == 0
    assert ends[-1] == film.frames
    assert [end - start for end, start in zip(ends, film.starts[1:], strict=False)] == list(film.overlaps)


@given(films)
def test_a_film_goes_to_json_and_back(film):
    assert Film.model_validate_json(film.model_dump_json()) == film


@pytest.mark.parametrize(
    ("resolution", "aspect", "size"),
    [
        ("480p", "16:9", (854, 480)),
        ("720p", "16:9", (1280, 720)),
        ("1080p", "16:9", (1920, 1080)),
        ("1080p", "9:16", (1080, 1920)),
        ("720p", "1:1", (720, 720)),
    ],
)
def test_p_is_the_short_side(resolution, aspect, size):
    canvas = canvas_of(VlogSettings(resolution=resolution, aspect=aspect))
    assert (canvas.width, canvas.height) == size


def test_a_small_canvas_can_be_asked_for():
    canvas = canvas_of(VlogSettings(), short_side=90)
    assert (canvas.width, canvas.height) == (160, 90)


def test_a_changed_caption_changes_only_its_own_scenes_chunks():
    scenes = [scene(str(number)) for number in range(20)]
    before = film_of(*scenes).chunks
    scenes[7] = scenes[7].model_copy(update={"caption": "Later"})
    after = {chunk.name for chunk in film_of(*scenes).chunks}
    for chunk in before:
        assert (chunk.name in after) == ("7" not in {view.scene.sha256 for view in chunk.views})


def test_a_removed_scene_leaves_the_bodies_of_the_others():
    scenes = [scene(str(number)) for number in range(6)]
    bodies = {chunk.name for chunk in film_of(*scenes).chunks if not chunk.transition}
    fewer = {chunk.name for chunk in film_of(*scenes[:2], *scenes[3:]).chunks if not chunk.transition}
    assert fewer < bodies


def test_what_is_only_heard_changes_no_chunk():
    loud = film_of(scene("a", kind=Kind.CLIP), scene("b"))
    soft = film_of(scene("a", kind=Kind.CLIP, volume=0.5), scene("b"))
    assert loud.chunks == soft.chunks


def test_another_order_keeps_every_body():
    scenes = [scene(str(number)) for number in range(20)]
    bodies, swapped = (
        {chunk.name for chunk in film_of(*told).chunks if not chunk.transition}
        for told in (scenes, [*scenes[:4], scenes[5], scenes[4], *scenes[6:]])
    )
    assert bodies == swapped


def test_music_changes_no_chunk():
    told = film_of(scene("a"), scene("b"))
    assert told.chunks == told.model_copy(update={"music": Music(sha256="m")}).chunks


def test_what_is_only_seen_changes_no_sound():
    told = film_of(scene("a", kind=Kind.CLIP, start=1.0), scene("b"))
    seen = film_of(
        scene("a", kind=Kind.CLIP, start=1.0, title="Sea", variation=3), scene("c", caption="Late"), aspect="1:1"
    )
    assert told.soundtrack == seen.soundtrack
    assert told.soundtrack.media == {"a"}


@pytest.mark.parametrize("change", [{"start": 2.0}, {"volume": 0.5}, {"seconds": 3.0}, {"sha256": "z"}])
def test_what_is_heard_names_the_sound(change):
    told, changed = (film_of(scene("b"), scene("a", kind=Kind.CLIP, **more)) for more in ({}, change))
    assert told.soundtrack.name != changed.soundtrack.name


NAMES = """
import sys
from internal.film import plan
from internal.vlog import Storyboard, VlogSettings
board = Storyboard.model_validate_json(sys.stdin.read())
print(*(chunk.name for chunk in plan(board, VlogSettings()).chunks))
"""


@pytest.mark.parametrize("seed", ["1", "2"])
def test_names_are_the_same_in_every_process_whatever_the_order_of_fields(seed):
    told = Storyboard(scenes=(scene("a", 4.1, caption="京都", speech=()), scene("b", 1 / 3, last=True)))
    backwards = [dict(reversed(one.model_dump(mode="json").items())) for one in told.scenes]
    names = subprocess.run(
        [sys.executable, "-c", NAMES],
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ".", "PYTHONUTF8": "1"},
        input=json.dumps({"scenes": backwards}),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert names == [chunk.name for chunk in plan(told, VlogSettings()).chunks]


@pytest.mark.parametrize("change", [{"aspect": "1:1"}, {"resolution": "480p"}])
def test_another_canvas_changes_every_chunk(change):
    scenes = [scene("a"), scene("b")]
    assert not {c.name for c in film_of(*scenes).chunks} & {c.name for c in film_of(*scenes, **change).chunks}


def test_another_transition_changes_only_transitions():
    scenes = [scene("a"), scene("b")]
    fade, slide = film_of(*scenes), film_of(*scenes, transition="slide")
    kept = {chunk.name for chunk in slide.chunks}
    assert [chunk.name in kept for chunk in fade.chunks] == [chunk.transition is None for chunk in fade.chunks]
