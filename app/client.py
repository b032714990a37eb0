"""Daylog's HTTP API for Python programs: upload media, ask for a vlog, watch it being made, save it.

ClientError
├── Unreachable      nobody answered, in spite of several tries
├── RequestRefused   the service said no; carries its problem details
└── VlogFailed       the vlog ended without a film
"""

import json
import os
import re
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin

from requests import Response

from app.patience import ClientError, Patience, RequestRefused, Unreachable, wished_pause
from app.server_sent import server_sent

__all__ = ["Client", "ClientError", "RequestRefused", "Unreachable", "VlogFailed"]

Json = dict[str, Any]
#: parts of one file that travel at once: with the part size this bounds the memory used
PARTS_AT_ONCE = 3
#: how often the parts that did not arrive are sent again, with new addresses
ROUNDS = 4
#: seconds between polls where the service names none
POLL = 3.0
#: seconds: a stream says something every 15
SILENCE = 40.0
#: what a film is read in, in bytes
BLOCK = 1024 * 1024
OVER = frozenset({"completed", "failed"})


class VlogFailed(ClientError):
    """`code` is the service's stable word for the reason."""

    def __init__(self, vlog: Json) -> None:
        super().__init__(vlog.get("error_message") or "The vlog failed.")
        self.code = vlog.get("error_code")


class Client:
    """Of the service at `url`; `token` is an access token of its `POST /api/auth/token`, where people sign in. May be
    used by several threads. Every call raises ClientError."""

    def __init__(self, url: str, patience: Patience | None = None, token: str = "") -> None:
        self._url = url
        self._http = patience or Patience()
        # for the service alone: addresses of the media store are signed
        self._signed_in = {"Authorization": f"Bearer {token}"} if token else {}

    def sign_in(self, id_token: str) -> None:
        """As whom the ID token proves; it is made out to the service's client id. Good for an hour."""
        token = self._json("POST", "/api/auth/token", json={"id_token": id_token})["access_token"]
        self._signed_in = {"Authorization": f"Bearer {token}"}

    def sign_out(self) -> None:
        self._ask("POST", "/api/auth/logout")

    def upload(self, path: Path, on_progress: Callable[[int], None] = lambda sent: None) -> Json:
        """Send a file in parts, straight to the media store; returns the media. `on_progress` is told how many more
        bytes have arrived, by several threads. Raises OSError when the file cannot be read."""
        upload = self._json("POST", "/api/uploads", json={"name": path.name, "size": path.stat().st_size})
        try:
            return self._send(path, upload, on_progress)
        except BaseException:
            self._abandon(f"/api/uploads/{upload['uploadId']}")
            raise

    def resume(self, path: Path, upload_id: str, on_progress: Callable[[int], None] = lambda sent: None) -> Json:
        """Send the parts that have not arrived of an upload begun earlier; returns the media."""
        return self._send(path, self._json("GET", f"/api/uploads/{upload_id}"), on_progress)

    def _send(self, path: Path, upload: Json, on_progress: Callable[[int], None]) -> Json:
        where = f"/api/uploads/{upload['uploadId']}"
        for _ in range(ROUNDS):
            if self._put_parts(path, upload, on_progress):
                return self._json("POST", f"{where}/complete")
            upload = self._json("GET", where)
        raise Unreachable(f"{path.name} could not be sent: the media store did not take it.")

    def _put_parts(self, path: Path, upload: Json, on_progress: Callable[[int], None]) -> bool:
        """Whether all arrived."""
        size = upload["partSize"]

        def put(part: Json) -> bool:
            with path.open("rb") as file:
                file.seek((part["number"] - 1) * size)
                data = file.read(size)
            arrived = self._http.put(part["url"], data)
            on_progress(len(data) if arrived else 0)
            return arrived

        with ThreadPoolExecutor(PARTS_AT_ONCE) as pool:
            return all(list(pool.map(put, upload["parts"])))

    def _abandon(self, where: str) -> None:
        """Best effort: what is left over is reaped by the service."""
        self._http.quietly("DELETE", self._at(where), self._signed_in)

    def media(self) -> Iterator[Json]:
        """All media uploaded, newest first."""
        return self._all("/api/media")

    def delete_media(self, media_id: str) -> None:
        self._ask("DELETE", f"/api/media/{media_id}")

    def vlogs(self) -> Iterator[Json]:
        """All vlogs, newest first."""
        return self._all("/api/vlogs")

    def create_vlog(
        self, media_ids: Sequence[str], wishes: Mapping[str, str] | None = None, key: str | None = None
    ) -> str:
        """Ask for a vlog of media uploaded before; returns its id. `wishes` are the API's form fields by name.
        Sent again with the same Idempotency-Key after a lost connection, it is made once."""
        form = [*(wishes or {}).items(), *(("mediaIds", media_id) for media_id in media_ids)]
        answer = self._json(
            "POST",
            "/api/agent/create-vlog",
            headers={"Idempotency-Key": key or str(uuid.uuid4())},
            # a file without a name is a plain field: this makes the form multipart
            files=[(name, (None, value)) for name, value in form],
        )
        return str(answer["vlogId"])

    def vlog(self, vlog_id: str) -> Json:
        return self._json("GET", f"/api/vlogs/{vlog_id}")

    def watch(self, vlog_id: str, live: bool = False) -> Iterator[Json]:
        """Each state of the vlog that differs from the one before, never an older one after a newer, until it is over
        (`status` is completed or failed) or waits for somebody (`needs`). Polls as often as the service says; `live`:
        is told by it as soon as something changes, and polls where that fails."""
        newest = 0
        for version, vlog in self._changes(vlog_id, live):
            if 0 < version <= newest:
                continue
            newest = max(newest, version)
            yield vlog
            if _rests(vlog):
                return

    def _changes(self, vlog_id: str, live: bool) -> Iterator[tuple[int, Json]]:
        """Versions, 0 where none is told, and vlogs, as they arrive: what lies between may repeat and reorder them."""
        version = 0
        if live:
            for told in self._told(vlog_id):
                version = max(version, told[0])
                yield told
        yield from self._polled(vlog_id, version)

    def _polled(self, vlog_id: str, version: int) -> Iterator[tuple[int, Json]]:
        """Asks again when the service says (Retry-After), and is told nothing twice (ETag)."""
        etag = f'W/"{version}"' if version else ""
        while True:
            headers = {"If-None-Match": etag} if etag else {}
            response = self._ask("GET", f"/api/vlogs/{vlog_id}", headers)
            if response.status_code != 304:
                etag = response.headers.get("ETag", "")
                yield _number(etag), response.json()
            time.sleep(wished_pause(response, POLL))

    def _told(self, vlog_id: str) -> Iterator[tuple[int, Json]]:
        """By streams, one after the other, each from where the last one ended: versions, and vlogs. Over when none can
        be had."""
        version, again, address = "", POLL, self._at(f"/api/vlogs/{vlog_id}/stream")
        going_on = True
        while going_on:
            going_on = False
            headers = {**self._signed_in, **({"Last-Event-ID": version} if version else {})}
            try:
                for event in server_sent(self._http.lines(address, headers, SILENCE)):
                    again = again if event.retry is None else event.retry
                    going_on = going_on or event.kind in ("message", "retry")
                    if event.kind == "message":
                        version = event.id
                        yield _number(version), json.loads(event.data)
            except ClientError:
                return
            time.sleep(again if going_on else 0)

    def cancel(self, vlog_id: str) -> None:
        self._json("POST", f"/api/vlogs/{vlog_id}/cancel")

    def delete_vlog(self, vlog_id: str) -> None:
        """One that is being made is cancelled. For minutes it can be restored."""
        self._ask("DELETE", f"/api/vlogs/{vlog_id}")

    def save(self, vlog_id: str, path: Path) -> None:
        """Download the film, and its words beside it as .srt and .vtt; each file holds all of it or what it held
        before. Raises VlogFailed when there is none, OSError when it cannot be written."""
        vlog = self.vlog(vlog_id)
        if vlog["status"] != "completed":
            raise VlogFailed(vlog)
        self._save(vlog["video_url"], path)
        for kind in (".srt", ".vtt"):
            self._save(str(PurePosixPath(vlog["subtitles_url"]).with_suffix(kind)), path.with_suffix(kind))

    def _save(self, address: str, path: Path) -> None:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
            try:
                self._http.download(urljoin(self._url, address), new, BLOCK, self._signed_in)
                os.fchmod(new.fileno(), 0o644)
                os.fsync(new.fileno())
                os.replace(new.name, path)
            except BaseException:
                os.unlink(new.name)
                raise

    def _all(self, path: str) -> Iterator[Json]:
        seen, total = 0, 1
        while seen < total:
            page = self._json("GET", path, params={"limit": 100, "offset": seen})
            yield from page["items"]
            seen += len(page["items"]) or page["total"]
            total = page["total"]

    def _json(self, method: str, path: str, **more: Any) -> Json:
        answer: Json = self._ask(method, path, **more).json()
        return answer

    def _ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
        return self._http.request(method, self._at(path), headers={**self._signed_in, **(headers or {})}, **more)

    def _at(self, path: str) -> str:
        return urljoin(self._url, path)


def _number(version: str) -> int:
    """Of an ETag or an event's id; 0 for none: a proxy may have dropped it."""
    found = re.search(r"\d+", version)
    return int(found[0]) if found else 0


def _rests(vlog: Json) -> bool:
    """Whether nothing more comes unless somebody does something."""
    return vlog["status"] in OVER or bool(vlog.get("needs"))
