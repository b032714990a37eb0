"""How media come in: straight to the media store in signed parts, or through us when small.

Either way the object is looked at where it lies, by ranged reads in a limited child, before
anything may use it; what is refused is removed again.
"""

import logging
import math
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import BinaryIO

from internal.errors import (
    BrokenMedia,
    Conflict,
    FilesRefused,
    InvalidInput,
    NotFound,
    Refused,
    TemporaryFailure,
    TooLarge,
    UnreadableMedia,
)
from internal.media import Media, MediaState
from internal.ports import Part, Services

log = logging.getLogger(__name__)

MIB = 1024 * 1024
MOST_BYTES = 2048 * MIB
QUOTA = 10 * 1024 * MIB
LONGEST_NAME = 255
#: all parts but the last have one size, a few times this: the stores want at least 5 MiB and at most 10,000 parts
PART = 8 * MIB
#: a large file has larger parts, as each costs a browser two requests: of four times the size a gigabyte is sent in
#: half the time; still larger ones would be sent again for too long where connections break
USUAL_PARTS, MOST_TIMES = 32, 4
#: for the signed URLs of parts and of the probe
PART_LIFETIME, PROBE_LIFETIME = timedelta(hours=1), timedelta(minutes=2)


@dataclass(frozen=True)
class Upload:
    """An upload under way: which parts have arrived, and where to PUT the others (number to URL)."""

    media: Media
    arrived: Sequence[Part]
    missing: dict[int, str]


@dataclass(frozen=True)
class Incoming:
    """A file that came with a request; `field` is where in it, `size` is in bytes."""

    field: str
    name: str
    data: BinaryIO
    size: int


def start(services: Services, owner_id: str, name: str, size: int) -> Upload:
    """Raises InvalidInput, TooLarge."""
    media = _new(owner_id, name, size)
    upload_id = services.media.start_upload(media.key, "application/octet-stream")
    media = replace(media, upload_id=upload_id, part_size=_part_size_for(size))
    with services.store.begin() as tx:
        tx.add_media(media, QUOTA)
    return _upload(services, media, ())


def status(services: Services, owner_id: str, media_id: str) -> Upload:
    """Raises NotFound, Conflict when it is complete already."""
    media = services.store.media(owner_id, media_id)
    if media.state is MediaState.READY or not media.upload_id:
        raise Conflict("This upload is complete.")
    return _upload(services, media, services.media.parts(media.key, media.upload_id))


def complete(services: Services, owner_id: str, media_id: str) -> Media:
    """Join the parts and look at the file. May be asked twice. Raises NotFound, InvalidInput when parts are
    missing, UnreadableMedia when it is no photo, clip or music we can use: then it is removed."""
    media = services.store.media(owner_id, media_id)
    if media.state is MediaState.READY:
        return media
    _join(services, media)
    return _accept(services, media)


def receive(services: Services, owner_id: str, name: str, data: BinaryIO, size: int) -> Media:
    """Take a small file through us, or leave nothing of it. Raises InvalidInput, TooLarge, UnreadableMedia."""
    media = _new(owner_id, name, size)
    with services.store.begin() as tx:
        tx.add_media(media, QUOTA)
    try:
        services.media.put(media.key, data, "application/octet-stream")
        return _accept(services, media)
    except UnreadableMedia:
        raise
    except BaseException:
        discard(services, [media])
        raise


def receive_all(services: Services, owner_id: str, files: Iterable[Incoming]) -> list[Media]:
    """Take all of them, or leave nothing of any. Raises FilesRefused, which names each that cannot be used."""
    taken: list[Media] = []
    errors: list[dict[str, str]] = []
    try:
        for file in files:
            try:
                taken.append(receive(services, owner_id, file.name, file.data, file.size))
            except InvalidInput as error:
                errors.append({"field": file.field, "name": printable(file.name), "detail": str(error)})
        if errors:
            raise FilesRefused(_refusals(errors), errors[0]["field"], errors)
    except BaseException:
        discard(services, taken)
        raise
    return taken


def _refusals(errors: Sequence[dict[str, str]]) -> str:
    if len(errors) == 1:
        return f"{errors[0]['name'] or 'A file'} cannot be used: {errors[0]['detail']}"
    return f"{len(errors)} files cannot be used; leave them out."


def discard(services: Services, taken: Iterable[Media]) -> None:
    """Remove media taken in for nothing. What cannot be removed now, the reaper finds."""
    for media in taken:
        try:
            remove_media(services, media)
        except NotFound:
            continue  # gone already
        except (Refused, TemporaryFailure) as error:
            log.warning("media %s stays until it is reaped: %s", media.id, error)


def abort(services: Services, owner_id: str, media_id: str) -> None:
    """Raises NotFound, Conflict when it is complete already."""
    media = services.store.media(owner_id, media_id)
    if media.state is MediaState.READY:
        raise Conflict("This upload is complete: delete the media instead.")
    remove_media(services, media)


def remove(services: Services, owner_id: str, media_id: str) -> None:
    """Raises NotFound, Conflict while an unfinished vlog uses it."""
    remove_media(services, services.store.media(owner_id, media_id))


def remove_media(services: Services, media: Media) -> None:
    """The row holds until the object is gone: interrupted, both are found again. Raises as `remove`."""
    with services.store.begin() as tx:
        tx.remove_media(media.id)
        if media.upload_id and media.state is MediaState.UPLOADING:
            services.media.abort_upload(media.key, media.upload_id)
        services.media.delete(media.key)


def _new(owner_id: str, name: str, size: int) -> Media:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InvalidInput(f"Give the file a name of 1 to {LONGEST_NAME} characters.", "name")
    if size < 1:
        raise BrokenMedia(f"{name} is empty.", "size")
    if size > MOST_BYTES:
        raise TooLarge(f"{name} is larger than 2 GiB; cut it or make it smaller.", "size")
    media_id = str(uuid.uuid4())
    return Media(media_id, owner_id, f"media/{owner_id}/{media_id}", printable(name), size)


def printable(name: str) -> str:
    """The name as it may be shown: no control or direction-changing characters, no lone surrogates."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)


def _upload(services: Services, media: Media, arrived: Sequence[Part]) -> Upload:
    assert media.upload_id
    have = {part.number for part in arrived if part.size == _part_size(media, part.number)}
    missing = {
        number: services.media.signed_part(media.key, media.upload_id, number, PART_LIFETIME)
        for number in range(1, _part_count(media) + 1)
        if number not in have
    }
    return Upload(media, [part for part in arrived if part.number in have], missing)


def _part_size_for(size: int) -> int:
    """Bytes."""
    return PART * min(max(1, math.ceil(size / (PART * USUAL_PARTS))), MOST_TIMES)


def _part_count(media: Media) -> int:
    return math.ceil(media.size / media.part_size)


def _part_size(media: Media, number: int) -> int:
    return min(media.part_size, media.size - (number - 1) * media.part_size)


def _join(services: Services, media: Media) -> None:
    if media.upload_id is None:
        return
    try:
        upload = _upload(services, media, services.media.parts(media.key, media.upload_id))
    except NotFound:
        if services.media.info(media.key) is None:
            raise
        return  # joined before, by a request that did not live to say so
    if upload.missing:
        numbers = ", ".join(map(str, list(upload.missing)[:10]))
        raise InvalidInput(f"Parts not arrived yet or of the wrong size: {numbers}.", "parts")
    services.media.finish_upload(media.key, media.upload_id, upload.arrived)


def _accept(services: Services, media: Media) -> Media:
    try:
        info = services.media.info(media.key)
        if info is None or info.size != media.size:
            raise BrokenMedia(f"{media.name} did not arrive whole: upload it again.", "size")
        facts = services.probe.probe(services.media.signed_get(media.key, PROBE_LIFETIME), media.size)
    except UnreadableMedia:
        remove_media(services, media)
        raise
    ready = replace(media, state=MediaState.READY, facts=facts, upload_id=None)
    with services.store.begin() as tx:
        tx.save_media(ready)
    return ready
