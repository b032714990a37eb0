"""The laptop's Cloudflare R2: nanio, an S3 server that verifies signatures, with what R2 does and nanio does not."""

import argparse
import errno
import os
import re
import sys
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import boto3
import uvicorn
from botocore.config import Config
from nanio.app import build_app
from nanio.auth.credentials import StaticCredentialResolver
from nanio.config import Settings
from nanio.errors import S3Error
from nanio.keys import validate_object_key
from nanio.storage.backend import ListResult, ObjectInfo
from nanio.storage.filesystem import FilesystemStorage
from nanio.storage.metadata import write_metadata
from nanio.storage.paths import metadata_path, object_path
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.local.files import keep_secret
from infra.local.parts import Part, answers

#: nanio writes an upload here, beside its final name, and lists it too
UNFINISHED = ".tmp."
FULL = (errno.ENOSPC, errno.EDQUOT)


def part(folder: Path, port: int, origins: Sequence[str]) -> Part:
    """Objects under `folder`, its two secrets beside it; pages of `origins` may read and upload."""
    folder.mkdir(parents=True, exist_ok=True)
    keys(folder)
    command = [sys.executable, "-m", "infra.local.r2", "--folder", str(folder), "--port", str(port)]
    return Part(
        name="r2",
        command=command + [word for origin in origins for word in ("--origin", origin)],
        ready=lambda pid: answers(f"http://127.0.0.1:{port}"),
    )


def keys(folder: Path) -> tuple[str, str]:
    """The access key and its secret."""
    return keep_secret(folder.with_name(folder.name + ".access_key")), keep_secret(
        folder.with_name(folder.name + ".secret_key")
    )


def make_bucket(endpoint: str, folder: Path, bucket: str) -> None:
    """Unless it exists."""
    access_key, secret_key = keys(folder)
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="auto",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(s3={"addressing_style": "path"}, connect_timeout=5, read_timeout=10),
    )
    with closing(client):
        if bucket not in [found["Name"] for found in client.list_buckets()["Buckets"]]:
            client.create_bucket(Bucket=bucket)


class Storage(FilesystemStorage):  # type: ignore[misc]  # nanio ships no types
    """Hides uploads under way, which nanio would list as objects; copies without reading, as R2 does."""

    def list_objects(self, bucket: str, **options: Any) -> ListResult:
        found = super().list_objects(bucket, **options)
        found.contents[:] = [item for item in found.contents if not _unfinished(item.key)]
        return found

    async def copy_object(self, src_bucket: str, src_key: str, dst_bucket: str, dst_key: str) -> ObjectInfo:
        """Another name for the same file: files are replaced, never written to."""
        validate_object_key(dst_key)
        info = replace(self.head_object(src_bucket, src_key), key=dst_key, last_modified=datetime.now(UTC))
        final = object_path(self.data_dir, dst_bucket, dst_key)
        final.parent.mkdir(parents=True, exist_ok=True)
        new = final.with_name(f"{UNFINISHED}{uuid.uuid4().hex}")
        try:
            new.hardlink_to(object_path(self.data_dir, src_bucket, src_key))
            new.replace(final)
        finally:
            new.unlink(missing_ok=True)  # replacing a file by itself leaves both names
        write_metadata(metadata_path(self.data_dir, dst_bucket, dst_key), info)
        return info


class Semantics:
    """R2's answers to ranges, conditions and `response-*` wishes. Sits behind the signature check."""

    def __init__(self, app: ASGIApp, storage: FilesystemStorage) -> None:
        self.app = app
        self.storage = storage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        bucket, _, key = scope["path"].lstrip("/").partition("/")
        if scope["type"] != "http" or not key:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        refusal = self._refusal(request, bucket, key)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        wishes = {
            name.removeprefix("response-").encode(): value.encode()
            for name, value in parse_qsl(scope["query_string"].decode())
            if name.startswith("response-")
        }
        await self.app(self._with_range(request, bucket, key), receive, _overriding(send, wishes))

    def _refusal(self, request: Request, bucket: str, key: str) -> Response | None:
        if request.method == "PUT" and request.headers.get("if-none-match") == "*":
            return _error(412, "PreconditionFailed") if self._size(bucket, key) is not None else None
        if request.method != "GET":
            return None
        size = self._size(bucket, key)
        span = byte_range(request.headers.get("range"), size) if size is not None else None
        if size is not None and span == (0, -1):
            return _error(416, "InvalidRange", {"Content-Range": f"bytes */{size}"})
        return None

    def _with_range(self, request: Request, bucket: str, key: str) -> Scope:
        """The range as nanio understands it: both ends given and inside the object; none when it makes no sense."""
        if request.method != "GET" or "range" not in request.headers:
            return request.scope
        headers = [(name, value) for name, value in request.scope["headers"] if name != b"range"]
        size = self._size(bucket, key)
        span = byte_range(request.headers["range"], size) if size is not None else None
        if span:
            headers.append((b"range", f"bytes={span[0]}-{span[1]}".encode()))
        return {**request.scope, "headers": headers}

    def _size(self, bucket: str, key: str) -> int | None:
        try:
            return int(self.storage.head_object(bucket, key).size)
        except S3Error:
            return None


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte; (0, -1) when no byte of it exists; None when it is not one range (RFC 9110, 14.1.2)."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", (header or "").strip())
    if not found or found[0] == "bytes=-":
        return None
    if not found[1]:
        first, last = max(0, size - int(found[2])), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
        if found[2] and int(found[2]) < first:
            return None
    return (first, last) if first <= last else (0, -1)


def _overriding(send: Send, wishes: dict[bytes, bytes]) -> Send:
    async def wrapped(message: Message) -> None:
        if wishes and message["type"] == "http.response.start" and message["status"] in (200, 206):
            kept = [(name, value) for name, value in message["headers"] if name.lower() not in wishes]
            message = {**message, "headers": kept + list(wishes.items())}
        await send(message)

    return wrapped


def closing_after_refusals(app: ASGIApp) -> ASGIApp:
    """A client that waits for `100 Continue` never sends the body of a request refused before it was read: its next
    request on the connection would be taken for that body."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def closing_send(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
            await send(message)

        await app(scope, receive, closing_send)

    return wrapped


def _error(status: int, code: str, headers: dict[str, str] | None = None) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{code}</Message></Error>'
    return Response(body, status, headers, "application/xml")


async def _disk_full(_request: Request, error: Exception) -> Response:
    """507 (RFC 4918), so that a full disk is not taken for a passing fault."""
    if not isinstance(error, OSError) or error.errno not in FULL:
        raise error
    return _error(507, "InsufficientStorage")


def make_app(folder: Path, origins: Sequence[str]) -> ASGIApp:
    """Called once at start: first clears what a crash left."""
    folder = folder.resolve()
    clear_unfinished(folder)
    settings = Settings(
        data_dir=folder, region="auto", credentials=StaticCredentialResolver(dict([keys(folder)])), access_log=False
    )
    app = build_app(settings)
    app.state.storage = Storage(folder, chunk_size=settings.chunk_size)
    app.add_exception_handler(OSError, _disk_full)
    app.user_middleware.append(Middleware(Semantics, storage=app.state.storage))
    return CORSMiddleware(
        closing_after_refusals(app),
        allow_origins=list(origins),
        allow_methods=["GET", "HEAD", "PUT"],
        allow_headers=["*"],
        expose_headers=["ETag", "Content-Range", "Content-Length"],
    )


def clear_unfinished(folder: Path) -> None:
    """Files of uploads that a crash cut short; nanio would serve some and stumble over others."""
    for root, _, names in os.walk(folder):
        for name in names:
            leftover = name.startswith(UNFINISHED) or (name.endswith(".json.tmp") and "/.nanio" in root)
            if leftover:
                Path(root, name).unlink(missing_ok=True)


def _unfinished(key: str) -> bool:
    return key.rpartition("/")[2].startswith(UNFINISHED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--origin", action="append", default=[])
    args = parser.parse_args()
    uvicorn.run(
        make_app(args.folder, args.origin),
        host="127.0.0.1",
        port=args.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()
