"""The official image that ours stands on, made here of Debian's packages."""

import platform
import subprocess
import tempfile
from pathlib import Path

from tests.image.tool import buildah, command

BASE = "docker.io/library/python:3.13-slim"
#: Debian's release with that Python
RELEASE = "trixie"
#: the official image's apt does not keep what it works out about packages, 90 MB of it
CLEAN = """Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
"""


def make_sure_of_base() -> None:
    if subprocess.run(command("inspect", "--type", "image", BASE), capture_output=True).returncode:
        _make_base()


def _make_base() -> None:
    """As much like the official one as Debian's packages make it: `python` and `python3` are 3.13, and little else."""
    with tempfile.TemporaryDirectory() as folder:
        files, told = Path(folder, "base.tar"), Path(folder, "apt.conf")
        told.write_text(CLEAN + _ways())
        wanted = ["--variant=minbase", "--include=python3-venv,ca-certificates", f"--aptopt={told}"]
        subprocess.run(["mmdebstrap", "--quiet", *wanted, RELEASE, str(files), *_mirror()], check=True)
        container = buildah("from", "scratch")
        try:
            buildah("add", "--quiet", container, str(files), "/")
            buildah("run", "--isolation=chroot", container, "ln", "-s", "/usr/bin/python3", "/usr/local/bin/python")
            buildah("config", "--env=PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin", container)
            buildah("commit", "--quiet", container, BASE)
        finally:
            buildah("rm", container)


def _mirror() -> list[str]:
    """Where this machine's own apt finds Debian; nothing where it is no Debian: then mmdebstrap knows the usual one."""
    machine = platform.freedesktop_os_release()
    if machine["ID"] != "debian":
        return []
    ours = ("Identifier: Packages", f"Release: {machine['VERSION_CODENAME']}", "Component: main")
    return _said("apt-get", "indextargets", "--format=$(REPO_URI)", *ours).split()[:1]


def _ways() -> str:
    """How this machine's own apt reaches its mirrors: proxies, certificates. The image's apt keeps to it."""
    return _said("apt-config", "dump", "--no-empty", '--format=%f "%v";%n', "Acquire::http", "Acquire::https")


def _said(*asked: str) -> str:
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout
