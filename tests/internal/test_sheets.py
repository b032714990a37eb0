"""A film's contact sheet: every few seconds a frame, upright, in order."""

import numpy as np

from tests.contracts.small_films import brightness, write_ramp
from tests.media.clips import Take, write_clip
from tests.media.scenery import Scenery
from tests.sheets import GAP, STRIP, sheet

#: row and column of four frames, three in a row
CELLS = ((0, 0), (0, 1), (0, 2), (1, 0))


def test_frames_stand_in_rows_each_as_bright_as_its_time(tmp_path):
    film = write_ramp(tmp_path / "film.mp4", [number / 30 for number in range(120)])
    paper = np.asarray(sheet(film, columns=3, most=4).convert("L"), float)
    assert paper.shape == (GAP + 2 * (90 + STRIP + GAP), GAP + 3 * (160 + GAP))
    cells = [paper[GAP + row * (90 + STRIP + GAP) + 45, GAP + column * (160 + GAP) + 80] for row, column in CELLS]
    shown = [255 / 219 * (brightness(at) - 16) for at in (0.5, 1.5, 2.5, 3.5)]
    assert np.allclose(cells, shown, atol=6)


def test_a_turned_film_stands_upright_and_undistorted(tmp_path):
    take = Take(0.5, 160, 90, rotation=90)
    paper = sheet(write_clip(tmp_path / "film.mp4", Scenery("sea", 9.0, 1), take), columns=1, every=0.4)
    assert paper.size == (2 * GAP + 160, GAP + 90 + STRIP + GAP)
