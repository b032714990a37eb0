"""What the request being handled works with."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import current_app

from app.hub import Hub
from app.seats import Seats
from app.settings import Settings
from internal.pipeline import Pipeline
from internal.ports import Services

EXTENSION = "daylog"


@dataclass(frozen=True)
class Web:
    """Everything one process holds."""

    settings: Settings
    services: Services
    #: what jobs may be of, by kind
    pipelines: Mapping[str, Pipeline]
    #: how vlogs stand that people watch, and how many may watch by streams
    hub: Hub
    seats: Seats
    #: set once this process must end: running steps stop, their jobs go on elsewhere; streams end
    shutdown: threading.Event


def connected(settings: Settings, services: Services, pipelines: Mapping[str, Pipeline]) -> Web:
    shutdown = threading.Event()
    hub = Hub(services.store, shutdown, settings.snapshot_age)
    return Web(settings, services, pipelines, hub, Seats(settings.most_streams, settings.streams_per_user), shutdown)


def web() -> Web:
    return cast(Web, current_app.extensions[EXTENSION])


def services() -> Services:
    return web().services
