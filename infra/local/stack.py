"""Which parts the laptop's stack has, where they listen, and what the app is told about them."""

import http.client
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local import fake_gcs, r2, state
from infra.local.certificates import certificate
from infra.local.files import write_json
from infra.local.parts import Part, StackError, answers
from infra.local.postgres import Postgres, home_for

SERVERS = ("postgres", "cloud_tasks", "fake_gcs", "r2")
APP = ("web", "worker")
#: what ends first, what last: nothing loses what it still needs
STOP_ORDER = (APP, ("cloud_tasks",), ("fake_gcs", "r2"), ("postgres",))
WORK_BUCKET, MEDIA_BUCKET = "daylog-work", "daylog-media"
LOCATION = "projects/local/locations/local"
QUEUE = f"{LOCATION}/queues/vlogs"
#: in seconds; a laptop must not wait as long as the cloud does
RETRIES = {"maxAttempts": 4, "minBackoff": "0.5s", "maxBackoff": "10s"}
RATES = {"maxDispatchesPerSecond": 10, "maxConcurrentDispatches": 4}
TASKS_ACCOUNT, SCHEDULER_ACCOUNT = "tasks@daylog.localhost", "scheduler@daylog.localhost"
TOKEN_ISSUER = "http://cloud-tasks.localhost"  # noqa: S105 - an address, not a secret
#: what the scheduler calls, and how often, in seconds
CALLS = {"reconcile": 1, "sweep": 60}


@dataclass(frozen=True)
class Stack:
    """All parts on one state folder."""

    folder: Path
    ports: Mapping[str, int]

    @property
    def mark(self) -> str:
        """By which its processes are found."""
        return str(self.folder)

    @property
    def postgres(self) -> Postgres:
        home = home_for(self.folder / "postgres", state.identity(self.folder))
        return Postgres(home, self.ports["postgres"], self.mark)

    def url(self, name: str) -> str:
        scheme = "https" if name == "fake_gcs" else "http"
        return f"{scheme}://127.0.0.1:{self.ports[name]}"

    def origins(self) -> tuple[str, ...]:
        """Of our own pages."""
        return self.url("web"), f"http://localhost:{self.ports['web']}"

    def part(self, name: str) -> Part:
        """Raises StackError."""
        match name:
            case "postgres":
                return self.postgres.part()
            case "fake_gcs":
                return fake_gcs.part(self.folder / "work_store", self.ports[name])
            case "r2":
                return r2.part(self.folder / "media_store", self.ports[name], self.origins())
            case "cloud_tasks":
                return self._cloud_tasks()
            case _:
                return self._app(name)

    def _cloud_tasks(self) -> Part:
        worker, url = self.url("worker"), self.url("cloud_tasks")
        calls = [
            f"{worker}/internal/tasks/{name},{every},{worker},{SCHEDULER_ACCOUNT}" for name, every in CALLS.items()
        ]
        schedules = [word for call in calls for word in ("--schedule", call)]
        place = ("--port", str(self.ports["cloud_tasks"]), "--state", str(self.folder / "cloud_tasks"))
        return Part(
            name="cloud_tasks",
            command=[sys.executable, "-m", "infra.local.cloud_tasks", *place, *schedules],
            ready=lambda pid: answers(f"{url}/healthz"),
        )

    def _app(self, name: str) -> Part:
        url = self.url(name)
        bind = ("--bind", f"127.0.0.1:{self.ports[name]}")
        return Part(
            name=name,
            command=[sys.executable, "-m", "gunicorn", "-c", "python:app.gunicorn", *bind, "app:create_app()"],
            ready=lambda pid: answers(f"{url}/healthz"),
            env={"SERVE": name, **self._environment()},
        )

    def migration(self) -> Part:
        """Brings the database to the newest schema, and ends."""
        command = [sys.executable, "-m", "app.migrate"]
        return Part("migrate", command, ready=lambda pid: False, env=self._environment())

    def _environment(self) -> Mapping[str, str]:
        """A proxy for the rest of the world must not be asked for our own servers."""
        return {"STATE": str(self.folder), "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}

    def fill(self) -> None:
        """Make what the servers hold for us, once they are ready. May be repeated. Raises StackError."""
        self.postgres.make_database()
        fake_gcs.make_bucket(self.url("fake_gcs"), self.folder / "work_store", WORK_BUCKET)
        r2.make_bucket(self.url("r2"), self.folder / "media_store", MEDIA_BUCKET)
        make_queue(self.url("cloud_tasks"))

    def write_settings(self) -> None:
        write_json(self.folder / "settings.json", self.settings())

    def settings(self) -> dict[str, Any]:
        """What `app.settings` reads, by its names in lower case."""
        access_key, secret_key = r2.keys(self.folder / "media_store")
        return {
            "database_url": self.postgres.url(),
            "tasks_endpoint": self.url("cloud_tasks"),
            "tasks_queue": QUEUE,
            "tasks_target": self.url("worker"),
            "tasks_service_account": TASKS_ACCOUNT,
            "scheduler_service_account": SCHEDULER_ACCOUNT,
            "tasks_audience": self.url("worker"),
            "tasks_issuer": TOKEN_ISSUER,
            "tasks_certs_url": f"{self.url('cloud_tasks')}/certs",
            "work_endpoint": self.url("fake_gcs"),
            "work_bucket": WORK_BUCKET,
            "work_certificate": str(certificate(fake_gcs.tls(self.folder / "work_store"))[0]),
            "media_endpoint": self.url("r2"),
            "media_bucket": MEDIA_BUCKET,
            "media_access_key": access_key,
            "media_secret_key": secret_key,
            "public_url": self.url("web"),
            "hosts": ["127.0.0.1", "localhost"],
        }


def make_queue(endpoint: str) -> None:
    """Or bring an existing one to today's limits. Raises StackError."""
    queue = {"name": QUEUE, "retryConfig": RETRIES, "rateLimits": RATES}
    status = _send(endpoint, "POST", f"/v2/{LOCATION}/queues", queue)
    if status == 409:
        status = _send(endpoint, "PATCH", f"/v2/{QUEUE}?updateMask=retryConfig,rateLimits", queue)
    if status != 200:
        raise StackError(f"The queue server refused to make its queue ({status}).")


def _send(endpoint: str, method: str, path: str, body: Mapping[str, Any]) -> int:
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=10)
    try:
        connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()
