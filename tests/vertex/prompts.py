"""A local stand-in for Vertex AI's prompts: datasets of one schema and their versions, over HTTP.

What it takes and gives is what the Agent Platform SDK (google-cloud-aiplatform 2.7) was seen to send and to read, and
what the reference of `projects.locations.datasets` says (cloud.google.com/vertex-ai/docs/reference/rest).
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import Field

from tests.vertex.refusal import Refusal
from tests.vertex.shapes import Content, Message, Part, parsed

PLACE = "projects/local/locations/us-central1"
PATH = re.compile(
    r"/v1beta1/(?P<place>projects/[^/]+/locations/[^/]+)/datasets"
    r"(/(?P<dataset>\d+)(/(?P<of>operations|datasetVersions)(/(?P<one>\d+))?)?)?"
)
FILTER = re.compile(r'display_name="([^"]*)"')
BEGINNING = datetime(2026, 11, 20, 9, tzinfo=UTC)
Name = Annotated[str, Field(min_length=1, max_length=128)]


class Parts(Message):
    parts: list[Part]


class Value(Message):
    part_list: Parts


class Execution(Message):
    arguments: dict[str, Value]


class PromptMessage(Message):
    model: Name
    contents: Annotated[list[Content], Field(min_length=1, max_length=1)]


class Multimodal(Message):
    prompt_message: PromptMessage


class ApiSchema(Message):
    api_schema_version: Literal["1.0.0"]
    multimodal_prompt: Multimodal
    executions: list[Execution] = Field(default_factory=list)


class Metadata(Message):
    prompt_type: Literal["multimodal_freeform"]
    has_prompt_variable: bool
    prompt_api_schema: ApiSchema


class Update(Message):
    name: str
    metadata: Metadata
    model_reference: Name
    display_name: Name | None = None


class Creation(Update):
    display_name: Name
    metadata_schema_uri: Literal["gs://google-cloud-aiplatform/schema/dataset/metadata/text_prompt_1.0.0.yaml"]


class VersionCreation(Message):
    display_name: Name


@dataclass
class Dataset:
    display_name: str
    metadata: Metadata
    model: str
    #: display name, metadata and time of each, from number 1
    versions: list[tuple[str, Metadata, datetime]] = field(default_factory=list)


class Prompts:
    """What is kept, and what was asked. May be used by several threads."""

    def __init__(self) -> None:
        self.url = ""
        #: an error's status and message for every request, instead of what was asked
        self.refusal: Refusal | None = None
        #: how often each method was used
        self.requests: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._datasets: list[Dataset] = []
        self._saved = 0

    def save(self, display_name: str, text: str, label: str) -> None:
        """As somebody does in the console."""
        message = PromptMessage(model="gemini-3.5-flash-lite", contents=[Content(parts=[Part(text=text)])])
        schema = ApiSchema(api_schema_version="1.0.0", multimodal_prompt=Multimodal(prompt_message=message))
        kept = Metadata(prompt_type="multimodal_freeform", has_prompt_variable=False, prompt_api_schema=schema)
        with self._lock:
            found = [one for one in self._datasets if one.display_name == display_name]
            if not found:
                found = [Dataset(display_name, kept, message.model)]
                self._datasets += found
            found[0].metadata = kept
            self._new_version(found[0], label)

    def another(self, display_name: str) -> None:
        """A second prompt of that name."""
        with self._lock:
            first = next(one for one in self._datasets if one.display_name == display_name)
            self._datasets.append(Dataset(display_name, first.metadata, first.model))

    def unversioned(self, display_name: str) -> None:
        """As when its maker was killed before its first version was there."""
        with self._lock:
            for one in self._datasets:
                if one.display_name == display_name:
                    one.versions.clear()

    def published(self, display_name: str) -> list[tuple[str, str]]:
        """Each version's own name and text, from the first."""
        with self._lock:
            found = [one for one in self._datasets if one.display_name == display_name]
            return [(label, text_of(metadata)) for label, metadata, _ in found[0].versions] if found else []

    def answer(self, method: str, path: str, body: bytes) -> Any:
        """Raises Refusal."""
        asked = urlsplit(path)
        found = PATH.fullmatch(asked.path)
        with self._lock:
            self.requests[method] += 1
            if self.refusal:
                raise self.refusal
            if not found:
                raise Refusal(404, f"The requested URL {path} was not found on this server.")
            if found["place"] != PLACE:
                raise Refusal(403, f"Permission 'aiplatform.datasets.list' denied on {found['place']}.")
            query = {
                name: values[0] for name, values in parse_qs(asked.query, strict_parsing=bool(asked.query)).items()
            }
            return self._answer(method, found, query, body)

    def _answer(self, method: str, found: re.Match[str], query: dict[str, str], body: bytes) -> Any:
        match method, found["dataset"], found["of"], found["one"]:
            case "GET", None, None, None:
                return {"datasets": [self._shown(one) for one in self._listed(query)]}
            case "POST", None, None, None:
                return self._created(parsed(Creation, body))
            case "GET", number, None, None:
                return self._shown(self._dataset(number))
            case "PATCH", number, None, None:
                return self._updated(self._dataset(number), parsed(Update, body))
            case "POST", number, "datasetVersions", None:
                self._new_version(self._dataset(number), parsed(VersionCreation, body).display_name)
                return self._work(number, f"datasetVersions/{len(self._dataset(number).versions)}")
            case "GET", number, "datasetVersions", None:
                versions = self._dataset(number).versions
                # the newest first, as nobody has promised otherwise
                return {"datasetVersions": [self._version(number, n) for n in range(len(versions), 0, -1)]}
            case "GET", number, "datasetVersions", one:
                return self._version(number, int(one))
            case "GET", number, "operations", one:
                made = f"{PLACE}/datasets/{number}" + (f"/datasetVersions/{one}" if int(one) else "")
                return {"name": f"{PLACE}/datasets/{number}/operations/{one}", "done": True, "response": {"name": made}}
        raise Refusal(404, "The requested URL was not found on this server.")

    def _listed(self, query: dict[str, str]) -> list[Dataset]:
        if not set(query) <= {"filter", "pageSize"} or not query.get("pageSize", "1").isdigit():
            raise Refusal(400, f"Invalid value in {query}.")
        wanted = FILTER.fullmatch(query.get("filter", ""))
        if not wanted:
            raise Refusal(400, f"Invalid filter {query.get('filter')}.")
        return [one for one in self._datasets if one.display_name == wanted[1]]

    def _created(self, asked: Creation) -> Any:
        if asked.name != PLACE:
            raise Refusal(400, f"{asked.name} is no place for it.")
        self._datasets.append(Dataset(asked.display_name, asked.metadata, asked.model_reference))
        return self._work(str(len(self._datasets)), "")

    def _updated(self, dataset: Dataset, asked: Update) -> Any:
        if asked.name != self._name(dataset):
            raise Refusal(400, f"{asked.name} is another dataset.")
        dataset.metadata, dataset.model = asked.metadata, asked.model_reference
        return self._shown(dataset)

    def _work(self, number: str, made: str) -> Any:
        """Long-running work, which is done when it is asked about."""
        return {"name": f"{PLACE}/datasets/{number}/operations/{made.rpartition('/')[2] or 0}"}

    def _new_version(self, dataset: Dataset, label: str) -> None:
        self._saved += 1
        saved_at = BEGINNING + timedelta(hours=self._saved)
        dataset.versions.append((label, dataset.metadata.model_copy(deep=True), saved_at))

    def _dataset(self, number: str) -> Dataset:
        if not 0 < int(number) <= len(self._datasets):
            raise Refusal(404, f"The Dataset {number} does not exist.")
        return self._datasets[int(number) - 1]

    def _name(self, dataset: Dataset) -> str:
        return f"{PLACE}/datasets/{next(n for n, one in enumerate(self._datasets, 1) if one is dataset)}"

    def _shown(self, dataset: Dataset) -> Any:
        return {
            "name": self._name(dataset),
            "displayName": dataset.display_name,
            "metadata": dataset.metadata.model_dump(mode="json", by_alias=True, exclude_none=True),
            "modelReference": dataset.model,
            "createTime": BEGINNING.isoformat(),
        }

    def _version(self, number: str, version: int) -> Any:
        dataset = self._dataset(number)
        if not 0 < version <= len(dataset.versions):
            raise Refusal(404, f"The DatasetVersion {version} does not exist.")
        label, metadata, saved_at = dataset.versions[version - 1]
        return {
            "name": f"{self._name(dataset)}/datasetVersions/{version}",
            "displayName": label,
            "metadata": metadata.model_dump(mode="json", by_alias=True, exclude_none=True),
            "modelReference": dataset.model,
            "createTime": saved_at.isoformat(),
        }


def text_of(metadata: Metadata) -> str:
    [content] = metadata.prompt_api_schema.multimodal_prompt.prompt_message.contents
    return "".join(part.text or "" for part in content.parts)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, prompts: Prompts) -> None:
        self.prompts = prompts
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            if not self.headers.get("Authorization", "").startswith("Bearer "):
                raise Refusal(401, "Request is missing required authentication credential.")
            status, answer = 200, self.server.prompts.answer(self.command, self.path, body)
        except Refusal as refusal:
            status, answer = refusal.code, refusal.body
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = _answer

    def log_message(self, format: str, *args: object) -> None:
        """What was asked is counted, not logged."""


@contextmanager
def prompt_server() -> Iterator[Prompts]:
    """At its `url`; project "local", location us-central1."""
    prompts = Prompts()
    with _Server(prompts) as server:
        prompts.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield prompts
        finally:
            server.shutdown()
            thread.join()
