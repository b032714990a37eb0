"""An object of gigabytes, laid into the local work store's folder: its own upload would take six times its memory."""

import base64
import json
import os
import random
from io import BytesIO
from typing import Any

import google_crc32c

from infra.work_store.gcs import GcsWorkStore
from tests.stack import ObjectServer

MIB = 1024 * 1024
#: google_crc32c has no types
Checksum: Any = google_crc32c.Checksum


def lay(server: ObjectServer, key: str, size: int) -> None:
    """`size` bytes of noise, in whole MiB. Linux alone: the store keeps what it knows of a file beside it there."""
    store = GcsWorkStore(server.endpoint, server.bucket, server.certificate)
    store.put(key, BytesIO(b"small"), "video/mp4")
    store.close()
    path, noise, checksum = server.folder / server.bucket / key, random.Random(size), Checksum()
    with path.open("wb") as file:
        for _ in range(size // MIB):
            block = noise.randbytes(MIB)
            checksum.update(block)
            file.write(block)
    known = json.loads(os.getxattr(path, "user.metadata"))
    known["Crc32c"] = base64.b64encode(checksum.digest()).decode()
    os.setxattr(path, "user.metadata", json.dumps(known).encode())
