"""Cloudflare R2, or another store that speaks S3."""

import base64
import errno
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError, UnseekableStreamError
from botocore.exceptions import ConnectionError as NoConnection

from internal.errors import Damaged, NotFound, StorageFull, TemporaryFailure
from internal.etags import joined, md5
from internal.object_keys import checked
from internal.ports import ObjectInfo, Part, Unfinished
from internal.uploads import PART

BLOCK = 1024 * 1024
FULL = (errno.ENOSPC, errno.EDQUOT)
CONFIG = Config(
    signature_version="s3v4",
    # ETags show what arrived, so that parts may be streamed: a signature over them would read each twice
    s3={"addressing_style": "path", "payload_signing_enabled": False},
    # R2 knows only the older checksums; ours are MD5s, checked below
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    connect_timeout=5,
    read_timeout=60,
    # the runner retries whole steps; these only bridge a hiccup
    retries={"mode": "standard", "total_max_attempts": 3},
)


class R2MediaStore:
    """Fills `MediaStore`. Objects of more than one part have parts of PART bytes, all but the last."""

    def __init__(self, endpoint: str, bucket: str, access_key: str, secret_key: str) -> None:
        self._endpoint = endpoint
        self._bucket = bucket
        self._access_key = access_key
        self._secret_key = secret_key
        self._made: Any = None
        self._lock = Lock()

    def put(self, key: str, data: BinaryIO, content_type: str) -> None:
        first = _filled(data, PART)
        if len(first) == PART:
            self._put_in_parts(key, first, data, content_type)
            return
        checksum = base64.b64encode(md5(first).digest()).decode()
        with translate_errors(key):
            self._client.put_object(
                **self._object(key), Body=first, ContentMD5=checksum, ContentType=content_type, ContentLength=len(first)
            )

    def _put_in_parts(self, key: str, first: bytes, data: BinaryIO, content_type: str) -> None:
        upload_id = self.start_upload(key, content_type)
        try:
            parts: list[Part] = []
            block = first
            while block:
                parts.append(self.put_part(key, upload_id, len(parts) + 1, io.BytesIO(block), len(block)))
                block = _filled(data, PART)
            self.finish_upload(key, upload_id, parts)
        except BaseException:
            with suppress(TemporaryFailure):  # the first failure tells more; old uploads are reaped
                self.abort_upload(key, upload_id)
            raise

    def get(self, key: str, path: Path) -> None:
        """The file appears whole or not at all."""
        new = path.with_name(path.name + ".part")
        try:
            self._download(key, new)
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)

    def _download(self, key: str, path: Path) -> None:
        whole, parts, size = md5(), [], 0
        with translate_errors(key), path.open("wb") as file:
            answer = self._client.get_object(**self._object(key))
            with answer["Body"] as body:
                while block := _filled(body, PART):
                    file.write(block)
                    whole.update(block)
                    parts.append(md5(block).hexdigest())
                    size += len(block)
        if size != answer["ContentLength"] or _etag(answer) not in (whole.hexdigest(), joined(parts)):
            raise Damaged(f"The object {key} does not match its checksum.")

    def info(self, key: str) -> ObjectInfo | None:
        try:
            with translate_errors(key):
                head = self._client.head_object(**self._object(key))
        except NotFound:
            return None
        return ObjectInfo(key, head["ContentLength"], head["LastModified"], _etag(head))

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        with translate_errors(prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            for page in pages:
                for found in page.get("Contents", ()):
                    yield ObjectInfo(found["Key"], found["Size"], found["LastModified"], _etag(found))

    def delete(self, key: str) -> None:
        with suppress(NotFound), translate_errors(key):
            self._client.delete_object(**self._object(key))

    def signed_get(self, key: str, lifetime: timedelta, download_as: str | None = None) -> str:
        wish = {"ResponseContentDisposition": _attachment(download_as)} if download_as else {}
        return self._signed("get_object", lifetime, **self._object(key), **wish)

    def signed_head(self, key: str, lifetime: timedelta) -> str:
        return self._signed("head_object", lifetime, **self._object(key))

    def start_upload(self, key: str, content_type: str) -> str:
        with translate_errors(key):
            answer = self._client.create_multipart_upload(**self._object(key), ContentType=content_type)
        return str(answer["UploadId"])

    def signed_part(self, key: str, upload_id: str, number: int, lifetime: timedelta) -> str:
        return self._signed("upload_part", lifetime, **self._upload(key, upload_id), PartNumber=number)

    def put_part(self, key: str, upload_id: str, number: int, data: BinaryIO, size: int) -> Part:
        hashed = _Hashed(data)
        with translate_errors(key):
            answer = self._client.upload_part(
                **self._upload(key, upload_id), PartNumber=number, Body=hashed, ContentLength=size
            )
        if _etag(answer) != hashed.md5.hexdigest():
            raise TemporaryFailure("A part did not arrive as it was sent.")
        return Part(number, size, _etag(answer))

    def parts(self, key: str, upload_id: str) -> Sequence[Part]:
        with translate_errors(key):
            pages = self._client.get_paginator("list_parts").paginate(**self._upload(key, upload_id))
            found = [
                Part(part["PartNumber"], part["Size"], _etag(part)) for page in pages for part in page.get("Parts", ())
            ]
        return sorted(found, key=lambda part: part.number)

    def finish_upload(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        chosen = [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
        with translate_errors(key):
            answer = self._client.complete_multipart_upload(
                **self._upload(key, upload_id), MultipartUpload={"Parts": chosen}
            )
        if _etag(answer) != joined([part.etag for part in parts]):
            raise Damaged(f"The object {key} was not joined from the parts that were sent.")

    def abort_upload(self, key: str, upload_id: str) -> None:
        with suppress(NotFound), translate_errors(key):
            self._client.abort_multipart_upload(**self._upload(key, upload_id))

    def uploads(self, prefix: str) -> Iterator[Unfinished]:
        with translate_errors(prefix):
            pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket, Prefix=prefix)
            for page in pages:
                for found in page.get("Uploads", ()):
                    if found["Key"].startswith(prefix):  # a laptop's store gives all of them
                        yield Unfinished(found["Key"], found["UploadId"], found["Initiated"])

    def copy(self, source: str, target: str) -> None:
        with translate_errors(source):
            self._client.copy_object(
                **self._object(target), CopySource={"Bucket": self._bucket, "Key": checked(source)}
            )

    def close(self) -> None:
        """Ends the connections, if any were made."""
        with self._lock:
            if self._made is not None:
                self._made.close()
                self._made = None

    def _signed(self, method: str, lifetime: timedelta, **params: Any) -> str:
        seconds = max(1, int(lifetime.total_seconds()))
        return str(self._client.generate_presigned_url(method, Params=params, ExpiresIn=seconds))

    def _object(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": checked(key)}

    def _upload(self, key: str, upload_id: str) -> dict[str, str]:
        return {**self._object(key), "UploadId": upload_id}

    @property
    def _client(self) -> Any:
        with self._lock:
            if self._made is None:
                self._made = boto3.session.Session().client(
                    "s3",
                    endpoint_url=self._endpoint,
                    region_name="auto",
                    aws_access_key_id=self._access_key,
                    aws_secret_access_key=self._secret_key,
                    config=CONFIG,
                )
            return self._made


class _Hashed(io.RawIOBase):
    """A file whose MD5 is taken as it is read. May go back to its beginning if the file can."""

    def __init__(self, data: BinaryIO) -> None:
        self._data = data
        self.md5 = md5()

    def read(self, size: int = -1) -> bytes:
        block = self._data.read(size)
        self.md5.update(block)
        return block

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.md5 = md5()
        return self._data.seek(offset, whence)

    def tell(self) -> int:
        return self._data.tell()


def _filled(data: Any, size: int) -> bytes:
    """Exactly `size` bytes unless the stream ends: a read may give fewer than asked for."""
    blocks, left = [], size
    while left and (block := data.read(min(left, BLOCK))):
        blocks.append(block)
        left -= len(block)
    return b"".join(blocks)


def _etag(answer: Mapping[str, Any]) -> str:
    """Without the quotes that are part of it on the wire."""
    return str(answer["ETag"]).strip('"')


def _attachment(name: str) -> str:
    """RFC 6266: a plain name for old clients, the true one percent-encoded."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


@contextmanager
def translate_errors(key: str) -> Iterator[None]:
    """What the vendor raises, as `internal.errors`."""
    try:
        yield
    except ClientError as error:
        raise _meaning(error, error.response, key) from error
    except (HTTPClientError, IncompleteReadError, NoConnection, UnseekableStreamError) as error:
        raise TemporaryFailure("The media store is out of reach.") from error
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull("There is no room left on this machine's disk.") from error
        raise


def _meaning(error: Exception, answer: Mapping[str, Any], key: str) -> Exception:
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    if answer["Error"]["Code"] == "InvalidPart":
        return Damaged(f"A part of {key} is not the one that was sent.")
    if status == 404:
        return NotFound(f"There is no object {key}.")
    if status == 507:
        return StorageFull("The media store has no room left.")
    if status in (408, 429) or status >= 500:
        return TemporaryFailure("The media store is out of reach.")
    return error
