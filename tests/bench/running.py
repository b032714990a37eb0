"""The laptop's whole stack, started for a measurement and stopped after it."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import connect
from app.settings import Settings
from internal.ports import Services
from tests.stack import open_folder
from tests.whole import whole_daylog


@dataclass(frozen=True)
class Stack:
    url: str
    state: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """For a program that is to find this stack."""
        return {**os.environ, "STATE": str(self.state)}

    def settings(self) -> Settings:
        """Those of the stack's own processes."""
        written = json.loads((self.state / "settings.json").read_text())
        return Settings(state=self.state, **written)

    def services(self) -> Services:
        """The same adapters as the stack's own processes use."""
        return connect(self.settings())


@contextmanager
def whole_stack(**settings: object) -> Iterator[Stack]:
    """`settings` are of `app.settings`, by name."""
    with open_folder() as folder, whole_daylog(folder / "state", **settings) as url:
        yield Stack(url, folder / "state")
