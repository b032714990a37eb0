"""What every Composer must do with music. Films here are small; what they play is decoded and measured."""

from pathlib import Path

import numpy as np
import pytest

from internal.errors import UnreadableMedia
from tests.contracts.hearing import (
    RATE,
    Clip,
    Sound,
    between,
    decibels,
    level_at,
    music_of,
    nothing_heard,
    pitch_of,
    roughest,
    spoken,
    tone,
    write_heard,
    write_played,
)
from tests.contracts.small_films import clip, film_of, photo, sound

# ---------------------------------------------------------------- the part that plays


@pytest.fixture(scope="module")
def scale(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Music that tells where in its six seconds it is: 400 Hz, 500 Hz, … 900 Hz."""
    steps = np.concatenate([tone(1.0, 400 + 100 * second) for second in range(6)])
    return {"music": write_played(tmp_path_factory.mktemp("music") / "scale.ogg", steps)}


def steps(heard: Sound) -> list[int]:
    """What is played in the middle of each second."""
    return [round(pitch_of(between(heard, at + 0.3, at + 0.7)) / 100) for at in range(len(heard) // RATE)]


@pytest.mark.parametrize(
    ("part", "played"),
    [
        ({}, [4, 5, 6, 7, 8, 9, 4, 5, 6]),
        ({"start": 2.0}, [6, 7, 8, 9, 6, 7, 8, 9, 6]),
        ({"end": 2.0}, [4, 5, 4, 5, 4, 5, 4, 5, 4]),
        ({"start": 1.0, "end": 4.0}, [5, 6, 7, 5, 6, 7, 5, 6, 7]),
        ({"start": 4.0, "end": 100.0}, [8, 9, 8, 9, 8, 9, 8, 9, 8]),
    ],
)
def test_the_part_of_the_music_that_was_asked_for_plays_over_and_over(play, scale, part, played):
    film = music_of(film_of(photo("grey", 9.0)), **part)
    assert steps(sound(play(film, scale))) == played


def test_the_rounds_of_a_part_come_at_exact_times(play, tmp_path):
    beats = nothing_heard(4.0)
    for beat in range(8):
        beats[beat * RATE // 2 :][: RATE // 20] = tone(0.05)
    film = music_of(film_of(photo("grey", 9.0)), start=0.25, end=2.75)
    heard = np.abs(sound(play(film, {"music": write_played(tmp_path / "beats.wav", beats)}))[:, 0])
    starts = [0.25 + beat / 2 for beat in range(17)]
    assert [np.argmax(heard[round((at - 0.1) * RATE) :] > 0.1) / RATE - 0.1 for at in starts] == pytest.approx(
        [0.0] * 17, abs=0.005
    )


def test_music_that_is_not_looped_fades_out_at_its_end_and_silence_follows(play, scale):
    film = music_of(film_of(photo("grey", 9.0)), end=4.0, loop=False, fade=1.0)
    heard = sound(play(film, scale))
    assert decibels(between(heard, 3.7, 3.9)) < decibels(between(heard, 2.0, 2.9)) - 8
    assert np.abs(between(heard, 4.05, 9.0)).max() < 1e-3


@pytest.mark.parametrize("fade", [0.0, 0.5, 4.0])
def test_music_fades_at_the_films_end_for_as_long_as_was_asked(play, tmp_path, fade):
    media = {"music": write_played(tmp_path / "music.m4a", tone(0.7))}
    heard = sound(play(music_of(film_of(photo("grey", 9.0)), fade=fade), media))
    full = decibels(between(heard, 4.0, 4.8))
    assert decibels(between(heard, 8.6 - min(fade, 3), 8.9 - min(fade, 3))) == pytest.approx(full, abs=0.5)
    falling = decibels(between(heard, 8.9 - fade / 3, 9 - fade / 3))
    assert (falling < full - 2) == (fade > 0)
    assert np.abs(heard[-200:]).max() < 0.05


def test_the_seam_between_two_rounds_is_not_heard(play, tmp_path):
    """Rounds that do not end with a whole wave: without the seam there is a click in each."""
    media = {"music": write_played(tmp_path / "deep.wav", tone(2.0, 101.3))}
    for part in ({}, {"end": 1.234}, {"start": 0.1111, "end": 0.9}):
        heard = sound(play(music_of(film_of(photo("grey", 9.0)), **part), media))
        assert roughest(heard) < 0.005
        levels = [decibels(between(heard, at / 20, at / 20 + 0.05)) for at in range(10, 110)]
        assert max(levels) - min(levels) < 9, "of a tone alone, whose waves may meet out of step"


def test_music_that_is_over_before_it_should_begin_is_named(play, scale):
    with pytest.raises(UnreadableMedia, match="begin") as raised:
        play(music_of(film_of(photo("grey")), start=7.0), scale)
    assert raised.value.field == "music"


# ---------------------------------------------------------------- under clips


@pytest.fixture
def talk(tmp_path: Path) -> dict[str, Path]:
    """Six seconds of a deep tone for a voice, and a high one for music."""
    return {
        "talk": write_heard(tmp_path / "talk.mp4", Clip(tone(6, 300.0, 0.1), 6.0)),
        "music": write_played(tmp_path / "music.m4a", tone(3, 2000.0)),
    }


def test_music_is_back_before_the_first_word_and_forward_after_the_last(play, talk):
    scene = clip("talk", 6.0, speech=spoken((2.0, 2.8), (3.4, 4.0)))
    film = music_of(film_of(photo("grey", 3.0), scene, photo("grey", 4.0)))
    heard, word = sound(play(film, talk)), film.starts[1] / 30 + 2.0
    normal = level_at(between(heard, word - 3.5, word - 3), 2000)
    for at in (word, word + 0.9, word + 1.1, word + 1.9):
        piece = between(heard, at, at + 0.1)
        assert level_at(piece, 300) - level_at(piece, 2000) > 12, "the voice is clearly over the music"
        assert level_at(piece, 2000) < normal - 11
    assert level_at(between(heard, word - 0.7, word - 0.4), 2000) > normal - 4, "no sooner than need be"
    assert level_at(between(heard, word + 2.9, word + 3.2), 2000) > normal - 4, "and no longer"


def test_music_hardly_steps_back_for_sounds_that_say_nothing(play, talk):
    def level(volume: float) -> float:
        film = music_of(film_of(photo("grey", 2.0), clip("talk", 6.0, volume=volume), photo("grey", 2.0)))
        heard = sound(play(film, talk))
        return level_at(between(heard, 4.0, 5.0), 2000) - level_at(between(heard, 0.5, 1.0), 2000)

    assert level(1.0) == pytest.approx(-3, abs=0.7)
    assert level(0.3) == pytest.approx(0, abs=0.7)


def test_soft_music_is_softer_beside_a_clip_and_steps_back_less(play, talk):
    scene = clip("talk", 6.0, speech=spoken((0.5, 5.5)))

    def levels(volume: float) -> tuple[float, float]:
        film = music_of(film_of(photo("grey", 2.0), scene), volume=volume)
        heard = sound(play(film, talk))
        voice = level_at(between(heard, 4.0, 5.0), 300)
        return tuple(level_at(between(heard, *at), 2000) - voice for at in ((0.5, 1.0), (4.0, 5.0)))

    (full, under), (soft, soft_under) = levels(1.0), levels(0.3)
    assert soft == pytest.approx(full - 10.5, abs=1)
    assert soft_under == pytest.approx(soft - 3, abs=1)
    assert under < -12
