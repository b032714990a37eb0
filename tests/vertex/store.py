"""The bucket that the stand-in shares with Daylog: it reads what it is pointed to, and writes what it made."""

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from internal.errors import NotFound
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
            return path.read_bytes()

    def write(self, uri: str, data: bytes) -> None:
        store, key = self.at(uri)
        store.put(key, io.BytesIO(data), "video/mp4")
