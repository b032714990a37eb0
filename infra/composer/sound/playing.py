"""The film's music as it plays: the part that was asked for, over and over without a seam, faded at its end."""

from pathlib import Path

import numpy as np

from infra.composer.sound.decoding import EDGE, RATE, Samples, decoded, silence
from infra.composer.sound.levels import MUSIC, Ducking, Envelope, gain_to
from infra.composer.sound.loudness import loudness
from infra.composer.sound.recording import Recording
from internal.errors import MusicOver, NoSound
from internal.film import Film
from internal.vlog import SEAM, Music

#: samples in which it comes at the film's start
_RISE = RATE // 4
#: samples in which one round goes over into the next
_SEAM = round(SEAM * RATE)


class Playing:
    """Added to the film's sound block by block."""

    def __init__(self, music: Music, film: Film, path: Path, folder: Path) -> None:
        """Raises UnreadableMedia when there is nothing to hear."""
        length = film.frames * RATE // film.canvas.fps
        part = length if music.end is None else max(0, round((music.end - music.start) * RATE))
        self._recording = _recorded(music, min(part, length), path, folder)
        self._round = _round(music, part, len(self._recording))
        end = length if self._round else min(length, len(self._recording))
        fades = (min(samples, end // 3) for samples in (_RISE, max(EDGE, round(music.fade * RATE))))
        self._envelope = Envelope(0, end, *fades)
        self._ducking = Ducking(film, music.volume)
        self._gain = np.float32(music.volume * gain_to(MUSIC, loudness(self._recording.pieces())))

    def close(self) -> None:
        self._recording.close()

    def add(self, block: Samples, at: int) -> None:
        """To the block that begins at sample `at`."""
        gains = self._envelope.gains(at, len(block)) * self._ducking.gains(at, len(block))
        block += self._heard(at, len(block)) * gains * self._gain

    def _heard(self, at: int, count: int) -> Samples:
        """Each round lasts into the next by a seam."""
        if not self._round:
            return self._recording.read(at, count)
        heard = silence(count)
        for begin in range(max(0, at - _SEAM) // self._round * self._round, at + count, self._round):
            first, last = max(at, begin), min(at + count, begin + self._round + _SEAM)
            seams = Envelope(begin, begin + self._round + _SEAM, _SEAM if begin else 0, _SEAM)
            samples = self._recording.read(first - begin, max(0, last - first))
            heard[first - at : first - at + len(samples)] += samples * seams.gains(first, len(samples))
        return heard


def _recorded(music: Music, most: int, path: Path, folder: Path) -> Recording:
    """With a seam's worth behind it, where it may begin again."""
    recording = Recording.of(decoded(path, music.start), folder, most + _SEAM * music.loop)
    if not len(recording) and music.start:
        raise MusicOver("The music is over before the second at which it should begin. Let it begin earlier.")
    if not len(recording):
        raise NoSound("There is no sound in the music file. Choose another.")
    return recording


def _round(music: Music, part: int, recorded: int) -> int:
    """After how many samples it begins again: as long as the part, or up to a seam before the file's end. 0
    for never; what is hardly longer than its seams is not looped."""
    lasting = min(part, recorded - _SEAM)
    return lasting if music.loop and lasting > 2 * _SEAM else 0
