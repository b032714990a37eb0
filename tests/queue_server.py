"""The laptop's queue as a child process, and a target that notes what is delivered to it."""

import json
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud import tasks_v2

PARENT = "projects/test/locations/here"
SERVICE_ACCOUNT = "tasks@test.iam.gserviceaccount.com"
AUDIENCE = "https://worker.test"


def wait_until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Long enough that only a fault reaches it."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


class QueueServer:
    """One run of the server on a state folder."""

    def __init__(self, state: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "infra.local.cloud_tasks", "--state", str(state), *arguments]
        self.log = state.parent / f"{uuid.uuid4().hex}.log"
        with self.log.open("w") as log:
            self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.child.stdout is not None
        line = self.child.stdout.readline()
        assert line, self.log.read_text()
        self.url: str = json.loads(line)["listening"]
        # It takes plain dicts for messages, which its annotations do not say.
        self.client: Any = tasks_v2.CloudTasksClient(
            transport="rest",
            credentials=AnonymousCredentials(),
            client_options={"api_endpoint": self.url},
        )

    def new_queue(self, **settings: Any) -> str:
        name = f"{PARENT}/queues/{uuid.uuid4().hex}"
        self.client.create_queue(parent=PARENT, queue={"name": name, **settings})
        return name

    def certs(self) -> dict[str, str]:
        certs: dict[str, str] = requests.get(f"{self.url}/certs", timeout=30).json()
        return certs

    def lines(self, event: str) -> list[dict[str, Any]]:
        """Those of its log about that event."""
        found = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in found if line["event"] == event]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and wait; returns the exit code."""
        self.child.send_signal(number)
        code = self.child.wait(30)
        assert self.child.stdout is not None
        self.child.stdout.close()
        return code


@contextmanager
def queue_server(state: Path, *arguments: str) -> Iterator[QueueServer]:
    server = QueueServer(state, *arguments)
    try:
        yield server
    finally:
        if server.child.poll() is None:
            server.end(signal.SIGKILL)


@dataclass(frozen=True)
class Received:
    """`at` on the monotonic clock."""

    path: str
    headers: Message
    body: str
    at: float


@dataclass(frozen=True)
class Reply:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class QuietServer(ThreadingHTTPServer):
    """Tests kill its clients: a connection that ends is expected, anything else is shown."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Target:
    """`answer` decides the reply to each delivery, and may take its time."""

    def __init__(self, answer: Callable[[Received], Reply] = lambda _: Reply()) -> None:
        self.answer = answer
        self.received: list[Received] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        self._server = QuietServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/work"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def bodies(self) -> Counter[str]:
        return Counter(each.body for each in list(self.received))

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, received: Received) -> Reply:
        with self._lock:
            self.received.append(received)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        reply = self.answer(received)
        with self._lock:
            self._now -= 1
        return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        target = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                reply = target.take(Received(self.path, self.headers, body, time.monotonic()))
                try:
                    self.send_response(reply.status)
                    for name, value in {**reply.headers, "Content-Length": "0"}.items():
                        self.send_header(name, value)
                    self.end_headers()
                except ConnectionError:
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                """Tests read what was received, not a log."""

        return Handler


@contextmanager
def target(answer: Callable[[Received], Reply] = lambda _: Reply()) -> Iterator[Target]:
    one = Target(answer)
    try:
        yield one
    finally:
        one.close()
