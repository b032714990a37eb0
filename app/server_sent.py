"""Server-sent events, as a client reads them.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html, "Interpreting an event stream".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass
class ServerSent:
    """`id` is the last that was given; `retry` the seconds to wait before asking again, as last wished for."""

    kind: str = "message"
    data: str = ""
    id: str = ""
    retry: float | None = None


def server_sent(lines: Iterable[str]) -> Iterator[ServerSent]:
    """Each event as it is complete. One without data is no event; but the wish to wait comes as one of kind "retry",
    since nothing may come after it."""
    last = ServerSent()
    kind, data = "message", list[str]()
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "event":
                kind = value
            case "data":
                data.append(value)
            case "id":
                last.id = value
            case "retry" if value.isdecimal():
                last.retry = int(value) / 1000
                yield ServerSent("retry", "", last.id, last.retry)
        if not line:
            if data:
                yield ServerSent(kind, "\n".join(data), last.id, last.retry)
            kind, data = "message", []
