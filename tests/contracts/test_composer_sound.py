"""What every Composer must do with sound. Films here are small; what they play is decoded and measured."""

import numpy as np
import pytest

from infra.music.bundled import BundledMusic
from tests.contracts.hearing import (
    RATE,
    Clip,
    Sound,
    babble,
    between,
    decibels,
    level_at,
    loudness,
    music_of,
    peak,
    spoken,
    tone,
    write_heard,
    write_played,
)
from tests.contracts.small_films import clip, film_of, photo, sound
from tests.media.sounds import waves

# ---------------------------------------------------------------- clips


def test_a_clips_own_sound_is_where_the_clip_is(play, tmp_path):
    media = {"clip": write_heard(tmp_path / "clip.mp4", Clip(tone(2), 2.0))}
    film = film_of(photo("grey"), clip("clip", 1.5), photo("grey"))
    loud = np.abs(sound(play(film, media)))[:, 0]
    begin, end = (at * RATE // 30 for at in (film.starts[1], film.starts[1] + film.counts[1]))
    assert loud[: begin - 1100].max() < 0.01
    assert loud[end + 1100 :].max() < 0.01
    assert loud[(begin + end) // 2 :][: RATE // 10].max() > 0.1


def test_a_hard_cut_leaves_the_sound_as_long_as_the_picture(play, tmp_path):
    media = {"clip": write_heard(tmp_path / "clip.mp4", Clip(tone(2), 2.0))}
    film = film_of(clip("clip", 1.5), photo("grey")).model_copy(update={"overlap": 0})
    heard = sound(play(film, media))
    assert decibels(between(heard, 1.4, 1.46)) == pytest.approx(decibels(between(heard, 0.5, 1)), abs=0.5)
    assert decibels(between(heard, 1.52, 2)) < -60


def test_a_clip_whose_sound_is_over_before_the_scene_begins_is_silent(play, tmp_path):
    media = {"clip": write_heard(tmp_path / "clip.mp4", Clip(tone(0.3), 3.0))}
    assert np.abs(sound(play(film_of(clip("clip", 3.0, start=0.5)), media))).max() < 1e-3


def test_numbers_that_are_no_sound_do_not_spoil_the_rest(play, tmp_path):
    spoilt = babble(4)
    spoilt[::5000], spoilt[1::5000], spoilt[2::5000] = np.nan, np.inf, -1e30
    media = {"clip": write_heard(tmp_path / "clip.mkv", Clip(spoilt, 4.0, codec="pcm_f32le"))}
    heard = sound(play(film_of(clip("clip", 4.0, speech=spoken((0.2, 3.8)))), media))
    assert np.isfinite(heard).all()
    assert level_at(between(heard, 1, 3), 500) > -60
    assert peak(heard) <= -1


def test_a_film_without_any_sound_has_a_silent_track(play):
    silent = sound(play(film_of(photo("grey")), {}))
    assert len(silent) > 0.9 * RATE
    assert np.abs(silent).max() < 1e-3


def test_words_in_a_transition_are_heard_in_full(play, tmp_path):
    """A scene's sound is there before its first word, and does not go before its last."""
    media = {"talk": write_heard(tmp_path / "talk.mp4", Clip(tone(3), 3.0))}
    scene = clip("talk", 3.0, speech=spoken((0.1, 2.9)))
    film = film_of(photo("grey", 2.0), scene, photo("grey", 2.0))
    heard, begin = sound(play(film, media)), film.starts[1] / 30
    middle = decibels(between(heard, begin + 1, begin + 2))
    assert decibels(between(heard, begin + 0.1, begin + 0.2)) == pytest.approx(middle, abs=0.5)
    assert decibels(between(heard, begin + 2.8, begin + 2.9)) == pytest.approx(middle, abs=0.5)


def test_quiet_and_loud_speakers_are_equally_loud_and_loud_noise_is_tamed(play, tmp_path):
    levels = {"quiet": 0.1, "loud": 0.9, "noise": 0.9}
    media = {
        name: write_heard(tmp_path / f"{name}.mp4", Clip(babble(4, level, seed=3), 4.0))
        for name, level in levels.items()
    }
    speech = {"speech": spoken((0.2, 3.8))}
    film = film_of(clip("quiet", 4.0, **speech), clip("loud", 4.0, **speech), clip("noise", 4.0))
    heard = sound(play(film, media))
    quiet, loud, noise = (loudness(between(heard, *at)) for at in ((0.2, 3.4), (4.2, 7.0), (7.7, 10.0)))
    assert quiet == pytest.approx(loud, abs=1)
    assert noise < loud - 3


def test_a_single_short_word_is_as_loud_as_others_too(play, tmp_path):
    media = {
        name: write_heard(tmp_path / f"{name}.mp4", Clip(babble(2, level, seed=3), 2.0))
        for name, level in {"quiet": 0.1, "loud": 0.9}.items()
    }
    word = {"speech": spoken((0.8, 1.1))}
    heard = sound(play(film_of(clip("quiet", 2.0, **word), clip("loud", 2.0, **word)), media))
    assert decibels(between(heard, 0.5, 1.4)) == pytest.approx(decibels(between(heard, 2.0, 2.9)), abs=1)


# ---------------------------------------------------------------- loudness


def square(seconds: float) -> Sound:
    """Clipped as hard as can be."""
    return np.sign(tone(seconds, 440.0)).astype(np.float32)


def hiss(level: float) -> Sound:
    return (level * np.random.default_rng(5).normal(size=(8 * RATE, 2))).astype(np.float32)


@pytest.mark.parametrize(
    ("music", "own", "speaks"),
    [
        ("babble", None, False),
        (None, babble(8), True),
        (None, babble(8, 0.02), True),
        (None, babble(8, 0.06), False),
        (None, np.clip(babble(8) * 20, -1, 1), True),
        (None, square(8), False),
        (None, waves(8.0, 1).T, False),
        (None, hiss(0.3), False),
        ("babble", babble(8, 0.9), True),
    ],
    ids=["music", "speech", "quiet speech", "quiet", "clipped", "square", "surf", "hiss", "both"],
)
def test_a_film_is_as_loud_as_others_without_too_high_a_peak(play, tmp_path, music, own, speaks):
    media, scene = {}, photo("grey", 8.0)
    if own is not None:
        media["clip"] = write_heard(tmp_path / "clip.mp4", Clip(own, 8.0, codec="flac"))
        scene = clip("clip", 8.0, speech=spoken((0.5, 7.5)) if speaks else ())
    film = film_of(photo("grey", 2.0), scene, photo("grey", 2.0))
    if music:
        media["music"] = write_played(tmp_path / "music.wav", babble(5, 0.5, seed=2))
        film = music_of(film)
    heard = sound(play(film, media))
    assert loudness(heard) == pytest.approx(-14, abs=0.5)
    assert peak(heard) <= -1


def test_a_peak_that_the_encoder_raises_is_lowered_again(play):
    """Of the built-in music, this is what AAC raises most."""
    media = {"music": BundledMusic().path("happy_electronic_s411")}
    heard = sound(play(music_of(film_of(photo("grey", 10.0))), media))
    assert -4 < peak(heard) <= -1
    assert loudness(heard) == pytest.approx(-14, abs=0.5)


def test_a_film_too_short_to_measure_has_no_too_high_a_peak_either(play, tmp_path):
    media = {"clip": write_heard(tmp_path / "clip.mp4", Clip(square(1), 1.0, codec="flac"))}
    scene = clip("clip", 0.3, speech=spoken((0.0, 0.3)))
    assert -9 < peak(sound(play(film_of(scene), media))) <= -1


def test_near_silence_is_not_blown_up_to_noise(play, tmp_path):
    media = {"clip": write_heard(tmp_path / "clip.mp4", Clip(hiss(0.0005), 8.0, codec="flac"))}
    assert loudness(sound(play(film_of(clip("clip", 8.0)), media))) < -35
