"""How gunicorn serves us: threads in one process, and an orderly end.

On SIGTERM running steps are told to stop first, so that their jobs are let go and asked
for again within gunicorn's grace.
"""

import signal
from types import FrameType
from typing import Any

from gunicorn.http.errors import NoMoreData, ParseException

from app import problems
from app.services import EXTENSION

worker_class = "gthread"
workers = 1
threads = 16
#: seconds: renders run in request threads for as long as a dispatch may, so only a silent worker is killed
timeout = 120
graceful_timeout = 8
keepalive = 75
preload_app = False
accesslog = None
control_socket_disable = True


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
