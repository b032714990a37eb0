"""What every Composer must do with sound. Films here are small and seconds long; what they play is measured."""

import numpy as np
import pytest

from tests.contracts.small_films import RATE, clip, film_of, make, photo, sound, write_ramp


def test_a_clips_own_sound_is_where_the_clip_is(composer, day, tmp_path):
    film = film_of(photo("red"), clip("ramp", 1.5), photo("blue"))
    loud = np.abs(sound(make(composer, film, day, tmp_path / "film")))[:, 0]
    begin, end = (at * RATE // 30 for at in (film.starts[1], film.starts[1] + film.counts[1]))
    assert loud[: begin - 1100].max() < 0.01
    assert loud[end + 1100 :].max() < 0.01
    assert loud[(begin + end) // 2 :][: RATE // 10].max() > 0.1


def test_a_film_without_any_sound_has_a_silent_track(composer, day, tmp_path):
    silent = sound(make(composer, film_of(photo("red")), day, tmp_path / "film"))
    assert len(silent) > 0.9 * RATE
    assert np.abs(silent).max() < 1e-3


def test_music_is_looped_faded_and_as_loud_as_it_should_be(composer, day, tmp_path):
    film = film_of(photo("red", 15.0), photo("blue", 15.0), music="music")
    heard = sound(make(composer, film, day, tmp_path / "film"))
    power = (heard[10 * RATE : 11 * RATE] ** 2).sum(axis=1).mean()
    # ITU-R BS.1770: a tone of 1 kHz is as loud as its power over both channels
    assert 10 * np.log10(power) == pytest.approx(-14, abs=0.6)
    assert np.abs(heard).max() < 10 ** (-1 / 20)
    assert np.abs(heard[:500]).max() < 0.05
    assert np.abs(heard[-2500:]).max() < 0.05


def test_music_steps_back_under_a_clips_own_sound(composer, day, tmp_path):
    quiet = write_ramp(tmp_path / "quiet.mp4", [n / 30 for n in range(120)], loud=True)
    film = film_of(photo("red", 2.0), clip("ramp", 4.0), photo("blue", 2.0), music="music")
    mute = film.model_copy(update={"scenes": (film.scenes[0], clip("ramp", 4.0, volume=0.0), film.scenes[2])})
    with_sound, without = (
        sound(make(composer, one, {**day, "ramp": quiet}, tmp_path / name))
        for name, one in (("with", film), ("without", mute))
    )
    at = slice(int(1.2 * RATE), int(1.4 * RATE))
    assert np.abs(with_sound[at]).max() < np.abs(without[at]).max() * 0.9, "what remains of the music is softer"
