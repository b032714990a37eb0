"""What every Composer must do with sound. Films here are small; what they play is decoded and measured."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from infra.music.bundled import BundledMusic
from internal.errors import UnreadableMedia
from internal.film import Film
from internal.media import Span
from internal.ports import Composer
from internal.vlog import Music
from tests.contracts.hearing import (
    RATE,
    Clip,
    Sound,
    babble,
    between,
    decibels,
    level_at,
    loudness,
    nothing_heard,
    peak,
    pitch_of,
    roughest,
    tone,
    write_heard,
    write_played,
)
from tests.contracts.small_films import clip, film_of, nothing, photo, sound, write_flat
from tests.media.sounds import waves

Play = Callable[[Film, dict[str, Path]], Path]


@pytest.fixture(scope="module")
def chunks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sound changes no picture: films of the same scenes share their chunks here."""
    return tmp_path_factory.mktemp("chunks")


@pytest.fixture
def play(composer: Composer, chunks: Path, tmp_path: Path) -> Play:
    """The film of these media; "grey" is a photo."""

    def made(film: Film, media: dict[str, Path]) -> Path:
        media = {"grey": write_flat(tmp_path / "grey.jpg", "grey"), **media}
        files = {chunk.name: chunks / f"{chunk.name}.mp4" for chunk in film.chunks}
        missing = [chunk for chunk in film.chunks if not files[chunk.name].exists()]
        assert {chunk.name for chunk, _ in composer.render(missing, media, chunks, nothing)} <= set(files)
        composer.join(film, files, media, tmp_path / "film.mp4", nothing)
        return tmp_path / "film.mp4"

    return made


def music_of(film: Film, **part: object) -> Film:
    return film.model_copy(update={"music": Music.model_validate({"sha256": "music", **part})})


def spoken(*spans: tuple[float, float]) -> tuple[Span, ...]:
    return tuple(Span(start=start, end=end) for start, end in spans)


# ---------------------------------------------------------------- music


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


# ---------------------------------------------------------------- clips, and music under them


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
