"""How gunicorn serves us: threads in one process, and an orderly end.

A stream holds a thread for as long as it lasts, and costs little else: hundreds of them fit one
process. On SIGTERM running steps are told to stop first, so that their jobs are let go and asked
for again within gunicorn's grace.
"""

import gc
import resource
import signal
from types import FrameType
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http.errors import NoMoreData, ParseException

from app import problems
from app.logs import JsonLines
from app.services import EXTENSION
from app.settings import ServingSettings

#: connections kept open between requests, beside those that are being answered
KEPT = 1000
#: files that the process may need for everything that is no connection of a client's
OTHER_FILES = 200

worker_class = "app.threads.Threads"
workers = 1
threads = ServingSettings().most_at_once


def _files() -> int:
    """As many as are needed, or as the system lets us have."""
    wanted, most = threads + KEPT + OTHER_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return wanted if most == resource.RLIM_INFINITY else min(wanted, most)


#: more of them wait in the backlog: a connection that finds no file left would end the process
worker_connections = _files() - OTHER_FILES
#: seconds: renders run in request threads for as long as a dispatch may, so only a silent worker is killed
timeout = 120
graceful_timeout = 8
keepalive = 75
preload_app = False
#: Cloud Run has one of its own
accesslog = None
control_socket_disable = True


class logger_class(Logger):  # type: ignore[misc]  # gunicorn has no types, and this name for it
    """Its own lines look like ours. (`logconfig_dict` would have it gather an access log at each request.)"""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())


def post_fork(_server: Any, _worker: Any) -> None:
    """The usual limit of 1024 files is below what we need. And what the app is made of stays: to look through it for
    garbage is a tenth of the start, and later a twentieth of a second in which nobody is answered."""
    gc.disable()
    given, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(given, _files()), most))


def post_worker_init(worker: Any) -> None:
    """On SIGTERM set our shutdown flag, then let gunicorn end the worker as it would. And what gunicorn finds wrong
    with a body while we read it is the sender's fault."""
    app = worker.app.callable
    for fault in (NoMoreData, ParseException):
        app.register_error_handler(fault, problems.of_a_broken_body)
    shutdown = app.extensions[EXTENSION].shutdown
    end = signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        shutdown.set()
        if callable(end):
            end(number, frame)

    signal.signal(signal.SIGTERM, stop)
    gc.freeze()
    gc.enable()
