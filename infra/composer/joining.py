"""Joining the film, in a child process: pictures and sound copied from its pieces as they are."""

import heapq
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from infra.composer.encoder import translate_errors

#: for each stream: FFmpeg would decode the first frames of every chunk to learn what the first one tells already, for
#: twice as long as all of joining takes. PyAV's types are wrong about it
_UNPROBED: Any = [{"skip_frame": "all"}]
#: frames by which H.264 is decoded ahead of being shown, with the B-frames our preset makes
_REORDERED = 2


def join(chunks: Sequence[str], soundtrack: str, fps: int, out: str) -> None:
    """Called in a child, with JSON. `chunks`: their files in order. Raises StorageFull, TemporaryFailure."""
    with (
        translate_errors(),
        av.open(soundtrack) as sound,
        av.open(out, "w", format="mp4", options={"movflags": "+faststart"}) as container,
    ):
        pictures = _pictures([Path(chunk) for chunk in chunks], _picture_track(container, chunks[0]), fps)
        sounds = _sounds(sound, container.add_stream_from_template(sound.streams.audio[0]))
        for packet in heapq.merge(pictures, sounds, key=_decoded_at):
            container.mux(packet)


def _picture_track(container: OutputContainer, chunk: str) -> VideoStream:
    with av.open(chunk) as source:
        return container.add_stream_from_template(source.streams.video[0])


# PyAV's packets are generic for type checkers only, hence the quotes.
def _pictures(chunks: Sequence[Path], track: VideoStream, fps: int) -> "Iterator[Packet[Any]]":
    """Numbered through the whole film: packets come one frame after the other, in the order of decoding."""
    frame = Fraction(1, fps)
    first = number = 0
    for chunk in chunks:
        with av.open(str(chunk), stream_options=_UNPROBED) as source:
            for packet in source.demux(video=0):
                if packet.pts is None or packet.time_base is None:
                    continue  # the end
                packet.pts = first + round(packet.pts * packet.time_base / frame)
                packet.dts, packet.duration, packet.time_base = number - _REORDERED, 1, frame
                packet.stream = track
                number += 1
                yield packet
        first = number


def _sounds(source: InputContainer, track: AudioStream) -> "Iterator[Packet[Any]]":
    for packet in source.demux(audio=0):
        if packet.dts is not None:  # the end has none
            packet.stream = track
            yield packet


def _decoded_at(packet: "Packet[Any]") -> float:
    return float(packet.dts * packet.time_base) if packet.dts is not None and packet.time_base else 0.0
