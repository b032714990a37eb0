"""Messages of the Cloud Tasks v2 REST API, to and from JSON, and the shape of its errors.

The protobuf classes of the vendor's own package do the conversion, so what its client sends is what we read.
They are built at run time and carry no types: `Message` stands for any of them.
"""

import json
import time
from dataclasses import dataclass
from typing import Any

from google.cloud.tasks_v2 import types
from google.protobuf import json_format

Message = Any

Queue: Message = types.Queue.pb()
Task: Message = types.Task.pb()
CreateTask: Message = types.CreateTaskRequest.pb()
RunTask: Message = types.RunTaskRequest.pb()
UpdateQueue: Message = types.UpdateQueueRequest.pb()
Tasks: Message = types.ListTasksResponse.pb()
Queues: Message = types.ListQueuesResponse.pb()

RUNNING = int(types.Queue.State.RUNNING)
PAUSED = int(types.Queue.State.PAUSED)
BASIC = int(types.Task.View.BASIC)
FULL = int(types.Task.View.FULL)
POST = int(types.HttpMethod.POST)
WITH_BODY = frozenset(int(method) for method in (POST, types.HttpMethod.PUT, types.HttpMethod.PATCH))

#: HTTP status of each canonical code, https://cloud.google.com/apis/design/errors#handling_errors
STATUS = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "INTERNAL": 500,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
}


@dataclass
class ApiError(Exception):
    """A request answered with an error; `status` is one of `STATUS`."""

    status: str
    message: str

    @property
    def code(self) -> int:
        return STATUS[self.status]

    def body(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": self.message, "status": self.status}}


def invalid(message: str) -> ApiError:
    return ApiError("INVALID_ARGUMENT", message)


def parse(kind: Message, body: bytes) -> Message:
    """The message a request body holds; an empty body is the empty message. Raises ApiError."""
    try:
        return json_format.Parse(body.decode() or "{}", kind())
    except (json_format.ParseError, ValueError, RecursionError) as error:
        raise invalid(f"Invalid JSON payload received. {error}") from error


def to_json(message: Message, enum_numbers: bool) -> dict[str, Any]:
    """The message as the REST API writes it; enums by name unless the caller asked for numbers."""
    written: dict[str, Any] = json_format.MessageToDict(message, use_integers_for_enums=enum_numbers)
    return written


def merge(source: Message, paths: str, target: Message) -> None:
    """Copy the fields named by a comma-separated JSON field mask. Raises ApiError."""
    mask = parse(UpdateQueue, json.dumps({"updateMask": paths}).encode()).update_mask
    if not mask.IsValidForDescriptor(Queue.DESCRIPTOR):
        raise invalid(f"Invalid field mask: {paths}")
    # Fields absent from the source are cleared, repeated and message fields replaced, as the real service does.
    for path in mask.paths:
        clear(target, path.split("."))
    mask.MergeMessage(source, target, True, True)


def clear(message: Message, path: list[str]) -> None:
    *parents, name = path
    for parent in parents:
        message = getattr(message, parent)
    message.ClearField(name)


def set_time(timestamp: Message, at: float) -> None:
    """`at` in seconds since 1970, kept to the microsecond."""
    timestamp.FromMicroseconds(round(at * 1_000_000))


def get_time(timestamp: Message) -> float:
    return float(timestamp.ToMicroseconds() / 1_000_000)


def get_seconds(duration: Message) -> float:
    return float(duration.seconds + duration.nanos / 1_000_000_000)


def view(task: Message, wanted: int) -> Message:
    """A copy of the task as shown to callers: without its body unless the full view is asked for."""
    shown = Task()
    shown.CopyFrom(task)
    shown.view = FULL if wanted == FULL else BASIC
    if shown.view == BASIC:
        shown.http_request.ClearField("body")
    return shown


def now() -> float:
    return time.time()
