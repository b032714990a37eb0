"""An object behind a URL as a seekable file: ranged GETs of blocks, the latest of them kept."""

import http.client
import io
import urllib.error
import urllib.request
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from internal.errors import TemporaryFailure, UnreadableMedia

MIB = 1024 * 1024
BLOCK = MIB // 2
BLOCKS_KEPT = 16
#: seconds without a byte
TIMEOUT = 10.0


@contextmanager
def translate_errors() -> Iterator[None]:
    """What goes wrong between us and the store is not the file's fault."""
    try:
        yield
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        raise TemporaryFailure("The uploaded file cannot be read from its store now.") from error


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Refused: only the given URL is ever asked."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    """HTTP only: no file, no FTP, no proxy from the environment, no authentication."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    return opener


class RangedFile(io.RawIOBase):
    """Reads at most `budget` bytes from the store. Its reads raise TemporaryFailure when the store is out of
    reach or ignores ranges, UnreadableMedia when the budget is spent."""

    def __init__(self, url: str, size: int, budget: int) -> None:
        self._url, self._size, self._budget = url, size, budget
        self._at = 0
        self._opener = _opener()
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("negative position")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        if self._at >= self._size or not view:
            return 0
        number, skip = divmod(self._at, BLOCK)
        piece = self._block(number)[skip : skip + len(view)]
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            self._blocks[number] = self._fetch(number * BLOCK, min(BLOCK, self._size - number * BLOCK))
        self._blocks.move_to_end(number)
        if len(self._blocks) > BLOCKS_KEPT:
            self._blocks.popitem(last=False)
        return self._blocks[number]

    def _fetch(self, start: int, length: int) -> bytes:
        self._budget -= length
        if self._budget < 0:
            raise UnreadableMedia("Its header is spread over too much of the file. Save it again with an editor.")
        wanted = {"Range": f"bytes={start}-{start + length - 1}"}
        request = urllib.request.Request(self._url, headers=wanted)  # noqa: S310 - the opener speaks HTTP only
        with translate_errors(), self._opener.open(request, timeout=TIMEOUT) as response:
            block: bytes = response.read(length)
            if response.status != http.client.PARTIAL_CONTENT and length < self._size:
                raise http.client.HTTPException(f"status {response.status} for a range")
            if len(block) != length:
                raise http.client.IncompleteRead(block, length - len(block))
        return block
