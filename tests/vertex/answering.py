"""What the stand-in is asked, and what it answers: who may ask for what, the script's say, and the counts."""

import json
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from email.message import Message
from typing import Any

from tests.vertex.gemini import Gemini
from tests.vertex.refusal import Refusal
from tests.vertex.script import Answer, Call, Route, Script
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
#: how many requests are remembered, and how many bytes of them
REMEMBERED, MOST_REMEMBERED = 2000, 64 * 1024 * 1024


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

    def close(self) -> None:
        self._veo.close()

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
            self._remember(Asked(ROUTES[found["method"]], found["model"], body, dict(headers.items())))
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
            return in_json(refusal.body, refusal.code)

    def _remember(self, asked: Asked) -> None:
        with self._lock:
            self._asked.append(asked)
            while sum(len(one.body) for one in self._asked) > MOST_REMEMBERED:
                self._asked.popleft()

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
        return in_json(Refusal(answer.status, message).body, answer.status, again, answer.slow)
    return None


def _brought(answer: Answer, value: object) -> Reply:
    if answer.drop in ("accepted", "written"):
        return Reply(0, b"", dropped=True)
    if answer.body is not None:
        return Reply(200, answer.body.encode(), {"Content-Type": "application/json"}, answer.slow)
    return in_json(value, slow=answer.slow)


def in_json(value: object, status: int = 200, headers: Mapping[str, str] | None = None, slow: float = 0.0) -> Reply:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(status, body, {"Content-Type": "application/json; charset=UTF-8", **(headers or {})}, slow)
