"""Objects: the two stores, and what they have in common."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol


@dataclass(frozen=True)
class ObjectInfo:
    key: str
    size: int
    updated_at: datetime
    #: what the store calls these bytes. In the media store: as `internal.etags` tells
    etag: str


@dataclass(frozen=True)
class Part:
    """`etag` is the MD5 of its bytes, in hexadecimal digits."""

    number: int
    size: int
    etag: str


@dataclass(frozen=True)
class Unfinished:
    """A multipart upload that was neither finished nor aborted."""

    key: str
    upload_id: str
    started_at: datetime


class ObjectStore(Protocol):
    """What both stores do. Keys are ours, never a user's. Raises NotFound for an unknown key,
    TemporaryFailure when the store is out of reach, StorageFull when it has no room."""

    def put(self, key: str, data: BinaryIO, content_type: str) -> None:
        """Whole or not at all; an existing object is replaced."""
        ...

    def get(self, key: str, path: Path) -> None:
        """Download, checked against the store's checksum."""
        ...

    def info(self, key: str) -> ObjectInfo | None: ...

    def list(self, prefix: str) -> Iterator[ObjectInfo]: ...

    def delete(self, key: str) -> None:
        """An absent object is success."""
        ...


class WorkStore(ObjectStore, Protocol):
    """Short-lived objects exchanged with the models and between deliveries."""

    def uri(self, key: str) -> str:
        """How the models name the object, or a prefix that ends with a slash: gs://…"""
        ...

    def read(self, key: str, block: int) -> Iterator[bytes]:
        """The object in blocks of `block` bytes (the last may be shorter), in bounded memory. Raises
        Damaged at the end when the store's checksum does not match what was read."""
        ...


class MediaStore(ObjectStore, Protocol):
    """What users upload and watch. Clients reach it directly by signed URL."""

    def signed_get(self, key: str, lifetime: timedelta, download_as: str | None = None) -> str:
        """A URL that reads the object; with a name, one that saves it under that name."""
        ...

    def signed_head(self, key: str, lifetime: timedelta) -> str:
        """The same for a HEAD request: a URL is signed for one method alone."""
        ...

    def start_upload(self, key: str, content_type: str) -> str:
        """Begin a multipart upload; returns its id."""
        ...

    def signed_part(self, key: str, upload_id: str, number: int, lifetime: timedelta) -> str: ...

    def put_part(self, key: str, upload_id: str, number: int, data: BinaryIO, size: int) -> Part:
        """`data`, of `size` bytes, is read in small blocks, and again after a hiccup if it can go back. Raises
        TemporaryFailure when what arrived is not what was read, NotFound when the upload is over."""
        ...

    def parts(self, key: str, upload_id: str) -> Sequence[Part]:
        """Those that have arrived, by number. Raises NotFound when the upload is over."""
        ...

    def finish_upload(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        """Join these parts into the object. Raises NotFound when the upload is over, Damaged when the store has
        other ones."""
        ...

    def abort_upload(self, key: str, upload_id: str) -> None:
        """An absent upload is success."""
        ...

    def uploads(self, prefix: str) -> Iterator[Unfinished]:
        """Those to keys that begin so."""
        ...

    def copy(self, source: str, target: str) -> None: ...
