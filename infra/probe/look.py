"""What the probe's child does: the header and the first frames of one object, as facts."""

import io
from typing import BinaryIO, cast

from infra.decode.budgets import MIB
from infra.decode.clips import open_clip
from infra.decode.facts import film_facts, photo_facts
from infra.decode.photos import open_photo, upright_rgb
from infra.decode.sniff import Family, sniff_file
from infra.probe.ranged import RangedFile
from internal.media import Facts

#: a photo is read whole; the header of a clip of an hour at 60 frames a second is about 10 MiB
BYTES = 128 * MIB
#: a photo with more pixels is decoded by the worker only, unless it is a JPEG, which decodes small
DECODED_PIXELS = 24_000_000
SMALL = (256, 256)


def look(url: str, size: int) -> dict[str, object]:
    """Facts as JSON. Raises UnreadableMedia, TemporaryFailure."""
    with io.BufferedReader(RangedFile(url, size, BYTES), MIB // 16) as source:
        return _facts(cast(BinaryIO, source), size).model_dump(mode="json")


def _facts(source: BinaryIO, size: int) -> Facts:
    content = sniff_file(source)
    if content.family is Family.FILM:
        with open_clip(source) as container:
            return film_facts(container, content, size)
    with open_photo(source) as photo:
        facts = photo_facts(photo, content)
        if content.reader == "JPEG" or facts.width * facts.height <= DECODED_PIXELS:
            upright_rgb(photo, SMALL)
        return facts
