"""Equal films are equal files: whatever memory held before, whichever child draws a chunk, in whatever company."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from infra.composer.pyav import PyavComposer
from internal.film import Canvas, Chunk, Film
from internal.ports import Composer
from tests.contracts.small_films import clip, film_of, make, nothing, photo, render
from tests.media import write_music
from tests.media.clips import Take, write_clip
from tests.media.lens import MARGIN, Lens
from tests.media.scenery import Scenery, draw
from tests.media.sounds import waves
from tests.media.stills import write_photo

#: what a child does, in a process whose fresh memory the C library fills with a byte of our choice
RENDER = """
import json, sys
from infra.composer.chunks import render
render(json.load(sys.stdin), {"photo": sys.argv[1]}, sys.argv[2], "veryfast", 21.0)
"""


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """As rich in detail as a camera's."""
    folder = tmp_path_factory.mktemp("media")
    picture = Lens(960, 640, 3).seen(draw(Scenery("town", 11.0, 3), 960 + 2 * MARGIN, 640 + 2 * MARGIN))
    take = Take(2.0, 320, 180, sound=waves(2.0, 4), handheld=True)
    return {
        "photo": write_photo(folder / "photo.jpg", picture),
        "clip": write_clip(folder / "clip.mp4", Scenery("sea", 9.0, 5), take),
        "music": write_music(folder / "music.m4a", 3.0),
    }


def hashes(paths: Iterable[Path]) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def rendered_in_memory_full_of(fill: int, chunk: Chunk, media: dict[str, Path], folder: Path) -> Path:
    folder.mkdir()
    subprocess.run(
        [sys.executable, "-c", RENDER, str(media["photo"]), str(folder)],
        env={"MALLOC_PERTURB_": str(fill), "PYTHONPATH": "."},
        input=json.dumps([chunk.model_dump(mode="json")]),
        text=True,
        check=True,
    )
    (path,) = folder.iterdir()
    return path


@pytest.mark.parametrize("size", [(854, 480), (270, 480)])
def test_what_memory_held_before_changes_no_byte(media, tmp_path, size):
    canvas = Canvas(width=size[0], height=size[1])
    (chunk,) = film_of(photo("photo", 1.5)).model_copy(update={"canvas": canvas}).chunks
    files = [rendered_in_memory_full_of(fill, chunk, media, tmp_path / str(fill)) for fill in (90, 165)]
    assert len(set(hashes(files))) == 1


def test_a_chunk_is_the_same_drawn_alone_or_among_its_neighbours(composer: Composer, media, tmp_path):
    film = day()
    together = render(composer, film, media, tmp_path)
    (tmp_path / "alone").mkdir()
    for chunk in reversed(film.chunks):
        ((_, alone),) = composer.render([chunk], media, tmp_path / "alone", nothing)
        assert alone.read_bytes() == together[chunk.name].read_bytes()


def test_a_film_is_the_same_file_however_many_children_draw_it(media, tmp_path):
    made = [make(PyavComposer(cores=cores), day(), media, tmp_path / str(cores)) for cores in (1, 3)]
    assert len(set(hashes(made))) == 1


def day() -> Film:
    """Each photo and clip is in several chunks."""
    shots = (photo("photo", 3.5, title="Harbour"), clip("clip", 1.5), photo("photo", 4.0, caption="京都", variation=1))
    return film_of(*shots, music="music", transition="zoom")
