"""The stage, one for the whole run, looked over after each module."""

import random
import uuid
from collections.abc import Iterator

import pytest

from infra.local.postgres import Postgres
from infra.postgres.migrate import migrate
from tests.faults.kills.aftermath import check_nothing_left
from tests.faults.kills.stage import Stage, stage_at
from tests.faults.kills.work import Place
from tests.media import make_tiny
from tests.stack import ObjectServer


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
    place = Place(settings(postgres_server.url(name), fake_gcs, r2), folder, queue)
    stage = stage_at(place, make_tiny(folder / "media"))
    yield stage
    stage.close()


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """What is random in a test, the same for the same --seed."""
    return random.Random(f"{request.config.getoption('seed')} {request.node.name}")


@pytest.fixture(autouse=True, scope="module")
def looked_over(stage: Stage) -> Iterator[None]:
    yield
    check_nothing_left(stage)


def settings(database_url: str, work: ObjectServer, media: ObjectServer) -> dict[str, object]:
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
        "short_side": 90,
    }
