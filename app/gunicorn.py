"""How gunicorn serves us: threads in one process, and an orderly end.

On SIGTERM running steps are told to stop first, so that their jobs are let go and asked
for again within gunicorn's grace.
"""

import signal
from types import FrameType
from typing import Any

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
    """Set our shutdown flag, then let gunicorn end the worker as it would."""
    shutdown = worker.app.callable.extensions[EXTENSION].shutdown
    end = signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        shutdown.set()
        if callable(end):
            end(number, frame)

    signal.signal(signal.SIGTERM, stop)
