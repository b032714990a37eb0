"""What every Composer must do when it is stopped, or given what it cannot use."""

import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from internal.errors import Stopped, StopReason, StorageFull, UnreadableMedia
from internal.film import Canvas, Chunk, plan
from internal.vlog import Storyboard, VlogSettings
from tests.contracts.small_films import (
    clip,
    film_of,
    make,
    nothing,
    photo,
    render,
    rendered,
)

# ---------------------------------------------------------------- what goes wrong


def children_of(pid: int) -> set[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text().split()}


def renderers() -> set[int]:
    """Processes forked from one that we started, and that run the same program."""
    ours = {child for child in children_of(os.getpid()) if b"forkserver" in Path(f"/proc/{child}/cmdline").read_bytes()}
    return {renderer for child in ours for renderer in children_of(child)}


def eventually(happened: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not happened() and time.monotonic() < end:
        time.sleep(0.02)
    return happened()


def long_chunks() -> list[Chunk]:
    """Each of them minutes of work, were it not stopped."""
    big = Canvas(width=1920, height=1080)
    scenes = Storyboard(scenes=tuple(photo(name, 180) for name in ("red", "blue")))
    bodies = [chunk for chunk in plan(scenes, VlogSettings()).chunks if len(chunk.views) == 1]
    return [body.model_copy(update={"canvas": big}) for body in bodies]


def test_a_stop_ends_the_children_and_leaves_no_file(composer, day, tmp_path):
    out, most, calls = tmp_path / "out", 0, 0
    out.mkdir()
    others = renderers()

    def check() -> None:
        nonlocal calls, most
        calls += 1
        most = max(most, len(renderers() - others))
        if calls > 5:
            raise Stopped(StopReason.CANCELLED)

    with pytest.raises(Stopped), closing(composer.render(long_chunks(), day, out, check)) as rendered:
        next(rendered)
    assert most > 0
    assert eventually(lambda: not renderers() - others)
    assert list(out.iterdir()) == []


def test_closing_ends_the_children(composer, day, tmp_path):
    short, others = film_of(photo("red", 0.1)).chunks, renderers()
    rendered = composer.render([*short, *long_chunks()], day, tmp_path, nothing)
    assert next(rendered)[0] == short[0]
    assert renderers() - others
    rendered.close()
    assert eventually(lambda: not renderers() - others)


@pytest.mark.parametrize("content", [b"", b"no picture at all", b"\xff\xd8\xff\xe0 a JPEG that ends here"])
def test_a_file_that_cannot_be_read_is_named(composer, day, tmp_path, content):
    (tmp_path / "bad").write_bytes(content)
    film = film_of(photo("red"), photo("bad"))
    with pytest.raises(UnreadableMedia) as raised:
        render(composer, film, {**day, "bad": tmp_path / "bad"}, tmp_path)
    assert raised.value.field == "bad"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a file that is always full")
@pytest.mark.parametrize("number", [0, 1])
def test_a_full_disk_is_told_from_bad_media_and_leaves_no_file(composer, day, tmp_path, number):
    piece = film_of(photo("red", 0.2), music="music").pieces[number]
    out = tmp_path / "out"
    out.mkdir()
    (out / f"{piece.name}.mp4.part").symlink_to("/dev/full")
    with pytest.raises(StorageFull):
        list(composer.render([piece], day, out, nothing))
    assert list(out.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a file that is always full")
def test_a_disk_that_is_full_when_the_film_is_joined_is_told_from_bad_media(composer, day, tmp_path):
    film = film_of(photo("red"), music="music")
    pieces = rendered(composer, film.pieces, day, tmp_path)
    (tmp_path / "film.mp4.part").symlink_to("/dev/full")
    with pytest.raises(StorageFull):
        composer.join(film, pieces, tmp_path / "film.mp4", nothing)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("film")]


def test_music_that_cannot_be_read_is_named(composer, day, tmp_path):
    (tmp_path / "bad").write_bytes(b"ID3 but no music")
    film = film_of(photo("red"), music="bad")
    with pytest.raises(UnreadableMedia) as raised:
        make(composer, film, {**day, "bad": tmp_path / "bad"}, tmp_path / "film")
    assert raised.value.field == "bad"
    assert not (tmp_path / "film" / "film.mp4").exists()


def test_a_clip_cut_off_before_its_index_is_named(composer, day, tmp_path):
    content = day["ramp"].read_bytes()
    (tmp_path / "cut.mp4").write_bytes(content[: len(content) // 2])
    with pytest.raises(UnreadableMedia) as raised:
        render(composer, film_of(clip("cut")), {"cut": tmp_path / "cut.mp4"}, tmp_path)
    assert raised.value.field == "cut"
