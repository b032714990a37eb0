"""What the request being handled works with."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from flask import current_app

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
    #: set once this process must end: running steps stop, their jobs go on elsewhere
    shutdown: threading.Event = field(default_factory=threading.Event)


def web() -> Web:
    return cast(Web, current_app.extensions[EXTENSION])


def services() -> Services:
    return web().services
