"""The bucket that the stand-in shares with Daylog: it reads what it is pointed to, and writes what it made."""

import io
import json
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from infra.work_store.gcs import GcsWorkStore
from internal.errors import Error, NotFound
from internal.ports import WorkStore
from tests.vertex.refusal import Refusal


class Opened(NamedTuple):
    """A bucket by its name, and the store it is."""

    name: str
    store: WorkStore


@dataclass(frozen=True)
class Bucket:
    """`open` is asked each time: a Daylog that starts again has its store elsewhere."""

    open: Callable[[], Opened]

    def at(self, uri: str) -> tuple[WorkStore, str]:
        """The store and the key in it. Raises Refusal for another bucket."""
        bucket, _, key = uri.removeprefix("gs://").partition("/")
        name, store = self.open()
        if bucket != name:
            raise Refusal(403, f"Permission denied on Cloud Storage bucket {bucket}.")
        return store, key

    def read(self, uri: str) -> bytes:
        store, key = self.at(uri)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "object")
            try:
                store.get(key, path)
            except NotFound as error:
                raise Refusal(400, f"Cannot fetch content from the provided URL: {uri} does not exist.") from error
            except Error as error:
                raise Refusal(503, str(error)) from error
            return path.read_bytes()

    def write(self, uri: str, data: bytes) -> None:
        store, key = self.at(uri)
        store.put(key, io.BytesIO(data), "video/mp4")


class Laptop:
    """The work store of the Daylog on this folder of state; it is elsewhere each time that Daylog starts."""

    def __init__(self, state: Path) -> None:
        self._settings = state / "settings.json"
        self._lock = threading.Lock()
        self._written = 0
        self._opened: Opened | None = None

    def opened(self) -> Opened:
        """Raises Refusal while no Daylog has ever run there."""
        try:
            written = self._settings.stat().st_mtime_ns
        except OSError as error:
            raise Refusal(503, f"There is no Daylog at {self._settings.parent} yet.") from error
        with self._lock:
            if self._opened is None or self._written != written:
                self._written, self._opened = written, self._open()
            return self._opened

    def _open(self) -> Opened:
        told = json.loads(self._settings.read_text())
        store = GcsWorkStore(told["work_endpoint"], told["work_bucket"], Path(told["work_certificate"]))
        return Opened(told["work_bucket"], store)
