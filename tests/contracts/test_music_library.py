"""What every MusicLibrary must do."""

from pathlib import Path
from typing import get_args

import av
import numpy as np
import pytest

from infra.music.bundled import BundledMusic
from internal.errors import NotFound
from internal.ports import MusicLibrary
from internal.vlog import Mood
from tests.contracts.hearing import RATE, Sound, between, loudness

MOODS = get_args(Mood)


@pytest.fixture(params=[BundledMusic], ids=["bundled"])
def library(request: pytest.FixtureRequest) -> MusicLibrary:
    made: MusicLibrary = request.param()
    return made


@pytest.mark.parametrize("mood", MOODS)
def test_there_is_a_choice_of_music_for_every_mood(library, mood):
    assert len(library.tracks(mood)) >= 3


def test_every_track_has_a_name_of_its_own(library):
    names = [track for mood in MOODS for track in library.tracks(mood)]
    assert len(set(names)) == len(names)


def test_names_come_in_the_same_order_each_time(library):
    assert all(library.tracks(mood) == library.tracks(mood) == tuple(sorted(library.tracks(mood))) for mood in MOODS)


def test_every_track_opens_as_music_long_enough_to_loop(library):
    for track in (track for mood in MOODS for track in library.tracks(mood)):
        with av.open(str(library.path(track))) as container:
            assert not container.streams.video
            assert container.streams.audio[0].channels == 2
            assert container.duration / 1_000_000 > 20


@pytest.mark.parametrize("mood", MOODS)
def test_every_track_is_about_as_loud_from_begin_to_end(library, mood):
    """Until it fades, in the last seconds; three seconds at a time, as EBU R 128 measures short-term loudness."""
    for track in library.tracks(mood):
        sound = played(library.path(track))
        seconds = range(0, len(sound) // RATE - 7, 3)
        levels = [loudness(between(sound, start, start + 3)) for start in seconds]
        assert max(levels) - min(levels) < 6, track


def played(path: Path) -> Sound:
    resampler = av.AudioResampler("flt", "stereo", RATE)
    with av.open(str(path)) as container:
        blocks = [block.to_ndarray() for frame in container.decode(audio=0) for block in resampler.resample(frame)]
    return np.concatenate(blocks, axis=1).reshape(-1, 2)


@pytest.mark.parametrize(
    "name", ["", "unknown", "calm", "..", "../../__init__", "/etc/passwd", "calm/*", "*", "calm_\0"]
)
def test_a_name_that_it_never_gave_is_refused(library, name):
    with pytest.raises(NotFound):
        library.path(name)
