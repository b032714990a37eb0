"""The film's sound, a second at a time: each clip's own at its place, and the music, softer under it."""

import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import numpy as np

from infra.composer.sound.decoding import RATE, Samples, decoded, silence
from infra.composer.sound.levels import AMBIENCE, SPEECH, Envelope, gain_to, is_heard_speaking
from infra.composer.sound.loudness import loudness
from infra.composer.sound.playing import Playing
from infra.composer.sound.recording import Recording
from internal.errors import UnreadableMedia
from internal.film import Film
from internal.media import Kind, Span
from internal.vlog import Scene

#: samples in one piece of work
BLOCK = RATE
#: samples: a clip's own sound fades this long even at a hard cut, and at the film's end
_SOFT_CUT, _LAST = RATE // 30, RATE


def mixed(film: Film, media: Mapping[str, Path], folder: Path) -> Iterator[Samples]:
    """Exactly as long as the picture. What must be kept meanwhile is kept in `folder`. Raises UnreadableMedia
    that names the media, and OSError when the disk is full."""
    length = _samples_in(film.frames, film)
    with ExitStack() as stack:
        sounds: list[Voice | Playing] = [stack.enter_context(closing(one)) for one in _voices(film, media, folder)]
        if film.music and film.music.volume > 0:
            with _naming(film.music.sha256):
                playing = Playing(film.music, film, media[film.music.sha256], folder)
            sounds.append(stack.enter_context(closing(playing)))
        for at in range(0, length, BLOCK):
            block = silence(min(BLOCK, length - at))
            for one in sounds:
                one.add(block, at)
            yield block


class Voice:
    """A clip's own sound, heard through its envelope, recorded only while it is."""

    def __init__(self, scene: Scene, path: Path, envelope: Envelope, folder: Path) -> None:
        self._scene, self._path, self._envelope, self._folder = scene, path, envelope, folder
        self._recording: Recording | None = None
        self._gain = np.float32(1)

    def add(self, block: Samples, at: int) -> None:
        """To the block that begins at sample `at`; blocks come in order."""
        begin, end = max(at, self._envelope.begin), min(at + len(block), self._envelope.end)
        if begin >= end:
            return
        recording = self._recording = self._recorded() if self._recording is None else self._recording
        gains = self._envelope.gains(begin, end - begin) * self._gain
        block[begin - at : end - at] += recording.read(begin - self._envelope.begin, end - begin) * gains
        if end == self._envelope.end:
            self.close()

    def close(self) -> None:
        if self._recording is not None:
            self._recording.close()

    def _recorded(self) -> Recording:
        with _naming(self._scene.sha256):
            sound = decoded(self._path, self._scene.start)
            recording = Recording.of(sound, self._folder, self._envelope.end - self._envelope.begin)
        self._gain = np.float32(self._scene.volume * _evened(self._scene, recording))
        return recording


def _evened(scene: Scene, recording: Recording) -> float:
    """One factor for the whole scene, which does not pump: speech is as loud as in other scenes, whatever is
    heard beside it. A word too short to be measured is taken to be as loud as all around it."""
    if not is_heard_speaking(scene):
        return gain_to(AMBIENCE, loudness(recording.pieces()), most=0)
    spoken = loudness(piece for span in scene.speech for piece in recording.pieces(*_samples(span)))
    return gain_to(SPEECH, spoken if spoken > -math.inf else loudness(recording.pieces()))


def _voices(film: Film, media: Mapping[str, Path], folder: Path) -> Iterator[Voice]:
    """Neighbours that overlap in the picture fade into each other."""
    last = min(_LAST, _samples_in(film.counts[-1], film) // 3)
    shared = (0, *(_samples_in(frames, film) for frames in film.overlaps), last)
    for number, (scene, first, count) in enumerate(zip(film.scenes, film.starts, film.counts, strict=True)):
        if scene.kind is Kind.CLIP and scene.volume > 0:
            begin, end = _samples_in(first, film), _samples_in(first + count, film)
            envelope = _around_words(scene, Envelope(begin, end, *shared[number : number + 2]))
            yield Voice(scene, media[scene.sha256], envelope, folder)


def _around_words(scene: Scene, fading: Envelope) -> Envelope:
    """As much of these fades as is over when the first word comes, and can wait for the last."""
    spans = [_samples(span) for span in scene.speech]
    before = min((start for start, _ in spans), default=fading.fade_in)
    after = fading.end - fading.begin - max((stop for _, stop in spans), default=0)
    fades = min(fading.fade_in, before), min(fading.fade_out, after)
    return Envelope(fading.begin, fading.end, *(max(_SOFT_CUT, fade) for fade in fades))


def _samples(span: Span) -> tuple[int, int]:
    return round(span.start * RATE), round(span.end * RATE)


def _samples_in(frames: int, film: Film) -> int:
    return frames * RATE // film.canvas.fps


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Say which media it was."""
    try:
        yield
    except UnreadableMedia as error:
        error.field = name
        raise
