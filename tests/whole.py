"""The whole of Daylog on a folder of its own, as `make serve` starts it, for tests from outside."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.parts import ROOT

#: of the gazetteer: made once for all tests
PLACES = ROOT / ".daylog" / "places"


@contextmanager
def whole_daylog(state: Path, **settings: object) -> Iterator[str]:
    """Its address, until the block ends. `settings` are of `app.settings`, by name."""
    settings = {"places": PLACES, **settings}
    env = [f"{name.upper()}={value}" for name, value in settings.items()]
    command = [sys.executable, "-m", "infra.local", "--state", str(state), "--once-ready-print-json"]
    # `env` adds to the environment that we were given
    stack = subprocess.Popen(["/usr/bin/env", *env, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert stack.stdout
    try:
        yield str(json.loads(stack.stdout.readline() or "{}")["public_url"])
    finally:
        stack.terminate()
        stack.communicate(timeout=60)
