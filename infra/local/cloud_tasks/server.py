"""The REST API over HTTP/1.1 on this machine only."""

import json
import re
import sqlite3
import sys
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from infra.local.cloud_tasks.logs import log
from infra.local.cloud_tasks.rules import LOCATION, MAX_TASK_BYTES, QUEUE, is_loopback
from infra.local.cloud_tasks.service import Call, CloudTasks
from infra.local.cloud_tasks.wire import ApiError, Message, invalid, to_json

Method = Callable[[CloudTasks, str, Call], Message]

ANY_TASK = QUEUE + "/tasks/[^/:]+"
ROUTES: tuple[tuple[str, re.Pattern[str], Method], ...] = tuple(
    (verb, re.compile("/v2/" + path), method)
    for verb, path, method in (
        ("POST", f"({QUEUE})/tasks", CloudTasks.create_task),
        ("GET", f"({ANY_TASK})", CloudTasks.get_task),
        ("GET", f"({QUEUE})/tasks", CloudTasks.list_tasks),
        ("DELETE", f"({ANY_TASK})", CloudTasks.delete_task),
        ("POST", f"({ANY_TASK}):run", CloudTasks.run_task),
        ("POST", f"({LOCATION})/queues", CloudTasks.create_queue),
        ("GET", f"({LOCATION})/queues", CloudTasks.list_queues),
        ("GET", f"({QUEUE})", CloudTasks.get_queue),
        ("PATCH", f"({QUEUE})", CloudTasks.update_queue),
        ("DELETE", f"({QUEUE})", CloudTasks.delete_queue),
        ("POST", f"({QUEUE}):pause", CloudTasks.pause_queue),
        ("POST", f"({QUEUE}):resume", CloudTasks.resume_queue),
        ("POST", f"({QUEUE}):purge", CloudTasks.purge_queue),
    )
)

#: a task of the largest size, in base64 and JSON
MAX_BODY = 2 * MAX_TASK_BYTES
IDLE_SECONDS = 120


class Server(ThreadingHTTPServer):
    """`certs` is served at /certs, as google-auth wants it. Port 0 takes a free one."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, api: CloudTasks, certs: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.api, self.certs = api, certs

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of ours; anything else is a bug to be seen."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            log("request failed", error="".join(traceback.format_exception(error)))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    # Head and body leave in one packet: two small ones would wait for each other's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Server

    def _answer(self) -> None:
        try:
            self._refuse_pages()
            status, answer = 200, self._route(self._body())
        except ApiError as error:
            status, answer = error.code, error.body()
        except sqlite3.Error as error:
            log("storage failed", path=self.path, error=repr(error))
            unavailable = ApiError("UNAVAILABLE", "The queue's storage failed; is the disk full?")
            status, answer = unavailable.code, unavailable.body()
        self._send(status, answer)

    do_GET = do_POST = do_PATCH = do_DELETE = _answer

    def _refuse_pages(self) -> None:
        """No web page may call us: neither under a name of its own (DNS rebinding) nor across origins."""
        host = self.headers.get("Host", "")
        try:
            named = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            named = ""
        foreign = "Origin" in self.headers or self.headers.get("Sec-Fetch-Site", "none") != "none"
        if not is_loopback(named) or foreign:
            self.close_connection = True
            raise ApiError("PERMISSION_DENIED", "Only programs on this machine may call this server.")

    def _body(self) -> bytes:
        """Refused bodies stay unread, so the connection must close after the answer."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self.close_connection = True
            raise invalid("The request must have a Content-Length.")
        if len(length) > 9 or int(length) > MAX_BODY:
            self.close_connection = True
            raise invalid(f"Task size too large: the maximum is {MAX_TASK_BYTES} bytes.")
        return self.rfile.read(int(length))

    def _route(self, body: bytes) -> dict[str, Any]:
        parts = urlsplit(self.path)
        if self.command == "GET" and parts.path == "/healthz":
            return {"status": "ok"}
        if self.command == "GET" and parts.path == "/certs":
            return dict(self.server.certs)
        query = dict(parse_qsl(parts.query))
        for verb, pattern, method in ROUTES:
            match = verb == self.command and pattern.fullmatch(unquote(parts.path))
            if match:
                answer = method(self.server.api, match[1], Call(query, body))
                return to_json(answer, enum_numbers="enum-encoding=int" in query.get("$alt", ""))
        raise ApiError("UNIMPLEMENTED", f"{self.command} {parts.path[:600]} is not part of this server.")

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged; deliveries are."""
