"""The smoke test itself, against a whole Daylog where people sign in, one worker serves, and another is on trial."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from app.client import Client
from app.drawn import photo
from app.smoke import NAME, Wrong, check
from infra.local.parts import ROOT, Part, answers
from infra.local.ports import free_port
from infra.local.stack import LOCATION
from tests.issuer import LocalIssuer, claims_of, local_issuer
from tests.queue_server import wait_until
from tests.stack import open_folder, running
from tests.whole import whole_daylog

ACCOUNT = "smoke@example.org"
QUEUE = f"{LOCATION}/queues/smoke"


@dataclass(frozen=True)
class Deployment:
    """`folder` is the state of the whole; `candidate` the log of the worker that does not serve."""

    url: str
    folder: Path
    candidate: Path
    issuer: LocalIssuer

    @property
    def settings(self) -> dict[str, Any]:
        written: dict[str, Any] = json.loads((self.folder / "settings.json").read_text())
        return written

    def queue(self, action: str, **body: object) -> None:
        """Ask the queue server."""
        requests.post(f"{self.settings['tasks_endpoint']}/v2/{action}", json=body, timeout=5).raise_for_status()

    def worker_log(self) -> str:
        """Of the worker that serves."""
        return (self.folder / "logs" / "worker.log").read_text()

    def id_token(self, email: str = ACCOUNT) -> Path:
        """A file that holds one."""
        file = self.folder / email
        file.write_text(self.issuer.id_token(**claims_of(email)) + "\n")
        return file

    def asked(self, email: str = ACCOUNT, seconds: int = 60) -> "subprocess.Popen[str]":
        """The command, on its way."""
        words = ["--id-token", str(self.id_token(email)), "--seconds", str(seconds), self.url]
        return subprocess.Popen(
            [sys.executable, "-m", "app.smoke", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def client(self) -> Client:
        client = Client(self.url)
        client.sign_in(self.issuer.id_token(**claims_of(ACCOUNT)))
        return client

    def left(self) -> list[str]:
        """Titles of the account's vlogs, and names of its media."""
        client = self.client()
        return [vlog["title"] for vlog in client.vlogs()] + [media["name"] for media in client.media()]


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    with open_folder() as folder, local_issuer(folder / "issuer") as issuer:
        signing_in = {**issuer.settings(), "allowed": json.dumps(issuer.settings()["allowed"])}
        smoke = {"smoke_account": ACCOUNT, "smoke_queue": QUEUE, "short_side": 90}
        state = folder / "state"
        with whole_daylog(state, **signing_in, **smoke) as url:
            port = free_port()
            place = f"127.0.0.1:{port}"
            command = [
                sys.executable,
                "-m",
                "gunicorn",
                "-c",
                "python:app.gunicorn",
                "--bind",
                place,
                "app:create_app()",
            ]
            env = {"SERVE": "worker", "STATE": str(state), "SMOKE_QUEUE": QUEUE, "SHORT_SIDE": "90"}
            part = Part("candidate", command, lambda pid: answers(f"http://{place}/healthz"), env)
            with running(part, folder, f"candidate of {folder}") as candidate:
                one = Deployment(url, state, candidate.log, issuer)
                one.queue(f"{LOCATION}/queues", name=QUEUE, httpTarget=led_to(port))
                yield one


def led_to(port: int) -> dict[str, object]:
    return {"uriOverride": {"host": "127.0.0.1", "port": port}}


def ended(command: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Exit code, what it said, what it complained of."""
    told, complained = command.communicate(timeout=120)
    return command.returncode, told, complained


@pytest.fixture
def paused(deployment: Deployment) -> Iterator[None]:
    """Nobody delivers the smoke test's vlogs."""
    deployment.queue(f"{QUEUE}:pause")
    yield
    deployment.queue(f"{QUEUE}:resume")


def test_a_version_that_makes_films_passes_by_its_own_worker_and_nothing_of_it_stays(deployment: Deployment) -> None:
    code, told, complained = ended(deployment.asked())
    assert (code, complained) == (0, ""), told + complained
    assert "saved" in told
    assert deployment.left() == []
    (vlog_id,) = [line.split()[-1] for line in told.splitlines() if "asked for" in line]
    assert vlog_id in deployment.candidate.read_text()
    assert vlog_id not in deployment.worker_log()


@pytest.mark.usefixtures("paused")
def test_a_vlog_that_never_ends_is_given_up(deployment: Deployment) -> None:
    code, _, complained = ended(deployment.asked(seconds=2))
    assert (code, complained) == (1, "Stopped: It took too long.\n")
    assert deployment.left() == []


@pytest.mark.usefixtures("paused")
@pytest.mark.parametrize(("number", "why"), [(signal.SIGALRM, "It took too long."), (signal.SIGTERM, "Asked to end.")])
def test_what_is_being_made_when_the_test_must_end_is_deleted(
    deployment: Deployment, number: signal.Signals, why: str
) -> None:
    command = deployment.asked()
    begun(deployment)
    command.send_signal(number)
    code, _, complained = ended(command)
    assert (code, complained) == (1, f"Stopped: {why}\n")
    assert deployment.left() == []


@pytest.mark.usefixtures("paused")
def test_a_vlog_that_fails_fails_the_test_and_is_deleted(deployment: Deployment) -> None:
    command = deployment.asked()
    deployment.client().cancel(begun(deployment))
    code, _, complained = ended(command)
    assert (code, complained) == (1, "VlogFailed: Cancelled on request.\n")
    assert deployment.left() == []


def begun(deployment: Deployment) -> str:
    """The id of the vlog, once it is asked for."""
    client = deployment.client()
    wait_until(lambda: list(client.vlogs()), seconds=60)
    (vlog,) = client.vlogs()
    assert vlog["title"].startswith(NAME)
    return str(vlog["id"])


def test_who_may_not_sign_in_is_told_so(deployment: Deployment) -> None:
    code, told, complained = ended(deployment.asked("somebody@elsewhere.example"))
    assert (code, told) == (1, "")
    assert "not on the list" in complained


def test_without_a_token_nothing_is_asked_for(deployment: Deployment) -> None:
    command = [sys.executable, "-m", "app.smoke", "--id-token", "no such file", deployment.url]
    gone = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (gone.returncode, gone.stdout) == (1, "")
    assert "no such file" in gone.stderr


def test_other_people_s_vlogs_are_made_by_the_version_that_serves(deployment: Deployment) -> None:
    client = Client(deployment.url)
    client.sign_in(deployment.issuer.id_token(**claims_of("ana@example.org")))
    file = deployment.folder / "a.png"
    file.write_bytes(photo(1))
    vlog_id = client.create_vlog([client.upload(file)["id"]], {"duration": "10", "musicMood": "none"})
    assert [vlog["status"] for vlog in client.watch(vlog_id, live=True)][-1] == "completed"
    assert vlog_id not in deployment.candidate.read_text()
    wait_until(lambda: vlog_id in deployment.worker_log())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"warnings": ["a.png: It is empty."]}, "a.png: It is empty."),
        ({"error_code": "partial"}, "partial"),
        ({"duration": 0.0}, "lasts 0.0 s"),
        ({"duration": 20.1}, "lasts 20.1 s"),
        ({"segments": [{"media_id": "a"}, {"media_id": None}]}, "shows 1 of 2 photos"),
    ],
)
def test_a_film_that_lacks_something_does_not_pass(changes: dict[str, Any], told: str) -> None:
    whole = {"warnings": [], "error_code": None, "duration": 9.5, "segments": [{"media_id": "a"}, {"media_id": "b"}]}
    check(whole)
    with pytest.raises(Wrong, match=told):
        check(whole | changes)
