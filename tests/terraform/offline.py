"""Terraform itself, run on a copy of `terraform/` without a cloud and without a registry."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "terraform"
PYTHON = ROOT / ".venv-terraform" / "bin" / "python"
PROVIDER = "registry.terraform.io/hashicorp/google"
#: that our bindings were made from: the newest that `versions.tf` may mean as far as is known here
VERSION = "8.7.0"
NAMED = re.compile(r'^(resource|data) "(google_\w+)"', re.M)
#: that ours must not name, so that a test can say so
UNWANTED = ("google_service_account_key", "google_cloud_run_v2_service_iam_binding")
LAUNCHER = """#!{python}
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.terraform.provider import serve
serve(Path({schema!r}))
"""
#: state is kept in the folder, not in the bucket that `versions.tf` names
LOCAL_STATE = 'terraform {\n  backend "local" {}\n}\n'
#: seconds for one command
PATIENCE = 60


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err

    def json(self) -> Any:
        assert self.code == 0, self.said
        return json.loads(self.out)


@dataclass(frozen=True)
class Terraform:
    """Of one folder of configuration. `plugins`: where the stand-in provider lies."""

    folder: Path
    plugins: Path

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
        known = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TF_CLI_CONFIG_FILE": os.devnull,
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
        }
        command = [str(PYTHON), "-m", "tests.terraform.command", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=known | dict(env or {}), capture_output=True, text=True, timeout=PATIENCE
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def init(self) -> Ran:
        return self.run("init", "-no-color", f"-plugin-dir={self.plugins}")

    def validate(self) -> Sequence[Mapping[str, Any]]:
        """What is wrong: diagnostics, as https://developer.hashicorp.com/terraform/internals/machine-readable-ui
        describes them. Empty when all is well."""
        found = json.loads(self.run("validate", "-json").out)
        return [one for one in found["diagnostics"] if one["severity"] == "error"]

    def plan(self, sizes: str, env: Mapping[str, str]) -> Any:
        """The plan as JSON. `sizes`: a file of variables."""
        planned = self.run("plan", "-no-color", "-input=false", "-out=plan.bin", f"-var-file={sizes}", env=env)
        assert planned.code == 0, planned.said
        return self.run("show", "-json", "plan.bin").json()

    def copy(self, folder: Path) -> "Terraform":
        """The same, initialised too, in another folder."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Terraform(folder, self.plugins)


def install_provider(plugins: Path) -> None:
    """The stand-in, with the schema of every type that `terraform/` names and some more, where `-plugin-dir` looks."""
    named = set(NAMED.findall("".join(one.read_text() for one in SOURCES.rglob("*.tf"))))
    wanted = {
        "resources": sorted({name for kind, name in named if kind == "resource"} | {*UNWANTED}),
        "sources": sorted(name for kind, name in named if kind == "data"),
    }
    found = subprocess.run(
        [str(PYTHON), "-m", "tests.terraform.schema"],
        input=json.dumps(wanted),
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    system = f"{os.uname().sysname.lower()}_{ {'x86_64': 'amd64', 'aarch64': 'arm64'}[os.uname().machine] }"
    folder = plugins / PROVIDER / VERSION / system
    folder.mkdir(parents=True)
    schema = plugins / "schema.json"
    schema.write_text(found.stdout)
    launcher = folder / f"terraform-provider-google_v{VERSION}"
    launcher.write_text(LAUNCHER.format(python=PYTHON, root=str(ROOT), schema=str(schema)))
    launcher.chmod(0o755)


def initialised(folder: Path, plugins: Path) -> Terraform:
    """A copy of `terraform/` in that new folder."""
    shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
    (folder / "backend_override.tf").write_text(LOCAL_STATE)
    terraform = Terraform(folder, plugins)
    done = terraform.init()
    assert done.code == 0, done.said
    return terraform


def mutated(terraform: Terraform, folder: Path, file: str, before: str, after: str) -> Terraform:
    """A copy in which somebody has made a mistake: where `before` first stands there is `after`; it ends the file if
    there is nothing `before`."""
    made = terraform.copy(folder / "mutated")
    text = (made.folder / file).read_text()
    assert before in text
    (made.folder / file).write_text(text.replace(before, after, 1) if before else text + after)
    return made
