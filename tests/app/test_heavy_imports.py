"""google-cloud-aiplatform costs two seconds and 200 MiB to import: no request ever waits for that."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from infra.local.parts import ROOT
from internal.ports import Services
from tests.app.asking import Media
from tests.tokens import CertServer, new_signer, token
from tests.vertex import vertex

HEAVY = ("google.cloud.aiplatform", "agentplatform", "vertexai")


@pytest.fixture
def answered(settings: Settings, services: Services, media: Media, tmp_path: Path) -> dict[str, Any]:
    """What a process says that has answered every kind of request, of the web, of the queue and of Eventarc, with
    Google's models."""
    signer = new_signer(tmp_path)
    certs = CertServer(signer.certs)
    says = {"iss": settings.tasks_issuer, "aud": settings.tasks_audience, "email": settings.tasks_service_account}
    passed = token(signer, **says)
    photo = tmp_path / "tiny.jpg"
    photo.write_bytes(media.files["tiny.jpg"])
    try:
        with vertex(services.work, settings.work_bucket, short_side=90) as server:
            google = {"analyst": "gemini", "generator": "veo", "google_project": "local", "vertex_endpoint": server.url}
            changes = {"tasks_certs_url": certs.url, "first_poll": 0, "poll_every": 0.1, **google}
            return run([sys.executable, "-m", "tests.app.all_requests", str(photo), passed], settings, changes)
    finally:
        certs.close()


def run(command: list[str], settings: Settings, changes: dict[str, Any]) -> dict[str, Any]:
    given = settings.model_copy(update=changes).model_dump(mode="json", exclude_none=True)
    given |= {name: json.dumps(value) for name, value in given.items() if isinstance(value, list)}
    environment = {**os.environ, **{name.upper(): str(value) for name, value in given.items()}}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def test_no_request_imports_the_platforms_package(answered: dict[str, Any]) -> None:
    assert (answered["status"], answered["warnings"]) == ("completed", []), answered["error_message"]
    assert answered["cost"] > 0
    modules = answered["modules"]
    assert {"google.genai", "google.cloud.tasks_v2", "google.cloud.storage", "boto3", "internal.arrivals"} <= set(
        modules
    )
    assert [name for name in modules if name.startswith(HEAVY)] == []
