"""Single servers of the laptop's stack, started for tests and ended with them."""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local import fake_gcs, r2
from infra.local.parts import Child, Part
from infra.local.ports import free_port
from infra.local.postgres import Postgres


@dataclass(frozen=True)
class ObjectServer:
    """Where an object store listens and keeps its files, and a bucket in it; keys only where it asks for them."""

    endpoint: str
    bucket: str
    folder: Path
    access_key: str = ""
    secret_key: str = ""
    #: what it shows, where it speaks TLS
    certificate: Path | None = None
    #: the one whose pages may use it from a browser
    origin: str = "http://127.0.0.1:1"


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that every account may pass through: PostgreSQL started by root runs as nobody."""
    with tempfile.TemporaryDirectory(prefix="daylog-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@contextmanager
def running(part: Part, folder: Path, stack: str) -> Iterator[Child]:
    """The part, ready; ended afterwards with all it started."""
    child = Child(part, stack, folder / f"{part.name}.log")
    try:
        child.wait_ready()
        yield child
    finally:
        child.stop(seconds=5)


@contextmanager
def one_postgres() -> Iterator[Postgres]:
    """A server whose data need not survive the machine."""
    with open_folder() as folder:
        stack = f"test-{uuid.uuid4()}"
        server = Postgres(folder, free_port(), stack, fast=True)
        with running(server.part(), folder, stack):
            yield server


@contextmanager
def one_fake_gcs(bucket: str = "clips") -> Iterator[ObjectServer]:
    with open_folder() as folder:
        port = free_port()
        endpoint = f"https://127.0.0.1:{port}"
        objects = folder / "objects"
        with running(fake_gcs.part(objects, port), folder, f"test-{uuid.uuid4()}"):
            fake_gcs.make_bucket(endpoint, objects, bucket)
            trusted = fake_gcs.tls(objects) / "certificate.pem"
            yield ObjectServer(endpoint, bucket, objects, certificate=trusted)


@contextmanager
def one_r2(bucket: str = "media") -> Iterator[ObjectServer]:
    with open_folder() as folder:
        port = free_port()
        endpoint = f"http://127.0.0.1:{port}"
        objects = folder / "objects"
        with running(r2.part(objects, port, [ObjectServer.origin]), folder, f"test-{uuid.uuid4()}"):
            r2.make_bucket(endpoint, objects, bucket)
            yield ObjectServer(endpoint, bucket, objects, *r2.keys(objects))
