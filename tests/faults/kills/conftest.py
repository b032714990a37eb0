"""The stage, one for the whole run, looked over after each module."""

import random
import uuid
from collections.abc import Iterator

import pytest

from infra.local.postgres import Postgres
from infra.postgres.migrate import migrate
from infra.work_store.gcs import GcsWorkStore
from tests.faults.kills.aftermath import check_nothing_left
from tests.faults.kills.stage import Stage, stage_at
from tests.faults.kills.work import Place
from tests.media import make_tiny
from tests.stack import ObjectServer
from tests.vertex import vertex


@pytest.fixture(scope="session")
def stage(
    postgres_server: Postgres, fake_gcs: ObjectServer, r2: ObjectServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    name = f"kills_{uuid.uuid4().hex}"
    postgres_server.make_database(name)
    migrate(postgres_server.url(name))
    folder = tmp_path_factory.mktemp("kills")
    queue = folder / "queue"
    queue.mkdir()
    store = GcsWorkStore(fake_gcs.endpoint, fake_gcs.bucket, fake_gcs.certificate)
    with vertex(store, fake_gcs.bucket, short_side=90) as generator:
        place = Place(settings(postgres_server.url(name), fake_gcs, r2, generator.url), folder, queue)
        stage = stage_at(place, generator, make_tiny(folder / "media"))
        yield stage
        stage.close()
    store.close()


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """What is random in a test, the same for the same --seed."""
    return random.Random(f"{request.config.getoption('seed')} {request.node.name}")


@pytest.fixture(autouse=True, scope="module")
def looked_over(stage: Stage) -> Iterator[None]:
    yield
    check_nothing_left(stage)


def settings(database_url: str, work: ObjectServer, media: ObjectServer, vertex_endpoint: str) -> dict[str, object]:
    return {
        "database_url": database_url,
        "tasks_queue": "projects/test/locations/here/queues/none",
        "tasks_target": "http://127.0.0.1:1",
        "tasks_service_account": "tasks@test.localhost",
        "scheduler_service_account": "scheduler@test.localhost",
        "tasks_audience": "http://127.0.0.1:1",
        "work_endpoint": work.endpoint,
        "work_bucket": work.bucket,
        "work_certificate": work.certificate,
        "media_endpoint": media.endpoint,
        "media_bucket": media.bucket,
        "media_access_key": media.access_key,
        "media_secret_key": media.secret_key,
        "public_url": "http://127.0.0.1:1",
        "hosts": ("127.0.0.1",),
        "generator": "veo",
        "google_project": "local",
        "vertex_endpoint": vertex_endpoint,
        # fewer deliveries that only look whether an order's result has appeared
        "poll_every": 600.0,
        # of limits other tests speak: here nothing may be left out
        "daily_cost": 1e6,
        "submissions_per_minute": 100_000,
        "short_side": 90,
    }
