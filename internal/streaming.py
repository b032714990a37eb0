"""Blocks of bytes on their way from one store to another: read ahead, and given on as files that are read once."""

import io
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor

from internal.etags import md5


def read_ahead(blocks: Iterator[bytes], depth: int) -> Generator[bytes, None, None]:
    """The blocks, none of them empty, of which up to `depth` are read in another thread before they are asked for.
    Raises what reading them raises. To be closed when given up: then nothing more is begun."""
    reader = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
    try:
        coming = deque(reader.submit(next, blocks, b"") for _ in range(depth))
        while block := coming.popleft().result():
            coming.append(reader.submit(next, blocks, b""))
            yield block
    finally:
        reader.shutdown(wait=False, cancel_futures=True)


class Stretch(io.RawIOBase):
    """The next `length` bytes of the blocks, as a file that cannot go back. Blocks must not reach over its end."""

    def __init__(self, blocks: Iterator[bytes], length: int) -> None:
        self._blocks = blocks
        self._block = memoryview(b"")
        self.left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed names a type of 3.12 here
        if not self._block and self.left:
            self._block = memoryview(next(self._blocks, b""))
        size = min(len(buffer), len(self._block))
        buffer[:size] = self._block[:size]
        self._block = self._block[size:]
        self.left -= size
        return size

    def md5(self) -> str:
        """Of what is left, in hexadecimal digits; nothing is left then."""
        digest, buffer = md5(), memoryview(bytearray(65536))
        while size := self.readinto(buffer):
            digest.update(buffer[:size])
        return digest.hexdigest()
