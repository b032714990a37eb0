"""One database for all who pay; each test has an owner of its own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.local.postgres import Postgres
from infra.work_store.gcs import GcsWorkStore
from internal.ports import Services
from tests.internal.connected import connected
from tests.internal.memory_queue import NotingQueue
from tests.internal.paying.player import PLENTY, Player
from tests.internal.scripted_generator import ScriptedGenerator
from tests.stack import ObjectServer


@pytest.fixture(scope="module")
def shared(postgres_server: Postgres, fake_gcs: ObjectServer) -> Iterator[Services]:
    """One database for all of these tests: each has an owner of its own."""
    postgres_server.make_database("paying")
    work = GcsWorkStore(fake_gcs.endpoint, fake_gcs.bucket, fake_gcs.certificate)
    with connected(postgres_server.url("paying"), NotingQueue()) as services:
        yield replace(services, work=work)
    work.close()


@pytest.fixture
def player(shared: Services) -> Player:
    generator = ScriptedGenerator(shared.work)
    return Player(replace(shared, generator=generator, limits=PLENTY), generator)
