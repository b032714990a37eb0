"""`python -m tests.vertex`: the stand-in for Gemini and Veo beside a Daylog on this machine, until Ctrl-C."""

import argparse
import json
import signal
from pathlib import Path

from tests.vertex.script import Rule
from tests.vertex.server import serving
from tests.vertex.store import Bucket, Laptop


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.vertex", description=__doc__)
    parser.add_argument("--state", type=Path, default=Path(".daylog"), help="of the Daylog whose work store it uses")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--script", type=Path, help='JSON: {"rules": […]}, see tests/vertex/script.py')
    parser.add_argument("--short-side", type=int, help="of Veo's clips in pixels, instead of the resolution asked for")
    options = parser.parse_args()
    with serving(Bucket(Laptop(options.state).opened), options.port, options.short_side) as server:
        if options.script:
            server.script.set(Rule.model_validate(rule) for rule in json.loads(options.script.read_text())["rules"])
        print(f"Vertex AI's stand-in is ready at {server.url} (Ctrl-C stops it; {server.url}/counts).", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
