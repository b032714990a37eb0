"""The protocol on a real database, with a queue that only takes notes; no other port is used."""

from collections.abc import Iterator

import pytest

from internal.ports import Services
from tests.internal.connected import connected
from tests.internal.memory_queue import NotingQueue


@pytest.fixture
def queue() -> NotingQueue:
    return NotingQueue()


@pytest.fixture
def services(empty_database_url: str, queue: NotingQueue) -> Iterator[Services]:
    with connected(empty_database_url, queue) as services:
        yield services
