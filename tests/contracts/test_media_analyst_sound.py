"""What every MediaAnalyst hears: how loud it is, where somebody talks, and the beat of music."""

import math
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from immich_memories_music import tracks_dir

from internal.media import Analysis, Kind
from internal.ports import MediaAnalyst
from tests.contracts.looks import look
from tests.media.clips import Take, write_clip
from tests.media.scenery import Scenery
from tests.media.sounds import RATE, Sound, add_sound_stream, bells, fill, tune, waves, write_music
from tests.media.voice import spoken, talk
from tests.samples import needs_samples, sample

#: a folder of real media, where there is one
#: seconds by which a beat or a pause may be missed
NEAR = 0.05


def filmed(analyst: MediaAnalyst, path: Path, sound: Sound) -> Analysis:
    """With hardly any picture."""
    take = Take(sound.shape[1] / RATE, 32, 32, fps=2, sound=sound)
    return look(analyst, write_clip(path, Scenery("sea", 9, 1), take))


def played(analyst: MediaAnalyst, path: Path, sound: Sound) -> Analysis:
    codec = {".wav": "pcm_s16le", ".mp3": "libmp3lame", ".m4a": "aac", ".opus": "libopus", ".flac": "flac"}[path.suffix]
    with av.open(str(path), "w", format="ogg" if path.suffix == ".opus" else None) as container:
        fill(container, add_sound_stream(container, codec), sound)
    return look(analyst, path)


def engine(seconds: float, seed: int) -> Sound:
    """Harmonics of a slow wobbling hum, under hiss."""
    random, time = np.random.default_rng(seed), np.arange(round(seconds * RATE)) / RATE
    turned = 2 * math.pi * np.cumsum(55 + 4 * np.sin(time)) / RATE
    hum = sum(np.sin(harmonic * turned) / harmonic for harmonic in range(1, 30))
    return np.stack([hum * 0.15 + random.normal(0, 0.02, len(time))] * 2).astype(np.float32)


def test_halving_the_sound_costs_six_decibels(analyst: MediaAnalyst, tmp_path: Path) -> None:
    tone = np.sin(2 * math.pi * 1000 * np.arange(3 * RATE) / RATE).astype(np.float32)
    clips = {volume: np.stack([tone, tone]) * np.float32(volume) for volume in (0.5, 0.25)}
    loud, soft = (filmed(analyst, tmp_path / f"{volume}.mp4", clip).loudness for volume, clip in clips.items())
    assert loud is not None
    assert soft is not None
    assert loud - soft == pytest.approx(6.02, abs=0.3)
    # EBU Tech 3341, case 1: a stereo 1 kHz sine peaking at -23 dBFS measures -23 LUFS
    assert loud == pytest.approx(-6.02, abs=0.5)


def test_silence_and_no_sound_have_no_loudness(analyst: MediaAnalyst, tmp_path: Path) -> None:
    silent = filmed(analyst, tmp_path / "silent.mp4", np.zeros((2, RATE), np.float32))
    assert (silent.facts.has_sound, silent.loudness, silent.speech) == (True, None, ())
    mute = look(analyst, write_clip(tmp_path / "mute.mp4", Scenery("sea", 9, 1), Take(0.5, 160, 90)))
    assert (mute.facts.has_sound, mute.loudness, mute.speech) == (False, None, ())


@pytest.mark.parametrize("pitch", [105.0, 200.0], ids=["low", "high"])
@pytest.mark.parametrize("beneath", [0.0, 0.15], ids=["quiet", "by the sea"])
def test_speech_is_found_with_the_pauses_in_it(
    analyst: MediaAnalyst, tmp_path: Path, pitch: float, beneath: float
) -> None:
    said = " aieuoaie aiueo  oeiauaei "
    voice = talk(said, pitch)
    found = filmed(analyst, tmp_path / "c.mp4", voice + waves(voice.shape[1] / RATE, 1)[:, : voice.shape[1]] * beneath)
    true = spoken(said)
    assert len(found.speech) == len(true)
    for span, (start, end) in zip(found.speech, true, strict=True):
        assert span.start == pytest.approx(start, abs=3 * NEAR)
        assert span.end == pytest.approx(end, abs=3 * NEAR)
    assert all(0 <= span.start < span.end <= found.facts.seconds + NEAR for span in found.speech)


@pytest.mark.parametrize("noise", [waves, engine, bells])
def test_wind_engines_and_bells_are_no_speech(
    analyst: MediaAnalyst, tmp_path: Path, noise: Callable[[float, int], Sound]
) -> None:
    assert filmed(analyst, tmp_path / "c.mp4", noise(6.0, 3)).speech == ()


def test_music_is_no_speech(analyst: MediaAnalyst, tmp_path: Path) -> None:
    assert filmed(analyst, tmp_path / "c.mp4", tune(6.0)).speech == ()


def test_what_begins_late_is_heard_where_it_is(analyst: MediaAnalyst, tmp_path: Path) -> None:
    """A track whose first packet comes after the picture's."""
    path, whole = tmp_path / "late.mp4", tmp_path / "c.mp4"
    filmed(analyst, whole, talk("aieuoaie"))
    with av.open(str(whole)) as given, av.open(str(path), "w") as late:
        streams = {stream.index: late.add_stream_from_template(stream) for stream in given.streams}
        for packet in given.demux():
            if packet.dts is not None and packet.pts is not None:
                delay = 2 * RATE if packet.stream.type == "audio" else 0
                packet.pts, packet.dts = packet.pts + delay, packet.dts + delay
                packet.stream = streams[packet.stream_index]
                late.mux(packet)
    assert look(analyst, path).speech[0].start == pytest.approx(2.0, abs=3 * NEAR)


@needs_samples
def test_real_speech_is_found(analyst: MediaAnalyst) -> None:
    found = look(analyst, sample("day", "speech_slides.mp4"))
    assert len(found.speech) >= 2
    assert 6 < sum(span.end - span.start for span in found.speech) < 8.8


@needs_samples
@pytest.mark.parametrize("name", ["gopro_walk_gps.mp4", "drone_coast_hevc.mp4", "cars_vfr.mp4"])
def test_real_wind_and_motors_are_no_speech(analyst: MediaAnalyst, name: str) -> None:
    assert look(analyst, sample("day", name)).speech == ()


def drums(tempo: float, seconds: float, first: float) -> tuple[Sound, list[float]]:
    """A bass drum on each beat and a cymbal between; and when the beats are."""
    random, sound = np.random.default_rng(1), np.zeros(round(seconds * RATE))
    time = np.arange(round(0.08 * RATE)) / RATE
    drum = np.exp(-60 * time) * np.sin(2 * math.pi * 90 * time) * 0.6
    cymbal = np.exp(-100 * time) * random.normal(0, 0.1, len(time))
    beats = [float(at) for at in np.arange(first, seconds - 0.1, 60 / tempo)]
    for beat in beats:
        for at, hit in ((beat, drum), (beat + 30 / tempo, cymbal)):
            place = sound[round(at * RATE) :][: len(hit)]
            place += hit[: len(place)]
    return np.stack([sound, sound]).astype(np.float32), beats


@pytest.mark.parametrize("tempo", [60, 75, 90, 107, 120, 133, 150, 160])
def test_beats_are_where_the_drum_is(analyst: MediaAnalyst, tmp_path: Path, tempo: float) -> None:
    """Slow ones may be counted twice."""
    sound, true = drums(tempo, 12.0, 0.37)
    found = played(analyst, tmp_path / "m.wav", sound).beats
    assert max(min(abs(beat - one) for one in found) for beat in true) < NEAR
    twice = [*true, *(beat + 30 / tempo for beat in true)] if tempo < 75 or len(found) > 1.5 * len(true) else true
    inside = [beat for beat in found if true[0] - NEAR <= beat <= true[-1] + NEAR]
    assert max(min(abs(beat - one) for one in twice) for beat in inside) < NEAR
    assert all(0 <= beat <= 12 for beat in found)


@pytest.mark.parametrize("suffix", ["mp3", "m4a", "opus", "flac"])
def test_beats_are_found_in_any_format(analyst: MediaAnalyst, tmp_path: Path, suffix: str) -> None:
    sound, true = drums(100, 8.0, 0.2)
    found = played(analyst, tmp_path / f"m.{suffix}", sound)
    assert found.facts.kind is Kind.MUSIC
    assert max(min(abs(beat - one) for one in found.beats) for beat in true) < NEAR


#: of each mood and way of playing one; its beats a minute, as its makers say
TEMPI = {
    "calm_acoustic_1": 68,
    "calm_electronic_s522": 72,
    "energetic_acoustic_2": 132,
    "energetic_electronic_s411": 150,
    "happy_acoustic_s411": 110,
    "happy_electronic_1": 123,
    "nostalgic_acoustic_s522": 78,
    "nostalgic_electronic_2": 84,
    "tender_acoustic_1": 90,
    "tender_electronic_2": 99,
}


@pytest.mark.parametrize("track", TEMPI)
def test_built_in_music_has_its_tempo(analyst: MediaAnalyst, track: str) -> None:
    """As it is, doubled or halved: where people tap is a matter of taste."""
    beats = look(analyst, tracks_dir() / track.partition("_")[0] / f"{track}.opus").beats
    found = 60 * (len(beats) - 1) / (beats[-1] - beats[0])
    assert any(found == pytest.approx(TEMPI[track] * times, rel=0.03) for times in (0.5, 1, 2))


@pytest.mark.parametrize("noise", [waves, engine])
def test_where_there_is_no_rhythm_there_are_no_beats(
    analyst: MediaAnalyst, tmp_path: Path, noise: Callable[[float, int], Sound]
) -> None:
    assert played(analyst, tmp_path / "m.wav", noise(12.0, 3)).beats == ()


def test_silence_and_a_moment_of_music_have_no_beats(analyst: MediaAnalyst, tmp_path: Path) -> None:
    assert played(analyst, tmp_path / "silent.wav", np.zeros((2, 6 * RATE), np.float32)).beats == ()
    assert played(analyst, tmp_path / "short.wav", drums(120, 0.3, 0.0)[0]).beats == ()


def test_music_is_measured_too(analyst: MediaAnalyst, tmp_path: Path) -> None:
    found = look(analyst, write_music(tmp_path / "m.mp3", 3.0))
    assert found.facts.kind is Kind.MUSIC
    assert found.facts.seconds == pytest.approx(3.0, abs=0.1)
    assert found.loudness is not None
