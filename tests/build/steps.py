"""cloudbuild.yaml as Cloud Build reads it: substitutions filled in, steps run one after the other on this machine."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from infra.local.parts import ROOT
from tests.build.cloud import Cloud

FILE = ROOT / "cloudbuild.yaml"
#: what Cloud Build itself fills in
BUILT_IN = {"PROJECT_ID": "a-project", "PROJECT_NUMBER": "123456789012"}
#: what whoever asks for a build must give: Cloud Build refuses one that lacks a name (`substitutionOption`)
GIVEN = {"_SIGN_IN_CLIENT_ID": "people.apps.googleusercontent.com"}
#: a name in braces or not; two dollar signs are one
REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)\}|([A-Z_][A-Z0-9_]*))")


def configuration() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return read


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """With each reference replaced, in values of any depth. Raises KeyError for a name that nobody gives."""
    if isinstance(value, str):
        return REFERENCE.sub(lambda found: "$" if found[1] else filled(names[found[2] or found[3]], names), value)
    if isinstance(value, list):
        return [filled(one, names) for one in value]
    return {key: filled(one, names) for key, one in value.items()} if isinstance(value, dict) else value


def steps(build: str = "1") -> list[dict[str, Any]]:
    """All of them, of that build, filled in."""
    read = configuration()
    names = {**BUILT_IN, **GIVEN, **read["substitutions"], "BUILD_ID": build}
    return [filled(step, names) for step in read["steps"]]


def run(cloud: Cloud, folder: Path, build: str = "1") -> str:
    """One build, in a folder that exists; returns the id of the step that failed, "" if none did."""
    (folder / build).mkdir()
    for step in steps(build):
        # where no entrypoint is named, the image's own: of docker's that is docker
        words = [step.get("entrypoint", "docker"), *step["args"]]
        command = [word.replace("/deploy/", f"{folder / build}/") for word in words]
        path = f"PATH={folder / 'programs'}:/usr/bin:/bin"
        if subprocess.run(["/usr/bin/env", path, *command], cwd=folder, timeout=60, check=False).returncode:
            return str(step["id"])
    return ""
