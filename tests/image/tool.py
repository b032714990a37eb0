"""buildah, with a storage of its own: nothing of ours is among a developer's images, and `make clean` removes all."""

import os
import shutil
import subprocess
from functools import cache

from infra.local.parts import ROOT

PROGRAMS = ("buildah", "mmdebstrap")
STORAGE = ROOT / ".daylog" / "images"


def why_not() -> str:
    """Why no image can be built here; empty where one can."""
    if missing := [name for name in PROGRAMS if not shutil.which(name)]:
        return f"no {', '.join(missing)}: `make deps-image` installs what builds images"
    if os.geteuid() != 0:
        return "only root may build images here"
    may_mount = (
        subprocess.run(["unshare", "--mount", "--propagation=unchanged", "true"], capture_output=True).returncode == 0
    )
    return "" if may_mount else "nothing may be mounted here, and no container runs without"


@cache
def driver() -> str:
    """How images are kept: as layers upon one another, or as whole copies (`vfs`) where the kernel refuses that, as
    it does within many containers."""
    asked = subprocess.run(_command("overlay", "info"), capture_output=True)
    return "vfs" if asked.returncode else "overlay"


def command(*arguments: str) -> list[str]:
    return _command(driver(), *arguments)


def buildah(*arguments: str) -> str:
    """What it prints. Raises AssertionError with what it complains of."""
    done = subprocess.run(command(*arguments), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout.strip()


def _command(how: str, *arguments: str) -> list[str]:
    place = STORAGE / how
    return ["buildah", f"--root={place}", f"--runroot={place}/run", f"--storage-driver={how}", *arguments]
