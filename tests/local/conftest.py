"""A queue server for each module, and a queue whose tasks stay."""

from collections.abc import Iterator

import pytest

from tests.queue_server import QueueServer, queue_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueueServer]:
    with queue_server(tmp_path_factory.mktemp("queue") / "state") as one:
        yield one


@pytest.fixture
def queue(server: QueueServer) -> str:
    """Paused, so that its tasks stay."""
    name = server.new_queue()
    server.client.pause_queue(name=name)
    return name
