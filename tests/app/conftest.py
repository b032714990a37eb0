"""The real app on real servers. The queue takes tasks and keeps them: tests deliver in their own time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.bootstrap import connect, migrate, sign_in
from app.settings import Settings
from infra.local.postgres import Postgres
from internal.ports import Services
from internal.times import Times
from tests.app.asking import Media
from tests.issuer import LocalIssuer, claims_of, local_issuer
from tests.media import make_hostile, make_tiny, write_music
from tests.queue_server import queue_server
from tests.stack import ObjectServer
from tests.whole import PLACES

TIMES = Times(lease=timedelta(seconds=20), heartbeat=timedelta(seconds=5), in_place=(), backoff_first=timedelta(0))


@pytest.fixture(scope="session")
def settings(
    postgres_server: Postgres, r2: ObjectServer, fake_gcs: ObjectServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    postgres_server.make_database("api")
    with queue_server(tmp_path_factory.mktemp("api") / "queue") as queue:
        name = queue.new_queue()
        queue.client.pause_queue(name=name)
        yield Settings(
            state=tmp_path_factory.mktemp("no settings here"),
            places=PLACES,
            database_url=postgres_server.url("api"),
            tasks_endpoint=queue.url,
            tasks_queue=name,
            tasks_target="http://127.0.0.1:1",
            tasks_service_account="tasks@test",
            scheduler_service_account="scheduler@test",
            tasks_audience="http://127.0.0.1:1",
            work_endpoint=fake_gcs.endpoint,
            work_bucket=fake_gcs.bucket,
            work_certificate=fake_gcs.certificate,
            media_endpoint=r2.endpoint,
            media_bucket=r2.bucket,
            media_access_key=r2.access_key,
            media_secret_key=r2.secret_key,
            public_url="http://daylog.localhost",
            hosts=("localhost", "127.0.0.1"),
            short_side=90,
            snapshot_age=0,
        )


@pytest.fixture(scope="session")
def services(settings: Settings) -> Iterator[Services]:
    migrate(settings)
    connected = replace(connect(settings), times=TIMES)
    yield connected
    for adapter in (connected.store, connected.work, connected.media):
        adapter.close()  # type: ignore[attr-defined]  # adapters have it, ports need it not


@pytest.fixture(scope="session")
def app(settings: Settings, services: Services) -> Flask:
    return create_app(settings, services)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def shared_issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalIssuer]:
    with local_issuer(tmp_path_factory.mktemp("issuer")) as issuer:
        yield issuer


@pytest.fixture
def issuer(shared_issuer: LocalIssuer) -> LocalIssuer:
    """It says nothing that another test made it say."""
    shared_issuer.person, shared_issuer.answer = claims_of("ana@example.org"), None
    return shared_issuer


@pytest.fixture(scope="session")
def guarded_settings(settings: Settings, shared_issuer: LocalIssuer) -> Settings:
    known = settings.model_dump() | shared_issuer.settings()
    return Settings(**{**known, "public_url": "http://localhost"})


@pytest.fixture(scope="session")
def guarded(guarded_settings: Settings, services: Services) -> Flask:
    """The app where people sign in, on the rows and files that `app` has too."""
    return create_app(guarded_settings, replace(services, sign_in=sign_in(guarded_settings)))


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """Files to send: content by name."""
    folder = tmp_path_factory.mktemp("media")
    made: list[Path] = [*make_tiny(folder), write_music(folder / "song.m4a", 1.0), *make_hostile(folder / "hostile")]
    return Media({path.name: path.read_bytes() for path in made})
