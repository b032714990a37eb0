"""The laptop's whole stack, started for a measurement and stopped after it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import connect
from app.settings import Settings
from internal.ports import Services


@dataclass(frozen=True)
class Stack:
    url: str
    state: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """For a program that is to find this stack."""
        return {**os.environ, "STATE": str(self.state)}

    def services(self) -> Services:
        """The same adapters as the stack's own processes use."""
        written = json.loads((self.state / "settings.json").read_text())
        return connect(Settings(state=self.state, **written))


@contextmanager
def whole_stack() -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="daylog-bench-") as folder:
        os.chmod(folder, 0o711)
        state = Path(folder) / "state"
        command = [sys.executable, "-m", "infra.local", "--state", str(state), "--once-ready-print-json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            try:
                yield Stack(ready["public_url"], state)
            finally:
                process.terminate()
