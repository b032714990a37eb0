"""Sound kept outside of memory, to be measured first and heard afterwards, or again and again."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

import numpy as np

from infra.composer.sound.decoding import RATE, Samples, silence

#: bytes of a sample, left and right
_SIZE = 8


class Recording:
    """In a file without a name, which goes with whoever holds it, however that ends. `len` is in samples."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 -- it lasts as long as this object
        self._length = 0

    @classmethod
    def of(cls, pieces: Iterable[Samples], folder: Path, most: int | None = None) -> Self:
        """Of the first `most` samples, or of all there are. Raises OSError when the disk is full."""
        made = cls(folder)
        for piece in pieces:
            made._add(piece if most is None else piece[: most - len(made)])
            if len(made) == most:
                break
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return self._length

    def close(self) -> None:
        self._file.close()

    def read(self, at: int, count: int) -> Samples:
        """From sample `at` on; silence follows the end."""
        self._file.seek(at * _SIZE)
        found = np.frombuffer(self._file.read(count * _SIZE), np.float32).reshape(-1, 2)
        return np.concatenate((found, silence(count - len(found))))

    def pieces(self, begin: int = 0, end: int | None = None) -> Iterator[Samples]:
        """A second at a time."""
        stop = len(self) if end is None else min(end, len(self))
        for at in range(begin, stop, RATE):
            yield self.read(at, min(RATE, stop - at))

    def _add(self, samples: Samples) -> None:
        self._file.write(np.ascontiguousarray(samples, np.float32).tobytes())
        self._length += len(samples)
