"""The film's sound, a second at a time: each clip's own at its place, and the music, softer under it."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from infra.composer.sound import RATE, Reader, Samples, decoded, looped, silence
from internal.errors import UnreadableMedia
from internal.film import Film
from internal.media import Kind
from internal.vlog import Music

#: samples in one piece of work
BLOCK = RATE
#: seconds
_MUSIC_IN, _MUSIC_OUT = 1.0, 2.5
#: a clip's own sound fades this long even at a hard cut, in samples, lest it clicks
_SOFT_CUT = RATE // 30


def mixed(film: Film, media: Mapping[str, Path]) -> Iterator[Samples]:
    """Exactly as long as the picture. Raises UnreadableMedia that names the media."""
    length = _samples_in(film.frames, film)
    with ExitStack() as stack:
        voices = [stack.enter_context(closing(voice)) for voice in _voices(film, media)]
        music = stack.enter_context(closing(_music(film.music, film, media))) if film.music else None
        ducking = Ducking()
        for at in range(0, length, BLOCK):
            block = silence(min(BLOCK, length - at))
            for voice in voices:
                voice.add(block, at)
            if music:
                music.add(block, at, ducking.gains(block))
            yield block


@dataclass(frozen=True)
class Span:
    """Where a sound is heard, in samples of the film, and how it comes and goes."""

    begin: int
    end: int
    fade_in: int
    fade_out: int
    volume: float = 1.0

    def gains(self, at: int, count: int) -> Samples:
        """One for each sample from `at` on, in a column."""
        place = np.arange(at, at + count, dtype=np.float32)
        rise = (place - self.begin) / max(1, self.fade_in)
        fall = (self.end - place) / max(1, self.fade_out)
        return (np.clip(np.minimum(rise, fall), 0, 1) * self.volume)[:, None].astype(np.float32)


class Voice:
    """A sound that plays through its span."""

    def __init__(self, name: str, reader: Reader, span: Span) -> None:
        self._name, self._reader, self._span = name, reader, span

    def add(self, block: Samples, at: int, gains: Samples | float = 1.0) -> None:
        """Add what falls into the block that begins at sample `at`; blocks come in order."""
        begin, end = max(at, self._span.begin), min(at + len(block), self._span.end)
        if begin >= end:
            return
        with _naming(self._name):
            heard = self._reader.take(end - begin)
        block[begin - at : end - at] += heard * self._span.gains(begin, end - begin) * gains
        if end == self._span.end:
            self.close()

    def close(self) -> None:
        self._reader.close()


class Ducking:
    """How far the music steps back: quickly when something is to be heard over it, slowly forward again."""

    _HOP = RATE // 50
    _HEARD = 0.02
    _SOFTER, _NORMAL = 10 ** (-13 / 20), 10 ** (-4 / 20)
    #: shares of the way covered in one hop
    _BACK, _FORWARD = 0.25, 0.03

    def __init__(self) -> None:
        self._gain = self._NORMAL

    def gains(self, block: Samples) -> Samples:
        """One for each sample of the block, in a column."""
        hops = -(-len(block) // self._HOP)
        padded = np.concatenate((block, silence(hops * self._HOP - len(block))))
        loud = np.sqrt((padded.reshape(hops, -1) ** 2).mean(axis=1)) > self._HEARD
        steps = [self._gain, *(self._step(heard) for heard in loud)]
        places = np.arange(len(block)) / self._HOP
        return np.interp(places, np.arange(len(steps)), steps)[:, None].astype(np.float32)

    def _step(self, heard: bool) -> float:
        goal = self._SOFTER if heard else self._NORMAL
        self._gain += (goal - self._gain) * (self._BACK if goal < self._gain else self._FORWARD)
        return self._gain


def _voices(film: Film, media: Mapping[str, Path]) -> Iterator[Voice]:
    """Neighbours that overlap in the picture fade into each other."""
    shared = (0, *film.overlaps, 0)
    for number, (scene, first, count) in enumerate(zip(film.scenes, film.starts, film.counts, strict=True)):
        if scene.kind is Kind.CLIP and scene.volume > 0:
            fade_in, fade_out = (max(_samples_in(frames, film), _SOFT_CUT) for frames in shared[number : number + 2])
            begin, end = _samples_in(first, film), _samples_in(first + count, film)
            span = Span(begin, end, fade_in, fade_out, scene.volume)
            yield Voice(scene.sha256, Reader(decoded(media[scene.sha256], scene.start)), span)


def _music(music: Music, film: Film, media: Mapping[str, Path]) -> Voice:
    """In a film shorter than the fades they take a third of it each."""
    name, length = music.sha256, _samples_in(film.frames, film)
    fades = (min(int(seconds * RATE), length // 3) for seconds in (_MUSIC_IN, _MUSIC_OUT))
    return Voice(name, Reader(looped(media[name])), Span(0, length, *fades))


def _samples_in(frames: int, film: Film) -> int:
    return frames * RATE // film.canvas.fps


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Say which media it was."""
    try:
        yield
    except UnreadableMedia as error:
        raise UnreadableMedia(str(error), name) from error
