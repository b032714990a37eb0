"""Making the film's sound, in a child process: mixed, as loud as other films, encoded, alone in its file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

from infra.composer.encoder import translate_errors
from infra.composer.files import file_of, unfinished
from infra.composer.sound.decoding import RATE
from infra.composer.sound.mastering import BIT_RATE, CODEC, OPTIONS, encoded
from infra.composer.sound.mix import mixed
from infra.composer.sound.recording import Recording
from internal.film import Soundtrack


def render(soundtrack: dict[str, Any], media: Mapping[str, str], folder: str) -> None:
    """Called in a child, with JSON. `media`: paths by content hash. The file gets its name, in `folder`, when it is
    whole. Raises as `infra.composer.chunks.render`."""
    wanted = Soundtrack.model_validate(soundtrack)
    out = file_of(wanted, Path(folder))
    _write(wanted, {name: Path(path) for name, path in media.items()}, unfinished(out))
    unfinished(out).replace(out)


def _write(wanted: Soundtrack, media: Mapping[str, Path], out: Path) -> None:
    """The sound is recorded first, since it must be known as a whole before it can be levelled."""
    with (
        translate_errors(),
        Recording.of(mixed(wanted.film, media, out.parent), out.parent) as sound,
        av.open(str(out), "w", format="mp4") as container,
    ):
        track = _track(container)
        for packet in encoded(sound):
            packet.stream = track
            container.mux(packet)


def _track(container: OutputContainer) -> AudioStream:
    """Set as the sound's own encoder is, so that it describes its packets."""
    track = cast(AudioStream, container.add_stream(CODEC, rate=RATE, layout="stereo", options=OPTIONS))
    track.bit_rate = BIT_RATE
    return track
