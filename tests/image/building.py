"""Builds the Dockerfile's image as a build service would, over a base image that is made here."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from infra.local.parts import ROOT
from tests.image.base import make_sure_of_base
from tests.image.tool import STORAGE, buildah, driver

IMAGE = "localhost/daylog:tested"
#: what lies about in an operator's checkout, and in no image
CANARY = "a canary: no image may hold this"
CARELESS = (".env", "app/.env", "infra/.env.production", "app/worker.pem", "internal/signing.key", "credentials.json",
            "terraform/terraform.tfstate", ".daylog/password")  # fmt: skip
#: whom this machine trusts
TRUSTED = Path("/etc/ssl/certs")


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
    """Of that checkout. Where layers cost little each step is kept, and made again only when what it is made of has
    changed."""
    make_sure_of_base()
    lent = [f"--volume={ours}:{theirs}:ro" for ours, theirs in _lent() if ours.exists()]
    layers = f"--layers={'true' if driver() == 'overlay' else 'false'}"
    buildah("bud", "--quiet", "--pull=never", "--isolation=chroot", layers, *lent, f"--tag={IMAGE}", str(context))
    return Image.known(IMAGE)


def _lent() -> list[tuple[Path, Path]]:
    """Files of ours, and where the steps that install find them."""
    pip = STORAGE / "pip.conf"
    pip.write_text(_pip_conf())
    return [(TRUSTED, TRUSTED), (pip, Path("/etc/pip.conf"))]


def _pip_conf() -> str:
    """All that this machine's pip is told, by files and by its environment, which has the last word."""
    asked = [sys.executable, "-m", "pip", "config", "list"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    known = {source: re.findall(rf"^{source}\.([\w-]+)='(.*)'$", told, re.MULTILINE) for source in ("global", ":env:")}
    options = dict(known["global"]) | dict(known[":env:"])
    return "\n".join(["[global]", *(f"{name} = {value}" for name, value in options.items()), ""])
