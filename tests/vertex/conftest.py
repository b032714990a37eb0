"""A stand-in of its own for each test, and Google's real SDK to ask it with."""

from collections.abc import Iterator
from typing import Any

import google.auth.credentials
import pytest
from google import genai
from google.genai import types

from infra.work_store.gcs import GcsWorkStore
from tests.stack import ObjectServer
from tests.vertex import Vertex, vertex


@pytest.fixture
def server(work: GcsWorkStore, fake_gcs: ObjectServer) -> Iterator[Vertex]:
    with vertex(work, fake_gcs.bucket, short_side=36) as one:
        yield one


class LocalCredentials(google.auth.credentials.Credentials):
    """The SDK refreshes what it is given before the first request, which anonymous ones refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.token = "local"

    def refresh(self, request: object) -> None:
        self.token = "local"


@pytest.fixture
def client(server: Vertex) -> Iterator[genai.Client]:
    with sdk(server) as made:
        yield made


def sdk(server: Vertex, project: str = "local", location: str = "us-central1", **options: Any) -> genai.Client:
    """Everything is sent once, unless `options` say otherwise."""
    once = types.HttpRetryOptions(attempts=1)
    http = {"base_url": server.url, "api_version": "v1", "timeout": 20_000, "retry_options": once, **options}
    return genai.Client(
        enterprise=True,
        project=project,
        location=location,
        credentials=LocalCredentials(),
        http_options=types.HttpOptions(**http),
    )
