"""`python -m tests.vertex`: the stand-in for Gemini and Veo beside a Daylog on this machine, until Ctrl-C."""

import argparse
import json
import signal
import threading
from pathlib import Path

from infra.work_store.gcs import GcsWorkStore
from tests.vertex.script import Rule
from tests.vertex.server import serving
from tests.vertex.store import Bucket, Opened


class Laptop:
    """The work store of the Daylog on this folder of state; it is elsewhere each time that Daylog starts."""

    def __init__(self, state: Path) -> None:
        self._settings = state / "settings.json"
        self._lock = threading.Lock()
        self._written = 0
        self._opened: Opened | None = None

    def opened(self) -> Opened:
        """Raises OSError while no Daylog has ever run there."""
        written = self._settings.stat().st_mtime_ns
        with self._lock:
            if self._opened is None or self._written != written:
                self._written, self._opened = written, self._open()
            return self._opened

    def _open(self) -> Opened:
        told = json.loads(self._settings.read_text())
        store = GcsWorkStore(told["work_endpoint"], told["work_bucket"], Path(told["work_certificate"]))
        return Opened(told["work_bucket"], store)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.vertex", description=__doc__)
    parser.add_argument("--state", type=Path, default=Path(".daylog"), help="of the Daylog whose work store it uses")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--script", type=Path, help='JSON: {"rules": […]}, see tests/vertex/script.py')
    parser.add_argument("--short-side", type=int, help="of Veo's clips in pixels, instead of the resolution asked for")
    options = parser.parse_args()
    bucket = Bucket(Laptop(options.state).opened)
    with serving(bucket, options.port, options.short_side) as server:
        if options.script:
            server.script.set(Rule.model_validate(rule) for rule in json.loads(options.script.read_text())["rules"])
        print(f"Vertex AI's stand-in is ready at {server.url} (Ctrl-C stops it; {server.url}/counts).", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
