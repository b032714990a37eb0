"""What a header and the first frames say, once they have been opened."""

from itertools import islice

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Stream
from av.video.stream import VideoStream
from PIL import Image

from infra.decode.clips import AGAIN, packets_of, picture_of, pictures_in, seconds_of, shown_size, sound_of, sounds_in
from infra.decode.photos import upright_size
from infra.decode.sniff import Content
from internal.errors import BrokenMedia
from internal.media import Facts, Kind

#: tried for a first frame: a few may be damaged, or come before the first key frame; but a probe reads little
MOST_PACKETS = 120


def photo_facts(photo: Image.Image, content: Content) -> Facts:
    width, height = upright_size(photo)
    return Facts(kind=Kind.PHOTO, content_type=content.content_type, width=width, height=height)


def film_facts(container: InputContainer, content: Content, size: int) -> Facts:
    """Of a clip or music of `size` bytes; decodes the first frame of each of its streams. `seconds` is 0 when the
    header does not say, as browsers record. Raises UnreadableMedia."""
    picture, sound = picture_of(container), sound_of(container)
    for stream in filter(None, (picture, sound)):
        _whole(stream, size)
    width, height = _first_picture(container, picture) if picture else (0, 0)
    if sound and not picture:
        _first_sound(container, sound)
    medium, subtype = "video" if picture else "audio", content.content_type.partition("/")[2]
    return Facts(
        kind=Kind.CLIP if picture else Kind.MUSIC,
        content_type=f"{medium}/{subtype}",
        width=width,
        height=height,
        seconds=round(seconds_of(container), 3),
        has_sound=sound is not None,
    )


def _whole(stream: Stream, size: int) -> None:
    """The header's index may name packets past the end: a copy cut short, which begins as if nothing were wrong."""
    end = max((entry.pos + entry.size for entry in stream.index_entries), default=0)
    if end > size:
        raise BrokenMedia(f"This file is cut off: {size} of at least {end} bytes are here. {AGAIN}")


def _first_picture(container: InputContainer, picture: VideoStream) -> tuple[int, int]:
    packets = islice(packets_of(container, picture), MOST_PACKETS)
    frame = next((frame for packet in packets for frame in pictures_in(packet)), None)
    if frame is None:
        raise BrokenMedia(f"This clip holds no picture that can be decoded. {AGAIN}")
    return shown_size(frame, picture)


def _first_sound(container: InputContainer, sound: AudioStream) -> None:
    packets = islice(packets_of(container, sound), MOST_PACKETS)
    if not any(sounds_in(packet) for packet in packets):
        raise BrokenMedia(f"This file holds no sound that can be decoded. {AGAIN}")
