"""Builds the Dockerfile's image as a build service would, over a base image that is made here."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from infra.local.parts import ROOT

BASE = "docker.io/library/python:3.13-slim"
IMAGE = "localhost/daylog:tested"
#: Debian's release with the base image's Python
RELEASE = "trixie"
PROGRAMS = ("buildah", "mmdebstrap", "newuidmap")
#: what lies about in an operator's checkout, and in no image
CANARY = "a canary: no image may hold this"
CARELESS = (".env", "app/.env", "infra/.env.production", "app/worker.pem", "internal/signing.key", "credentials.json",
            "terraform/terraform.tfstate", ".daylog/password")  # fmt: skip
#: whom this machine trusts, and where its pip finds packages: for the steps that install
LENT = ("/etc/ssl/certs", "/etc/pip.conf")


def why_not() -> str:
    """Why no image can be built here; empty where one can."""
    if missing := [name for name in PROGRAMS if not shutil.which(name)]:
        return f"no {', '.join(missing)}: `make deps-image` installs what builds images"
    return "" if os.geteuid() == 0 else "only root may build images here"


def buildah(*arguments: str) -> str:
    """What it prints. Raises AssertionError with what it complains of."""
    done = subprocess.run(["buildah", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout.strip()


@dataclass(frozen=True)
class Image:
    """`config` as the OCI image specification has it; `layers` in bytes, the base image's first."""

    id: str
    config: Mapping[str, Any]
    history: tuple[Mapping[str, Any], ...]
    layers: tuple[int, ...]

    @classmethod
    def known(cls, name: str) -> Self:
        told = json.loads(buildah("inspect", "--type", "image", name))
        sizes = tuple(layer["size"] for layer in json.loads(told["Manifest"])["layers"])
        return cls(told["FromImageID"], told["OCIv1"]["config"], tuple(told["OCIv1"]["history"]), sizes)

    @property
    def command(self) -> list[str]:
        return list(self.config["Cmd"])


def checkout(folder: Path) -> Path:
    """What git knows of this one, as it is now, and a canary in every place where secrets are forgotten."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    for name in CARELESS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(CANARY)
    return folder


def built(context: Path = ROOT) -> Image:
    """Of that checkout. Each step is kept, and made again only when what it is made of has changed."""
    if not _is_known(BASE):
        _make_base()
    lent = [f"--volume={path}:{path}:ro" for path in LENT if Path(path).exists()]
    buildah("bud", "--quiet", "--pull=never", "--isolation=chroot", "--layers", *lent, f"--tag={IMAGE}", str(context))
    return Image.known(IMAGE)


def _is_known(image: str) -> bool:
    return subprocess.run(["buildah", "inspect", "--type", "image", image], capture_output=True).returncode == 0


def _make_base() -> None:
    """As much like the official one as Debian's packages make it: `python` and `python3` are 3.13, and little else."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "base.tar")
        wanted = ["--variant=minbase", "--include=python3-venv,ca-certificates"]
        subprocess.run(["mmdebstrap", "--quiet", *wanted, RELEASE, str(files)], check=True)
        container = buildah("from", "scratch")
        try:
            buildah("add", "--quiet", container, str(files), "/")
            buildah("run", "--isolation=chroot", container, "ln", "-s", "/usr/bin/python3", "/usr/local/bin/python")
            buildah("config", "--env=PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin", container)
            buildah("commit", "--quiet", container, BASE)
        finally:
            buildah("rm", container)
