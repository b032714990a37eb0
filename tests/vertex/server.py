"""The stand-in over HTTP: how an answer is brought, or is not."""

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from internal.ports import WorkStore
from tests.vertex.answering import Reply, Vertex, in_json
from tests.vertex.refusal import Refusal
from tests.vertex.script import Rule
from tests.vertex.store import Bucket, Opened

#: bytes of the largest body, as Google's front end has it
MOST_BODY = 20 * 1024 * 1024


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
            return self._send(in_json(Refusal(400, "Request payload size exceeds the limit.").body, 400))
        body = self.rfile.read(size)
        if len(body) < size:
            return self._drop()  # whoever sent it was killed meanwhile
        if self.path == "/script":
            return self._send(self._rewritten(body))
        return self._send(self.server.vertex.answer(self.path, self.headers, body))

    def do_GET(self) -> None:
        known = self.path == "/counts"
        self._send(in_json(self.server.vertex.counts()) if known else in_json(Refusal(404, "Not Found").body, 404))

    def _rewritten(self, body: bytes) -> Reply:
        """`{"rules": […]}` replaces the script; with `"add": true`, is added to it."""
        try:
            asked = json.loads(body)
            rules = [Rule.model_validate(rule) for rule in asked["rules"]]
        except (ValueError, KeyError, TypeError) as error:
            return in_json(Refusal(400, str(error)).body, 400)
        script = self.server.vertex.script
        script.add(*rules) if asked.get("add") else script.set(rules)
        return in_json({"rules": len(rules)})

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
        with suppress(OSError):  # gone already
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        """What was asked is counted, not logged."""


@contextmanager
def vertex(work: WorkStore, bucket: str, *, port: int = 0, short_side: int | None = 180) -> Iterator[Vertex]:
    """The stand-in at its `url`, with this work store behind gs://`bucket`/. Project "local"; Veo in us-central1,
    Gemini there and in "global". Clips have `short_side` pixels, or as many as are asked for."""
    with serving(Bucket(lambda: Opened(bucket, work)), port, short_side) as one:
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
            one.close()
