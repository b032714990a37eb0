"""A folder behind HTTP with byte ranges, as a store's signed URL serves it; notes all that is asked."""

import http.server
import re
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass
class FileServer:
    port: int
    #: (path, first byte, last byte) of each request
    asked: list[tuple[str, int, int]] = field(default_factory=list)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{urllib.parse.quote(name)}"


@contextmanager
def serving(folder: Path) -> Iterator[FileServer]:
    """Answers 404 for what is not there, 302 to `/target` for `/moved/target`."""
    asked: list[tuple[str, int, int]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = urllib.parse.unquote(self.path[1:])
            wanted = RANGE.fullmatch(self.headers["Range"])
            assert wanted
            first, last = int(wanted[1]), int(wanted[2])
            asked.append((name, first, last))
            if name.startswith("moved/"):
                self._answer(302, b"", Location=self.path.removeprefix("/moved"))
            elif (folder / name).is_file():
                with (folder / name).open("rb") as file:
                    file.seek(first)
                    self._answer(206, file.read(last - first + 1))
            else:
                self._answer(404, b"")

        def _answer(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for key, value in {"Content-Length": str(len(body)), "Connection": "close", **headers}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield FileServer(server.server_port, asked)
        finally:
            server.shutdown()
            thread.join()
