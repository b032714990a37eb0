"""The stand-in over HTTP: who may ask for what, and how an answer is brought, or is not."""

import json
import re
import socket
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from internal.ports import WorkStore
from tests.vertex.gemini import Gemini
from tests.vertex.refusal import Refusal
from tests.vertex.script import Answer, Call, Route, Rule, Script
from tests.vertex.shapes import FetchPredictOperation, GenerateContent, PredictLongRunning, parsed
from tests.vertex.store import Bucket
from tests.vertex.veo import Submission, Veo

PATH = re.compile(
    r"/v1/(?P<place>projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+)/publishers/google/models/(?P<model>[^/:]+))"
    r":(?P<method>\w+)"
)
ROUTES: dict[str, Route] = {
    "generateContent": "generate",
    "predictLongRunning": "submit",
    "fetchPredictOperation": "poll",
}
#: which models are served where
GEMINI = frozenset({"gemini-3.5-flash-lite", "gemini-3.8-flash"})
VEO = frozenset({"veo-3.1-generate-001", "veo-3.1-fast-generate-001", "veo-3.1-lite-generate-001"})
LOCATIONS = {**dict.fromkeys(GEMINI, ("global", "us-central1")), **dict.fromkeys(VEO, ("us-central1",))}
#: bytes of the largest body (that of Google's front end), and how many requests are remembered
MOST_BODY, REMEMBERED = 20 * 1024 * 1024, 200


@dataclass(frozen=True)
class Asked:
    """A request as it came: what was sent can be looked at."""

    route: Route
    model: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    #: seconds over which the body trickles out
    slow: float = 0.0
    #: end the connection instead
    dropped: bool = False


class Vertex:
    """What it was asked, and what it answers. May be used by several threads."""

    def __init__(self, bucket: Bucket, project: str = "local", short_side: int | None = 180) -> None:
        self.script = Script()
        self.url = ""
        self._project = project
        self._veo = Veo(bucket, short_side)
        self._gemini = Gemini(bucket)
        self._lock = threading.Lock()
        self._requests: Counter[str] = Counter()
        self._refused: list[str] = []
        self._asked: deque[Asked] = deque(maxlen=REMEMBERED)

    @property
    def submissions(self) -> list[Submission]:
        """Orders to Veo that were accepted, whether or not the answer arrived."""
        return self._veo.submissions

    @property
    def asked(self) -> list[Asked]:
        """The latest requests that were read."""
        with self._lock:
            return list(self._asked)

    @property
    def requests(self) -> Counter[str]:
        """How many there were on each route, those dropped unread too."""
        with self._lock:
            return Counter(self._requests)

    @property
    def refused(self) -> list[str]:
        """Why requests were, other than by the script: a client that is right has none."""
        with self._lock:
            return list(self._refused)

    def charges(self) -> Counter[str]:
        """How often each prefix was charged for."""
        return Counter(one.prefix for one in self.submissions if one.charged)

    def counts(self) -> dict[str, Any]:
        """All of it, for other programs."""
        submissions = [asdict(one) for one in self.submissions]
        return {"requests": self.requests, "refused": self.refused, "submissions": submissions}

    def addressed(self, path: str) -> re.Match[str]:
        """Raises Refusal unless it is a route of ours, of a model that is served there."""
        found = PATH.fullmatch(path)
        if not found or found["method"] not in ROUTES:
            raise Refusal(404, f"The requested URL {path} was not found on this server.")
        with self._lock:
            self._requests[ROUTES[found["method"]]] += 1
        if found["project"] != self._project:
            raise Refusal(403, f"Permission denied on resource project {found['project']}.")
        serves = VEO if found["method"] != "generateContent" else GEMINI
        if found["model"] not in serves or found["location"] not in LOCATIONS[found["model"]]:
            raise Refusal(404, f"Publisher Model `{found['place']}` was not found or your project has no access to it.")
        return found

    def drops_unread(self, path: str) -> bool:
        found = PATH.fullmatch(path)
        if not found or found["method"] not in ROUTES:
            return False
        answer = self.script.answer(Call(ROUTES[found["method"]], found["model"]), unread=True)
        if answer.drop == "unread":
            with self._lock:
                self._requests[ROUTES[found["method"]]] += 1
        return answer.drop == "unread"

    def answer(self, path: str, headers: Message, body: bytes) -> Reply:
        try:
            found = self.addressed(path)
            if not re.fullmatch(r"Bearer \S+", headers.get("Authorization", "")):
                raise Refusal(401, "Request is missing required authentication credential.")
            with self._lock:
                self._asked.append(Asked(ROUTES[found["method"]], found["model"], body, dict(headers.items())))
            match ROUTES[found["method"]]:
                case "generate":
                    return self._generate(found, body)
                case "submit":
                    return self._submit(found, body)
                case "poll":
                    return self._poll(found, body)
        except Refusal as refusal:
            with self._lock:
                self._refused.append(f"{refusal.code} {refusal}")
            return _json(refusal.body, refusal.code)

    def _generate(self, found: re.Match[str], body: bytes) -> Reply:
        asked = parsed(GenerateContent, body)
        looks = self._gemini.check(asked)
        scripted = self.script.answer(Call("generate", found["model"], asked.labels, words=asked.words))
        return _told(scripted) or _brought(scripted, self._gemini.answer(found["model"], asked, looks, scripted))

    def _submit(self, found: re.Match[str], body: bytes) -> Reply:
        order = parsed(PredictLongRunning, body)
        self._veo.check(order)
        prompt, prefix = order.instances[0].prompt, order.parameters.storage_uri or ""
        scripted = self.script.answer(Call("submit", found["model"], order.labels, prefix, prompt))
        if refused := _told(scripted):
            return refused
        return _brought(scripted, {"name": self._veo.submit(found["place"], found["model"], order, scripted)})

    def _poll(self, found: re.Match[str], body: bytes) -> Reply:
        name = parsed(FetchPredictOperation, body).operation_name
        if not name.startswith(f"{found['place']}/operations/"):
            raise Refusal(400, f"The operation {name} is not one of {found['place']}.")
        order = self._veo.find(name).submission
        scripted = self.script.answer(Call("poll", found["model"], order.labels, order.prefix, order.prompt))
        return _told(scripted) or _brought(scripted, self._veo.poll(name))


def _told(answer: Answer) -> Reply | None:
    """What the script has instead of any work."""
    time.sleep(answer.delay)
    if answer.drop == "read":
        return Reply(0, b"", dropped=True)
    if answer.status:
        again = {"Retry-After": f"{answer.retry_after:g}"} if answer.retry_after is not None else {}
        message = answer.message or f"Scripted status {answer.status}."
        return _json(Refusal(answer.status, message).body, answer.status, again, answer.slow)
    return None


def _brought(answer: Answer, value: object) -> Reply:
    if answer.drop == "accepted":
        return Reply(0, b"", dropped=True)
    if answer.body is not None:
        return Reply(200, answer.body.encode(), {"Content-Type": "application/json"}, answer.slow)
    return _json(value, slow=answer.slow)


def _json(value: object, status: int = 200, headers: Mapping[str, str] | None = None, slow: float = 0.0) -> Reply:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(status, body, {"Content-Type": "application/json; charset=UTF-8", **(headers or {})}, slow)


class _Server(ThreadingHTTPServer):
    """Its clients are killed, and it hangs up on them: a connection that ends is no error."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, vertex: Vertex) -> None:
        self.vertex = vertex
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        if self.server.vertex.drops_unread(self.path):
            return self._drop()
        size = int(self.headers.get("Content-Length", 0))
        if size > MOST_BODY:
            self.close_connection = True
            return self._send(_json(Refusal(400, "Request payload size exceeds the limit.").body, 400))
        body = self.rfile.read(size)
        if self.path == "/script":
            return self._send(self._rewrite(body))
        return self._send(self.server.vertex.answer(self.path, self.headers, body))

    def do_GET(self) -> None:
        known = self.path == "/counts"
        self._send(_json(self.server.vertex.counts()) if known else _json(Refusal(404, "Not Found").body, 404))

    def _rewrite(self, body: bytes) -> Reply:
        """`{"rules": […]}` replaces the script; with `"add": true`, is added to it."""
        try:
            asked = json.loads(body)
            rules = [Rule.model_validate(rule) for rule in asked["rules"]]
        except (ValueError, KeyError, TypeError) as error:
            return _json(Refusal(400, str(error)).body, 400)
        script = self.server.vertex.script
        script.add(*rules) if asked.get("add") else script.set(rules)
        return _json({"rules": len(rules)})

    def _send(self, reply: Reply) -> None:
        if reply.dropped:
            self._drop()
            return
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self._trickle(reply)

    def _trickle(self, reply: Reply) -> None:
        if not reply.slow:
            self.wfile.write(reply.body)
            return
        for number in range(len(reply.body)):
            time.sleep(reply.slow / len(reply.body))
            self.wfile.write(reply.body[number : number + 1])

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        """What was asked is counted, not logged."""


@contextmanager
def vertex(work: WorkStore, bucket: str, *, port: int = 0, short_side: int | None = 180) -> Iterator[Vertex]:
    """The stand-in at its `url`, with this work store behind gs://`bucket`/. Project "local"; Veo in us-central1,
    Gemini there and in "global". Clips have `short_side` pixels, or as many as are asked for."""
    with serving(Bucket(bucket, lambda: work), port, short_side) as one:
        yield one


@contextmanager
def serving(bucket: Bucket, port: int = 0, short_side: int | None = None) -> Iterator[Vertex]:
    one = Vertex(bucket, short_side=short_side)
    with _Server(port, one) as server:
        one.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield one
        finally:
            server.shutdown()
            thread.join()
