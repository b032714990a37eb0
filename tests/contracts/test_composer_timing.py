"""Where a film's sound is, and that it comes and goes without a click, whatever the files are like."""

from pathlib import Path

import av
import numpy as np
import pytest

from internal.vlog import Music
from tests.contracts.hearing import RATE, Clip, Sound, between, decibels, roughest, tone, write_heard, write_played
from tests.contracts.small_films import clip, film_of, photo, sound, write_flat

#: seconds into each clip at which it flashes and beeps
MARK = 1.2


# ---------------------------------------------------------------- picture and sound together


def beep(seconds: float, at: float, rate: int = RATE) -> Sound:
    heard = np.zeros((round(seconds * rate), 2), np.float32)
    heard[round(at * rate) :][: rate // 10] = tone(0.1, 1000.0, 0.5, rate)
    return heard


def marked(late: float = 0.0, rate: int = RATE, frames: tuple[float, ...] = (), **more: object) -> Clip:
    """Of two seconds, that flashes and beeps at `MARK`."""
    heard = beep(2.0 - max(late, 0.0), MARK - late, rate)
    return Clip(heard, 2.0, rate=rate, late=late, flash=MARK, frames=frames, **more)


def uneven() -> tuple[float, ...]:
    """Times of frames as phones in the dark have them, one of them at the flash."""
    steps = np.random.default_rng(2).choice([1, 2, 3, 5], size=100) / 60
    times = np.cumsum(steps)
    before = times[times < MARK - 0.01]
    return (0.0, *before.tolist(), MARK, *(MARK + times[times < 0.7]).tolist())


CLIPS = {
    "plain.mp4": marked(),
    "44100.mp4": marked(rate=44_100),
    "mono.mov": marked(rate=44_100, layout="mono"),
    "surround.mp4": marked(layout="5.1"),
    "8000.mkv": marked(rate=8_000, layout="mono", codec="pcm_s16le"),
    "opus.webm.mkv": marked(codec="libopus"),
    "mp3.mkv": marked(rate=44_100, codec="mp3"),
    "late.mp4": marked(late=0.5),
    "late.mkv": marked(late=0.5, codec="libopus"),
    "early.mkv": marked(late=-0.4, codec="pcm_s16le"),
    "uneven.mp4": marked(frames=uneven()),
    "holed.mp4": marked(hole=(0.3, 0.7)),
    "spoilt.mp4": marked(hole=(0.3, 0.7), spoilt=True),
}


def flashes(path: Path) -> list[float]:
    """When the picture turns white, in seconds, as a player shows it."""
    with av.open(str(path)) as container:
        seen = [(frame.time, frame.to_ndarray()[:90].mean()) for frame in container.decode(video=0)]
    bright = [light > 150 for _, light in seen]
    return [seen[at][0] for at in range(1, len(seen)) if bright[at] and not bright[at - 1]]


def beeps(path: Path) -> list[float]:
    """When a beep begins, in seconds, as a player plays it."""
    with av.open(str(path)) as container:
        heard = list(container.decode(audio=0))
    loud = np.abs(np.concatenate([frame.to_ndarray()[0] for frame in heard])) > 0.1
    at = np.flatnonzero(loud)
    return [heard[0].time + float(start) / RATE for start in at[np.diff(at, prepend=-RATE) > RATE // 5]]


def test_sound_is_at_its_picture_from_the_first_to_the_last_of_three_minutes(play, tmp_path):
    """Clips of every kind, whole and cut into, at the beginning, in the middle and at the end."""
    media = {name: write_heard(tmp_path / name, made) for name, made in CLIPS.items()}
    dark = write_flat(tmp_path / "dark.png", "black")
    scenes = [clip(name, 1.4, start=0.6) for name in media]
    scenes[1::4] = [scene.model_copy(update={"start": 0.0, "seconds": 2.0}) for scene in scenes[1::4]]
    pause = photo("dark", 83.5)
    film = film_of(*scenes[:4], pause, *scenes[4:8], pause, *scenes[8:])
    assert film.seconds == pytest.approx(180, abs=2)
    path = play(film, {**media, "dark": dark})
    seen, heard = flashes(path), beeps(path)
    assert len(seen) == len(heard) == len(CLIPS)
    assert max(abs(a - b) for a, b in zip(seen, heard, strict=True)) < 0.01


# ---------------------------------------------------------------- no clicks


#: second differences of what is heard here are below it; a click of a tenth of the loudness is above it
SMOOTH = 0.004


def deep(seconds: float, pitch: float = 90.0) -> Sound:
    """So smooth that every click stands out, and never silent where it could be cut."""
    return tone(seconds, pitch) * np.float32(0.6) + tone(seconds, pitch * 1.51) * np.float32(0.4)


@pytest.mark.parametrize(
    ("name", "made", "start"),
    [
        ("deep whole.mp4", Clip(deep(2), 2.0), 0.0),
        ("deep cut.mp4", Clip(deep(4), 4.0), 1.37),
        ("deep cut.mkv", Clip(deep(4), 4.0, codec="libopus"), 1.37),
        ("deep 44100.mp4", Clip(deep(4), 4.0, rate=44_100), 1.37),
        ("deep ends early.mkv", Clip(deep(0.77), 2.0, codec="pcm_s16le"), 0.0),
        ("deep begins late.mkv", Clip(deep(1.3), 2.0, late=0.7, codec="pcm_s16le"), 0.0),
        ("deep holed.mkv", Clip(deep(2), 2.0, codec="pcm_s16le", hole=(0.5, 0.8)), 0.0),
        ("deep holed.mp4", Clip(deep(2), 2.0, hole=(0.5, 0.8)), 0.0),
        ("deep spoilt.mp4", Clip(deep(2), 2.0, hole=(0.5, 0.8), spoilt=True), 0.0),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("overlap", [0, 15])
def test_no_cut_clicks(play, tmp_path, name, made, start, overlap):
    media = {name: write_heard(tmp_path / name, made)}
    film = film_of(photo("grey", 0.5), clip(name, 2.0, start=start), clip(name, 1.1, start=start), photo("grey", 0.5))
    heard = sound(play(film.model_copy(update={"overlap": overlap}), media))
    assert decibels(heard) > -30
    assert roughest(heard) < SMOOTH


@pytest.mark.parametrize("codec", ["aac", "libopus", "mp3"])
def test_a_clip_that_is_cut_into_sounds_right_at_once(play, tmp_path, codec):
    """Decoders that begin in the middle are wrong for a while: nobody hears that."""
    media = {"clip.mkv": write_heard(tmp_path / "clip.mkv", Clip(tone(3, 440), 3.0, codec=codec))}
    for start in (0.9, 1.37):
        heard = sound(play(film_of(clip("clip.mkv", 0.9, start=start)), media))
        waves = [decibels(between(heard, at / 100, at / 100 + 0.025)) for at in range(4, 20)]
        assert max(waves) - min(waves) < 0.6


def test_music_comes_goes_and_begins_again_without_a_click(play, tmp_path):
    media = {"music": write_played(tmp_path / "music.ogg", deep(3))}
    film = film_of(photo("grey", 4.0))
    for part in ({"fade": 0.0}, {"end": 1.3}, {"start": 0.4, "loop": False}, {"start": 0.4, "end": 0.9, "fade": 0.0}):
        music = Music.model_validate({"sha256": "music", **part})
        heard = sound(play(film.model_copy(update={"music": music}), media))
        assert roughest(heard) < SMOOTH, part


def test_a_click_would_be_noticed():
    heard = deep(2)
    assert roughest(heard) < SMOOTH
    assert roughest(np.concatenate((between(heard, 0, 0.5), between(heard, 0.503, 2)))) > SMOOTH
    assert roughest(np.concatenate((heard * np.float32(0.1), np.zeros_like(heard)))) > SMOOTH
