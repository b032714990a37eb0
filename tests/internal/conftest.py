"""The protocol on a real database, with a queue that only takes notes; no other port is used."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.analyst.measured import MeasuredAnalyst
from infra.composer.pyav import PyavComposer
from infra.local.postgres import Postgres
from infra.media_store.r2 import R2MediaStore
from infra.probe.ranged_probe import RangedProbe
from infra.work_store.gcs import GcsWorkStore
from internal.paid import Limits
from internal.ports import Services
from tests.internal.connected import connected
from tests.internal.memory_queue import NotingQueue
from tests.internal.scripted_generator import ScriptedGenerator
from tests.internal.studio import Studio
from tests.media.clips import Take, write_clip
from tests.media.scenery import Scenery
from tests.stack import ObjectServer


@pytest.fixture
def queue() -> NotingQueue:
    return NotingQueue()


@pytest.fixture
def services(empty_database_url: str, queue: NotingQueue) -> Iterator[Services]:
    with connected(empty_database_url, queue) as services:
        yield services


# ---------------------------------------------------------------- a studio, for films whose photos come to life


@pytest.fixture(scope="module")
def furnished(postgres_server: Postgres, fake_gcs: ObjectServer, r2: ObjectServer) -> Iterator[Services]:
    """With real stores, analyst and composer, for all of a module's studios."""
    postgres_server.make_database("generated")
    work = GcsWorkStore(fake_gcs.endpoint, fake_gcs.bucket, fake_gcs.certificate)
    media = R2MediaStore(r2.endpoint, r2.bucket, r2.access_key, r2.secret_key)
    with connected(postgres_server.url("generated"), NotingQueue()) as services:
        looks = {"probe": RangedProbe(), "analyst": MeasuredAnalyst(), "composer": PyavComposer(cores=1)}
        yield replace(services, work=work, media=media, short_side=32, **looks)
    work.close()
    media.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A clip as a generator might make one of a photo."""
    path = tmp_path_factory.mktemp("made") / "clip.mp4"
    return write_clip(path, Scenery("town", 11.0, 2), Take(1.0, 64, 36, fps=24)).read_bytes()


@pytest.fixture
def studio(furnished: Services, made: bytes, tmp_path: Path) -> Studio:
    generator = ScriptedGenerator(furnished.work, clip=made, lengths=(1,))
    limits = Limits(vlog=1.0, owner_day=9.0, service_day=1e6, submissions=10**6)
    services = replace(furnished, generator=generator, limits=limits)
    studio = Studio(services, generator, f"owner-{uuid.uuid4()}", tmp_path)
    studio.shoot()
    return studio
