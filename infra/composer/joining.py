"""Joining the film, in a child process: pictures copied from the chunks as they are, sound mixed and encoded."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from infra.composer.encoder import translate_errors
from infra.composer.sound.decoding import RATE
from infra.composer.sound.mastering import BIT_RATE, CODEC, OPTIONS, encoded
from infra.composer.sound.mix import mixed
from infra.composer.sound.recording import Recording
from internal.errors import UnreadableMedia
from internal.film import Film

#: frames by which H.264 is decoded ahead of being shown, with the B-frames our preset makes
_REORDERED = 2


def join(film: dict[str, Any], chunks: Sequence[str], media: Mapping[str, str], out: str) -> dict[str, str]:
    """Called in a child, with JSON. `chunks`: their files in order; `media`: paths by content hash. Answers
    as `infra.composer.chunks.render` does."""
    wanted = Film.model_validate(film)
    try:
        _write(wanted, [Path(chunk) for chunk in chunks], {name: Path(path) for name, path in media.items()}, out)
    except UnreadableMedia as error:
        return {"unreadable": error.field or "", "reason": str(error)}
    return {}


def _write(film: Film, chunks: Sequence[Path], media: Mapping[str, Path], out: str) -> None:
    """The sound is recorded first, since it must be known as a whole before it can be levelled."""
    folder = Path(out).parent
    with (
        translate_errors(),
        Recording.of(mixed(film, media, folder), folder) as sound,
        av.open(out, "w", format="mp4", options={"movflags": "+faststart"}) as container,
    ):
        pictures = _pictures(chunks, _picture_track(container, chunks[0]), film.canvas.fps)
        sounds = _sounds(sound, _sound_track(container))
        for packet in heapq.merge(pictures, sounds, key=_decoded_at):
            container.mux(packet)


def _picture_track(container: OutputContainer, chunk: Path) -> VideoStream:
    with av.open(str(chunk)) as source:
        return container.add_stream_from_template(source.streams.video[0])


def _sound_track(container: OutputContainer) -> AudioStream:
    """Set as the sound's own encoder is, so that it describes its packets."""
    track = cast(AudioStream, container.add_stream(CODEC, rate=RATE, layout="stereo", options=OPTIONS))
    track.bit_rate = BIT_RATE
    return track


# PyAV's packets are generic for type checkers only, hence the quotes.
def _pictures(chunks: Sequence[Path], track: VideoStream, fps: int) -> "Iterator[Packet[Any]]":
    """Numbered through the whole film: packets come one frame after the other, in the order of decoding."""
    frame = Fraction(1, fps)
    first = number = 0
    for chunk in chunks:
        with av.open(str(chunk)) as source:
            for packet in source.demux(video=0):
                if packet.pts is None or packet.time_base is None:
                    continue  # the end
                packet.pts = first + round(packet.pts * packet.time_base / frame)
                packet.dts, packet.duration, packet.time_base = number - _REORDERED, 1, frame
                packet.stream = track
                number += 1
                yield packet
        first = number


def _sounds(sound: Recording, track: AudioStream) -> "Iterator[Packet[Any]]":
    for packet in encoded(sound):
        packet.stream = track
        yield packet


def _decoded_at(packet: "Packet[Any]") -> float:
    return float(packet.dts * packet.time_base) if packet.dts is not None and packet.time_base else 0.0
