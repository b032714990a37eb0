"""The whole stack on one state folder, under its real supervisor, with a gate where the queue delivers: workers
come and go behind it."""

import json
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar, cast

import av
import psutil
import requests
from sqlalchemy import NullPool, create_engine, make_url

from app.bootstrap import connect, migrate
from app.settings import Settings
from infra.local import orphans
from infra.local.cloud_tasks.oidc import Issuer
from infra.local.parts import ROOT
from internal import uploads, vlogs
from internal.errors import TemporaryFailure
from internal.jobs import Dispatch, Job, Status
from internal.pipelines.vlog.compose import FILM_FILES
from internal.ports import MediaStore, Services
from internal.reconciler import reconcile
from internal.runner import enqueue
from internal.storyboard.cards import picture_folder
from internal.vlog import VlogSettings
from tests.faults import later
from tests.faults.gate import Gate
from tests.faults.worker import TIMES, Worker, gone
from tests.media import make_tiny

Answer = TypeVar("Answer")


class House:
    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self._folder = folder
        command = [sys.executable, "-m", "infra.local", "--state", str(self.state), "--without-app"]
        self._supervisor = subprocess.Popen(
            [*command, "--once-ready-print-json"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self._supervisor.stdout
        assert self._supervisor.stdout.readline(), "the stack did not start"
        written = json.loads((self.state / "settings.json").read_text())
        self.settings = Settings(**written, serve="all", state=self.state)
        migrate(self.settings)
        # tests kill the database: no connection is kept for later
        self.database = create_engine(self.settings.database_url, poolclass=NullPool)
        self._connected: list[Services] = []
        self.services = self.connect()
        self.gate = Gate(port=int(self.settings.tasks_target.rpartition(":")[2]))
        self.tiny = make_tiny(folder / "tiny")
        self._issuer = Issuer(self.state / "cloud_tasks")

    def close(self) -> None:
        for services in self._connected:
            close(services)
        self.gate.close()
        self._supervisor.send_signal(signal.SIGTERM)
        self._supervisor.communicate(timeout=30)

    def connect(self, **settings: Any) -> Services:
        """As a web process would, with settings of its own."""
        services = replace(connect(self.settings.model_copy(update=settings)), times=TIMES)
        self._connected.append(services)
        return services

    # ---------------------------------------------------------------- parts

    def part(self, name: str) -> psutil.Process:
        """The process of a part, once it runs."""
        return next(iter(soon(lambda: list(orphans.found(str(self.state.resolve()), name)))))

    def kill(self, name: str) -> None:
        """The supervisor starts it again."""
        process = self.part(name)
        process.kill()
        soon(lambda: gone([process]))
        close(self.services)  # of the tests' own connections none is left to stumble over

    @property
    def database_port(self) -> int:
        port = make_url(self.settings.database_url).port
        assert port
        return port

    def database_url(self, port: int) -> str:
        """Of the database, as it is reached by another port."""
        return make_url(self.settings.database_url).set(port=port).render_as_string(hide_password=False)

    @contextmanager
    def worker(self, **env: str) -> Iterator[Worker]:
        """One that takes the deliveries while the block lasts, unless the gate is turned to another."""
        worker = Worker(self.state, env)
        before, self.gate.target = self.gate.target, worker.port
        try:
            yield worker
        finally:
            self.gate.target = before
            worker.close()

    # ---------------------------------------------------------------- jobs

    def film(self, services: Services | None = None, owner: str = "", mark: bytes = b"", **settings: Any) -> str:
        """Ask for a film of the tiny day, as a new user would unless one is named; returns its id. `mark` makes the
        photo another one."""
        services, owner = services or self.services, owner or new_owner()
        media = [self.upload(services, owner, path, mark if path.suffix == ".jpg" else b"") for path in self.tiny]
        title = str(uuid.uuid4())  # of its own: no chunk of another film fits
        return vlogs.create(
            services, owner, VlogSettings(**{"title": title, "music_mood": "none", **settings}), media
        ).id

    def upload(self, services: Services, owner: str, path: Path, mark: bytes) -> str:
        data = path.read_bytes() + mark
        return uploads.receive(services, owner, path.name, BytesIO(data), len(data)).id

    def job(self, kind: str, services: Services | None = None) -> str:
        """Ask for a job of an odd pipeline; returns its id."""
        services, job_id = services or self.services, str(uuid.uuid4())
        with services.store.begin() as tx:
            job = Job(job_id, kind, new_owner(), {"notes": str(self.notes_file(job_id))}).created(tx.now)
            tx.add_job(job)
        enqueue(services, job)
        return job_id

    def notes_file(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.notes"

    def notes(self, job_id: str) -> list[str]:
        """What the job's steps noted, in order."""
        path = self.notes_file(job_id)
        return path.read_text().splitlines() if path.exists() else []

    def let_end(self, job_id: str) -> None:
        """For `lasts` and `forgets_to_check`."""
        Path(f"{self.notes_file(job_id)}.end").touch()

    def row(self, job_id: str) -> Job:
        return self.services.store.job(job_id)

    def wait_for(self, job_id: str, true: Callable[[Job], object], seconds: float = 120) -> Job:
        def seen() -> Job | None:
            with suppress(TemporaryFailure):  # the database is one of the parts that tests take away
                job = self.row(job_id)
                return job if true(job) else None
            return None

        try:
            return cast(Job, soon(seen, seconds))
        except AssertionError:
            raise AssertionError(f"not in time: {self.row(job_id)} {self.events(job_id)}") from None

    def running(self, job_id: str) -> Job:
        return self.wait_for(job_id, lambda job: job.status is Status.RUNNING)

    def lose_lease(self, job_id: str) -> None:
        """As if its worker, which is dead or frozen, had been so for as long as a lease lasts. It is reconciled here:
        who else does so may be waiting for the frozen one's answer."""
        held = self.row(job_id)
        assert held.lease_until

        def seen() -> bool:
            reconcile(self.services)
            return self.row(job_id).version > held.version

        later.let_time_pass(self.database, job_id, TIMES.lease + TIMES.submit_timeout)
        soon(seen)

    @contextmanager
    def struck(self, ask: Callable[[], str]) -> Iterator[str]:
        """A job whose worker was killed at its crash point, and that nobody takes up while the block lasts; its id."""
        with self.paused_queue():
            job_id = ask()
            with suppress(requests.ConnectionError):
                raise AssertionError(f"it was not killed, and answered {self.deliver(Dispatch(job_id, 1, 1)).text}")
            self.lose_lease(job_id)
            yield job_id

    def complete(self, job_id: str, seconds: float = 120) -> Job:
        """The job, completed: nothing held, nothing asked for, and its story is straight."""
        job = self.finished(job_id, seconds)
        assert job.status is Status.COMPLETED, (job, self.events(job_id))
        assert (job.lease_until, job.next_run_at, job.progress) == (None, None, 1.0)
        events = self.services.store.events(job_id)
        assert [event.seq for event in events] == list(range(1, job.version + 1))
        fences = [event.data["fence"] for event in events]
        assert fences == sorted(fences)
        assert events[-1].kind == "completed"
        return job

    def whole_film(self, job: Job) -> None:
        """What users will watch is there once, is what was made, and plays to its end."""
        assert job.result
        made, folder = f"films/{job.id}/{job.run_no}/film.mp4", job.result["folder"]
        assert films_in(self.services.media, job.id) == sorted(f"{folder}/{name}" for name in FILM_FILES)
        assert not [found.key for found in self.services.media.list("incoming/") if job.id in found.key]
        with tempfile.TemporaryDirectory() as place:
            shown, source = Path(place, "shown.mp4"), Path(place, "made.mp4")
            self.services.media.get(f"{folder}/film.mp4", shown)
            self.services.work.get(made, source)
            assert shown.read_bytes() == source.read_bytes()
            with av.open(shown) as film:
                frames = sum(1 for _ in film.decode(video=0))
        assert frames == round(job.result["seconds"] * 30)

    def chunks(self) -> dict[str, datetime]:
        """When each kept chunk was put, by key."""
        return {found.key: found.updated_at for found in self.services.work.list("chunks/")}

    def finished(self, job_id: str, seconds: float = 120) -> Job:
        return self.wait_for(job_id, lambda job: job.finished, seconds)

    def events(self, job_id: str) -> list[str]:
        return [event.kind for event in self.services.store.events(job_id)]

    def deliver(self, dispatch: Dispatch, port: int | None = None) -> requests.Response:
        """As the queue does, to the worker behind the gate unless another is named."""
        token = self._issuer.token(self.settings.tasks_service_account, self.settings.tasks_audience)
        return requests.post(
            f"http://127.0.0.1:{port or self.gate.port}/internal/tasks/create-vlog",
            json={"job_id": dispatch.job_id, "run_no": dispatch.run_no, "dispatch_no": dispatch.dispatch_no},
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )

    # ---------------------------------------------------------------- the queue

    def queue_call(self, method: str, path: str = "") -> requests.Response:
        """On the queue itself: `path` is what follows its name."""
        return requests.request(
            method, f"{self.settings.tasks_endpoint}/v2/{self.settings.tasks_queue}{path}", json={}, timeout=10
        )

    def queue_answers(self) -> bool:
        with suppress(requests.RequestException):
            return self.queue_call("GET").ok
        return False

    @contextmanager
    def paused_queue(self) -> Iterator[None]:
        assert self.queue_call("POST", ":pause").ok
        try:
            yield
        finally:
            assert self.queue_call("POST", ":resume").ok


def soon(ask: Callable[[], Answer], seconds: float = 60.0) -> Answer:
    """The first answer that is true."""
    until = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
    return answer


def close(services: Services) -> None:
    """What production processes leave to their end."""
    adapters: tuple[Any, ...] = (services.store, services.work, services.media)
    for adapter in adapters:
        adapter.close()


def films_in(media: MediaStore, vlog_id: str) -> list[str]:
    """Keys of all that lies under the vlog's prefix but the pictures of its scenes."""
    keys = [found.key for found in media.list(f"vlogs/{vlog_id}/")]
    return sorted(key for key in keys if not key.startswith(picture_folder(vlog_id)))


def new_owner() -> str:
    return f"owner-{uuid.uuid4()}"
