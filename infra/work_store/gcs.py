"""Google Cloud Storage, or a server that speaks its API."""

import base64
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

import google_crc32c
import requests
from google.api_core import exceptions as api
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import TransportError
from google.cloud.storage import Client
from google.cloud.storage.exceptions import DataCorruption
from google.cloud.storage.retry import DEFAULT_RETRY

from internal.errors import Damaged, NotFound, StorageFull, TemporaryFailure
from internal.object_keys import checked
from internal.ports import ObjectInfo

MIB = 1024 * 1024
#: bytes held in memory at a time; a multiple of 256 KiB, as resumable uploads ask
BLOCK = 8 * MIB
#: the runner retries whole steps; these only bridge a hiccup
RETRY = DEFAULT_RETRY.with_delay(initial=0.2, maximum=1.0).with_timeout(4)
#: seconds to connect, seconds between two bytes of an answer
TIMEOUT = (5.0, 60.0)
CALL: dict[str, Any] = {"retry": RETRY, "timeout": TIMEOUT}
FULL = (errno.ENOSPC, errno.EDQUOT)
#: neither has types
Checksum: Any = google_crc32c.Checksum
Anonymous: Any = AnonymousCredentials


class GcsWorkStore:
    """Fills `WorkStore`. Without an endpoint: the real service, with the machine's own credentials. With one:
    a local server, and the certificate (a PEM file) it must show."""

    def __init__(self, endpoint: str | None, bucket: str, certificate: Path | None = None) -> None:
        self._certificate = certificate
        self._endpoint = endpoint
        self._bucket_name = bucket
        self._client: Any = None
        self._lock = Lock()

    def put(self, key: str, data: BinaryIO, content_type: str) -> None:
        """`data` must be seekable: the SDK goes back in it when a part has to be sent again."""
        blob = self._blob(key)
        blob.chunk_size = BLOCK
        with translate_errors(key):
            blob.upload_from_file(data, size=_size(data), content_type=content_type, checksum="crc32c", **CALL)

    def get(self, key: str, path: Path) -> None:
        """The file appears whole or not at all."""
        new = path.with_name(path.name + ".part")
        try:
            with translate_errors(key), new.open("wb") as file:
                for block in self.read(key, BLOCK):
                    file.write(block)
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)

    def read(self, key: str, block: int) -> Iterator[bytes]:
        found = self._found(key)
        if found is None:
            raise NotFound(f"There is no object {key}.")
        checksum = Checksum()
        for start in range(0, found.size, block):
            data = _range(found, start, min(start + block, found.size) - 1)
            checksum.update(data)
            yield data
        if base64.b64encode(checksum.digest()).decode() != found.crc32c:
            raise Damaged(f"The object {key} does not match its checksum.")

    def info(self, key: str) -> ObjectInfo | None:
        found = self._found(key)
        return found and _info(found)

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        with translate_errors(prefix):
            for found in self._bucket().list_blobs(prefix=prefix, **CALL):
                yield _info(found)

    def delete(self, key: str) -> None:
        blob = self._blob(key)
        try:
            with translate_errors(key):
                blob.delete(**CALL)
        except NotFound:
            return

    def uri(self, key: str) -> str:
        checked(key.removesuffix("/"))
        return f"gs://{self._bucket_name}/{key}"

    def close(self) -> None:
        """Ends the connections, if any were made."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _found(self, key: str) -> Any:
        """The object's description, or None."""
        with translate_errors(key):
            return self._bucket().get_blob(checked(key), **CALL)

    def _blob(self, key: str) -> Any:
        return self._bucket().blob(checked(key))

    def _bucket(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client.bucket(self._bucket_name)

    def _connect(self) -> Any:
        if self._endpoint is None:
            return Client()
        session = requests.Session()
        session.trust_env = False  # neither a proxy nor other certificates: it is on this machine
        session.verify = str(self._certificate) if self._certificate else True
        options = {"api_endpoint": self._endpoint}
        return Client(project="local", credentials=Anonymous(), client_options=options, _http=session)


def _range(found: Any, first: int, last: int) -> bytes:
    """Of exactly the object that was found: one that replaced it meanwhile is refused."""
    with translate_errors(found.name):
        data: bytes = found.download_as_bytes(
            start=first,
            end=last,
            raw_download=True,
            single_shot_download=True,  # a range is small: else it comes in blocks of 8 KiB
            checksum=None,  # a range has none; the caller checks the whole
            if_generation_match=found.generation,
            **CALL,
        )
    if len(data) != last - first + 1:
        raise TemporaryFailure(f"The object {found.name} ended early.")
    return data


def _info(found: Any) -> ObjectInfo:
    return ObjectInfo(found.name, found.size, found.updated, found.etag)


def _size(data: BinaryIO) -> int:
    """Bytes left in it; told the size, the SDK sends a small object in one request."""
    here = data.tell()
    size = data.seek(0, os.SEEK_END) - here
    data.seek(here)
    return size


@contextmanager
def translate_errors(key: str) -> Iterator[None]:
    """What the vendor raises, as `internal.errors`."""
    try:
        yield
    except api.NotFound as error:
        raise NotFound(f"There is no object {key}.") from error
    except (api.GoogleAPICallError, api.RetryError) as error:
        raise _meaning(error) from error
    except (DataCorruption, requests.RequestException, TransportError) as error:
        raise TemporaryFailure("The work store is out of reach.") from error
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull("There is no room left on this machine's disk.") from error
        raise


def _meaning(error: Exception) -> Exception:
    cause = getattr(error, "cause", None) or error
    status = getattr(cause, "code", None) or 503
    if status == 507 or "no space left" in str(cause).lower():
        return StorageFull("The work store has no room left.")
    # 412: the object was replaced while we read it
    if status in (408, 412, 429) or status >= 500:
        return TemporaryFailure("The work store is out of reach.")
    return error
