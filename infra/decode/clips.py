"""Opening one clip or piece of music: FFmpeg sees one demuxer, known codecs, and no file but the one given."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NoReturn, TypeVar

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from infra.decode.budgets import FRAME_PIXELS, FRAMES, LONGEST_SECONDS, MEGA
from infra.decode.sniff import Family, sniff_file
from internal.errors import BrokenMedia, HeavyMedia, StorageFull, UnreadableMedia

#: what cameras, phones and editors write; every other decoder in FFmpeg stays out of reach
PICTURE_CODECS = frozenset(
    {"h264", "hevc", "av1", "libdav1d", "vp8", "vp9", "mpeg4", "mpeg2video", "mpeg1video", "h263", "mjpeg", "prores"}
)
SOUND_CODECS = frozenset(
    {"aac", "mp3", "mp3float", "mp2", "mp2float", "opus", "vorbis", "flac", "alac", "ac3", "eac3", "amrnb", "amrwb"}
    | {"pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_f32le", "pcm_alaw", "pcm_mulaw"}
    | {"pcm_bluray", "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt"}
)
#: a decoder's words for a packet that it cannot make sense of; some, as AAC's, have numbers of their own
DAMAGE = (av.error.InvalidDataError, av.error.PatchWelcomeError, av.error.UndefinedError)
S = TypeVar("S", VideoStream, AudioStream)
AGAIN = "Copy it again from where it came from."
#: a frame is due when its time is less than this away, in seconds: time stamps are rounded
SOON = 0.002
#: seconds: MPEG-TS, which knows no places of key frames, is entered anywhere, and shows nothing before the next one
_STEPS_BACK = (0.0, 2.0, 10.0, float("inf"))


@contextmanager
def translate_errors(label: str) -> Iterator[None]:
    """FFmpeg's errors as UnreadableMedia; a full disk, met while the block also writes, is StorageFull."""
    try:
        yield
    except (av.error.FFmpegError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise StorageFull("There is no room left to write the film.") from error
        raise BrokenMedia(f"This {label} file is damaged or cut off and cannot be decoded. {AGAIN}") from error


@contextmanager
def open_clip(source: BinaryIO) -> Iterator[InputContainer]:
    """Its container, headers read, budgets checked. Raises UnreadableMedia, also for what its block raises in
    decoding."""
    content = sniff_file(source)
    if content.family is not Family.FILM:
        raise UnreadableMedia(f"This is {content.label}, neither clip nor music.")
    with (
        translate_errors(content.label),
        av.open(source, "r", options=_options(content.reader), io_open=_refuse, metadata_errors="replace") as container,
    ):
        _within_budget(container)
        yield container


def picture_of(container: InputContainer) -> VideoStream | None:
    """Its moving picture; the cover of a song is none."""
    shown = (s for s in container.streams.video if not s.disposition & Disposition.attached_pic)
    return next(shown, None)


def sound_of(container: InputContainer) -> AudioStream | None:
    """Its first sound that we decode: a phone may write another beside it that only its own kind plays."""
    return next((stream for stream in container.streams.audio if _is_known(stream)), None)


def begins_at(container: InputContainer) -> float:
    """What its time stamps say when its picture begins (its sound, where there is no picture), in seconds: all
    that is said of its seconds counts from there."""
    stream = picture_of(container) or sound_of(container)
    return float(stream.start_time * stream.time_base) if stream and stream.start_time and stream.time_base else 0.0


def packets_of(container: InputContainer, stream: S) -> "Iterator[Packet[S]]":
    """To the end, or until the container is too damaged to find another."""
    try:
        yield from container.demux(stream)
    except av.error.InvalidDataError:
        return


def pictures_in(packet: "Packet[VideoStream]") -> list[VideoFrame]:
    """What is damaged costs itself only, as in any player."""
    try:
        return packet.stream.decode(packet)
    except DAMAGE:
        return []


def frames_from(
    container: InputContainer,
    stream: VideoStream,
    time: float,
    unseen: "Callable[[Packet[VideoStream]], bool] | None" = None,
) -> Iterator[VideoFrame]:
    """Its pictures from the key frame before `time` on, as time stamps count it in seconds, or from the first one if
    none can be found. Of what is `unseen` only those are decoded that serve to decode others."""
    begin = begins_at(container)
    if time <= begin or not stream.time_base:
        yield from _frames(container, stream, unseen)
        return
    for earlier in _STEPS_BACK:
        container.seek(int(max(time - earlier, begin - 1) / stream.time_base), stream=stream)
        frames = _frames(container, stream, unseen)
        first = next(frames, None)
        if first is not None and (time_of(first) <= time + SOON or time - earlier < begin):
            yield first
            yield from frames
            return


def _frames(
    container: InputContainer, stream: VideoStream, unseen: "Callable[[Packet[VideoStream]], bool] | None"
) -> Iterator[VideoFrame]:
    for packet in packets_of(container, stream):
        if unseen is not None:
            stream.codec_context.skip_frame = "NONREF" if unseen(packet) else "DEFAULT"
        yield from pictures_in(packet)


def time_of(frame: VideoFrame) -> float:
    """As its time stamp has it, in seconds; what has none is shown at once."""
    return frame.time if frame.time is not None else float("-inf")


def sounds_in(packet: "Packet[AudioStream]") -> list[AudioFrame]:
    """As `pictures_in`."""
    try:
        return packet.stream.decode(packet)
    except DAMAGE:
        return []


def seconds_of(container: InputContainer) -> float:
    """Length in seconds as its header says; 0 when it says nothing."""
    if container.duration is not None:
        return max(0.0, container.duration / 1_000_000)
    lengths = [float(s.duration * s.time_base) for s in container.streams if s.duration and s.time_base]
    return max(lengths, default=0.0)


def shown_size(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height as shown: pixels made square, then turned upright."""
    shape = stream.sample_aspect_ratio
    width = round(frame.width * float(shape)) if shape else frame.width
    return (frame.height, width) if frame.rotation % 180 else (width, frame.height)


def upright(frame: NDArray[np.uint8], rotation: int) -> NDArray[np.uint8]:
    """Pixels (rows first) of a frame whose display matrix says `rotation` degrees, anticlockwise. Odd angles
    are rounded to quarters."""
    return np.rot90(frame, round(rotation / 90))


def _options(demuxers: str) -> dict[str, str]:
    # The source is an object of ours: FFmpeg needs no protocol at all, and an empty list would mean "any".
    return {"format_whitelist": demuxers, "protocol_whitelist": "none"}


def _refuse(*_: Any) -> NoReturn:
    """FFmpeg asks for a second file: a manifest, a reference track, a key."""
    raise PermissionError("a clip may not open other files")


def _within_budget(container: InputContainer) -> None:
    picture, sound = picture_of(container), sound_of(container)
    if picture is None and not container.streams.audio:
        raise UnreadableMedia("This file holds neither picture nor sound.")
    if (picture is not None and not _is_known(picture)) or (picture is None and sound is None):
        raise UnreadableMedia("It is cut off, or made in a way we do not decode. Save it as MP4 (H.264, AAC).")
    if seconds_of(container) > LONGEST_SECONDS:
        minutes = LONGEST_SECONDS / 60
        raise HeavyMedia(f"It is {seconds_of(container) / 60:.0f} minutes long; the most is {minutes:.0f}. Cut it.")
    if picture is not None:
        _picture_within_budget(picture)


def _is_known(stream: VideoStream | AudioStream) -> bool:
    codec = stream.codec_context and stream.codec_context.codec.name
    return codec in PICTURE_CODECS | SOUND_CODECS


def _picture_within_budget(picture: VideoStream) -> None:
    if picture.width * picture.height > FRAME_PIXELS:
        most = FRAME_PIXELS // MEGA
        raise HeavyMedia(
            f"This clip is {picture.width} × {picture.height} pixels; the most is {most} megapixels. Make it smaller."
        )
    if picture.frames > FRAMES:
        raise HeavyMedia(f"This clip has {picture.frames} frames; the most is {FRAMES}. Cut it.")
