"""The bucket that the stand-in shares with Daylog: it reads what it is pointed to, and writes what it made."""

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from internal.errors import NotFound
from internal.ports import WorkStore
from tests.vertex.refusal import Refusal


@dataclass(frozen=True)
class Bucket:
    """`open` gives the store: asked for each time, since a Daylog that starts again has it elsewhere."""

    name: str
    open: Callable[[], WorkStore]

    def key(self, uri: str) -> str:
        """Raises Refusal for another bucket."""
        bucket, _, key = uri.removeprefix("gs://").partition("/")
        if bucket != self.name:
            raise Refusal(403, f"Permission denied on Cloud Storage bucket {bucket}.")
        return key

    def must_hold(self, uri: str) -> None:
        if self.open().info(self.key(uri)) is None:
            raise Refusal(400, f"Cannot fetch content from the provided URL: {uri} does not exist.")

    def read(self, uri: str) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "object")
            try:
                self.open().get(self.key(uri), path)
            except NotFound as error:
                raise Refusal(400, f"Cannot fetch content from the provided URL: {uri} does not exist.") from error
            return path.read_bytes()

    def write(self, uri: str, data: bytes) -> None:
        self.open().put(self.key(uri), io.BytesIO(data), "video/mp4")
