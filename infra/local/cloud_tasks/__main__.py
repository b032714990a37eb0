"""`python -m infra.local.cloud_tasks --state DIR [--port P] [--schedule URL,SECONDS,AUDIENCE,SERVICE_ACCOUNT]…`"""

import argparse
import fcntl
import json
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.local.cloud_tasks.dispatcher import Dispatcher
from infra.local.cloud_tasks.oidc import Issuer
from infra.local.cloud_tasks.scheduler import Schedule, Scheduler, parse_schedule
from infra.local.cloud_tasks.server import Server
from infra.local.cloud_tasks.service import CloudTasks
from infra.local.cloud_tasks.storage import Storage

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
#: seconds the server may take to notice that it must stop
STOP_POLL = 0.1


def schedule(text: str) -> Schedule:
    try:
        return parse_schedule(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.cloud_tasks", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder for the tasks and the signing key")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--schedule", type=schedule, action="append", default=[], help="call a URL every so often")
    return parser.parse_args()


@contextmanager
def sole_owner(state: Path) -> Iterator[None]:
    """Two servers on one folder would deliver everything twice. Raises BlockingIOError."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def serve(state: Path, port: int, schedules: Sequence[Schedule]) -> None:
    """Run until SIGTERM or SIGINT, which must be blocked already."""
    issuer, storage = Issuer(state), Storage(state / "tasks.sqlite")
    dispatcher = Dispatcher(storage, issuer)
    schedulers = [Scheduler(each, issuer) for each in schedules]
    with Server(port, CloudTasks(storage, dispatcher), issuer.certs) as server:
        threading.Thread(target=server.serve_forever, args=(STOP_POLL,), name="server", daemon=True).start()
        dispatcher.start()
        for scheduler in schedulers:
            scheduler.start()
        print(json.dumps({"listening": server.url}), flush=True)
        signal.sigwait(STOP_SIGNALS)
        server.shutdown()
    for scheduler in schedulers:
        scheduler.stop()
    dispatcher.stop()
    storage.close()


def main() -> int:
    options = arguments()
    # Blocked in every thread and waited for in this one: a stop is then an ordinary line of the code above.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        with sole_owner(options.state):
            serve(options.state, options.port, options.schedule)
    except BlockingIOError:
        return complain(f"another one already uses {options.state}")
    except (OSError, sqlite3.Error, ValueError, OverflowError) as error:
        return complain(str(error))
    return 0


def complain(reason: str) -> int:
    print(f"The queue cannot run: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
