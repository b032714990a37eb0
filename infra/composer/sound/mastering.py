"""The film's sound made as loud as others, and encoded: −14 LUFS and no peak above −1 dBFS, as it will be heard.

It is raised or lowered as a whole, which keeps soft and loud apart; only its peaks are limited.
AAC gives back other peaks than it was given, and less of what is high. So what it made of the
sound is listened to, and made anew if it is not right, which of most films it is.
"""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, cast

import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.codec import CodecContext
from av.packet import Packet

from infra.composer.sound.decoding import RATE, Samples
from infra.composer.sound.loudness import Filter, filtered, loudness
from infra.composer.sound.recording import Recording

CODEC, BIT_RATE = "aac", 192_000
#: without intensity stereo: it makes both channels one, and peaks up to 2 dB higher than they were
OPTIONS = {"aac_is": "0"}
#: in LUFS, and dBFS
GOAL, CEILING = -14.0, -1.0
#: in LUFS: nothing is raised by more than it is louder than this, lest near-silence becomes noise
_NEAR_SILENCE = -66.0
#: in dB: what AAC mostly adds to a peak, and more than it does to square waves; limiting is not fought without end
_HEADROOM, _MOST_HEADROOM, _MOST_CORRECTION = 1.2, 4.0, 12.0
#: in LU: near enough before encoding, and after; or no nearer after so many times
_NEAR, _NEAR_ENCODED, _ROUNDS = 0.1, 0.3, 4


# PyAV's packets are generic for type checkers only, hence the quotes.
def encoded(sound: Recording) -> "Sequence[Packet[Any]]":
    """AAC packets, their times in samples: 24 kB a second, few enough to hold."""
    natural, limit = loudness(sound.pieces()), CEILING - _HEADROOM
    if natural == -math.inf:
        return _Encoded(sound, (_limiter(CEILING - _MOST_HEADROOM),)).packets
    aim = wanted = min(GOAL, natural + max(0.0, natural - _NEAR_SILENCE))
    for _ in range(_ROUNDS):
        filters, given = _filters(sound, natural, aim, limit)
        made = _Encoded(sound, filters)
        lost = given - made.loudness - (aim - wanted)
        if made.peak <= CEILING and abs(lost) < _NEAR_ENCODED:
            break
        aim, limit = aim + lost, limit - max(0.0, made.peak - CEILING)
    return made.packets


def _filters(sound: Recording, natural: float, aim: float, limit: float) -> tuple[Sequence[Filter], float]:
    """What brings the sound from one loudness to the other, and how near it comes. The limiter takes some of
    the gain back, so it is listened to again."""
    gain = aim - natural
    for _ in range(_ROUNDS):
        filters = (("volume", f"{gain:.3f}dB"), _limiter(limit))
        given = loudness(sound.pieces(), *filters)
        if abs(aim - given) < _NEAR:
            break
        gain = min(gain + aim - given, aim - natural + _MOST_CORRECTION)
    return filters, given


def _limiter(limit: float) -> Filter:
    return "alimiter", f"limit={limit:.2f}dB:level=disabled:attack=5:release=50:latency=1"


class _Encoded:
    """Packets, and how loud (LUFS) and high (dBFS) a player will hear them."""

    def __init__(self, sound: Recording, filters: Sequence[Filter]) -> None:
        encoder = _encoder()
        self.packets = list(_packets(sound, filters, encoder))
        self._highest = 0.0
        self.loudness = loudness(self._heard(encoder))
        self.peak = 20 * math.log10(self._highest) if self._highest else -math.inf

    def _heard(self, encoder: AudioCodecContext) -> Iterator[Samples]:
        decoder = cast(AudioCodecContext, CodecContext.create(CODEC, "r"))
        decoder.extradata = encoder.extradata
        for packet in (*self.packets, None):
            for frame in decoder.decode(packet):
                samples: Samples = frame.to_ndarray().T.astype(np.float32, copy=False)
                self._highest = max(self._highest, float(np.abs(samples).max(initial=0)))
                yield samples


def _encoder() -> AudioCodecContext:
    encoder = cast(AudioCodecContext, CodecContext.create(CODEC, "w"))
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "stereo", "fltp"
    encoder.bit_rate, encoder.options, encoder.time_base = BIT_RATE, OPTIONS, Fraction(1, RATE)
    return encoder


def _packets(sound: Recording, filters: Sequence[Filter], encoder: AudioCodecContext) -> "Iterator[Packet[Any]]":
    for frame in filtered(sound.pieces(), *filters):
        yield from encoder.encode(frame)
    yield from encoder.encode(None)
