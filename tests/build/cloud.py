"""A project of Google Cloud, as far as a build touches it: who is served by which image, and what was said to it."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.build import commands
from tests.build.commands import COMMANDS, tags, told


@dataclass(frozen=True)
class Cloud:
    """`file` holds its state, as `tests.build.commands` describes it."""

    file: Path

    @property
    def state(self) -> dict[str, Any]:
        kept: dict[str, Any] = json.loads(self.file.read_text())
        return kept

    def keep(self, state: Mapping[str, Any]) -> None:
        self.file.write_text(json.dumps(state))

    def change(self, **changes: object) -> None:
        self.keep({**self.state, **changes})

    def begin(self, *services: str) -> None:
        """As Terraform leaves it: each service serves its first revision, "the latest"."""
        first = [{"latestRevision": True, "percent": 100}]
        made = {name: {"images": {f"{name}-00001": "placeholder"}, "traffic": first} for name in services}
        self.keep({"services": made, "jobs": {}, "given": [], "failing": "", "overtaking": ""})

    def programs(self, folder: Path) -> None:
        """Put the stand-ins there, to be found by name, and Python, which the images have."""
        folder.mkdir()
        for program in {command.split()[0] for command in COMMANDS}:
            script = folder / program
            script.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {commands.__file__} {self.file} {program} "$@"\n')
            script.chmod(0o755)
        (folder / "python3").symlink_to(sys.executable)

    def given(self) -> list[str]:
        """All commands so far."""
        return [str(line) for line in self.state["given"]]

    def serving(self) -> dict[str, list[str]]:
        """The images that people meet, by service."""
        images = {name: service["images"] for name, service in self.state["services"].items()}
        return {name: [images[name][one] for one in met] for name, met in self.revisions().items()}

    def revisions(self) -> dict[str, list[str]]:
        """What people meet, by service."""
        services = self.state["services"].items()
        return {
            name: [one["revisionName"] for one in told(service) if one.get("percent")] for name, service in services
        }

    def tagged(self, service: str) -> dict[str, str]:
        """Revisions by tag."""
        return tags(self.state["services"][service])
