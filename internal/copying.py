"""Copies a job's files from the work store to the media store, and goes on from what an earlier delivery left there.

A file is streamed to a temporary key that carries the fence, in equal parts. Each part's ETag
shows that it arrived as it was read, the work store's checksum that all of it was read as it
was put, and the joined ETag that the parts became the object. Only then it gets its final key:
what has a final key is whole.

A delivery that was killed, or had to stop, leaves its unfinished upload. The next one of that
job finds it, reads the file for its checksum, and sends only the parts that are not there yet.
Should the former still be alive, it can do no harm: parts are joined by the ETags of what was
read now, an upload that it finished or gave up is a passing fault, and what it still has is
removed before the final key is written.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Self

from internal.errors import Damaged, NotFound, TemporaryFailure
from internal.etags import possible
from internal.faults import crash_point
from internal.ports import MediaStore, ObjectInfo, Part, Unfinished, WorkStore
from internal.streaming import Stretch, read_ahead
from internal.uploads import PART

#: bytes read at a time, which divide a part, and how many such blocks are read ahead of what is being sent: where
#: the vendors' libraries alone take 94 MB, they must fit into the few that are left to 100
BLOCK, AHEAD = 512 * 1024, 3

#: told how much of a file is copied, 0 to 1; raises Stopped when the delivery must end
Passed = Callable[[float], None]


def incoming(job_id: str) -> str:
    """The prefix of a job's temporary keys."""
    return f"incoming/{job_id}/"


@dataclass(frozen=True)
class _File:
    """What is to be copied: `source` is its key in the work store, `name` the last segment of all its other keys."""

    source: str
    name: str
    content_type: str
    size: int

    def parts(self) -> list[int]:
        """Their lengths: all the same but the last."""
        return [min(PART, self.size - start) for start in range(0, self.size, PART)]

    def has(self, key: str) -> bool:
        return key.rpartition("/")[2] == self.name


@dataclass(frozen=True)
class Copier:
    """Copies a job's files into a folder of the media store. Knows what was there when it was made."""

    work: WorkStore
    media: MediaStore
    #: the prefix of final keys, and that of this delivery's temporary ones
    folder: str
    temporary: str
    #: whole objects in the folder; whole objects and unfinished uploads with temporary keys
    arrived: Sequence[ObjectInfo]
    left: Sequence[ObjectInfo]
    uploads: Sequence[Unfinished]

    @classmethod
    def of(cls, work: WorkStore, media: MediaStore, folder: str, job_id: str, fence: int) -> Self:
        place = incoming(job_id)
        arrived, left, uploads = list(media.list(folder)), list(media.list(place)), list(media.uploads(place))
        return cls(work, media, folder, f"{place}{fence}/", arrived, left, uploads)

    def copy(self, source: str, name: str, content_type: str, passed: Passed) -> None:
        """Raises NotFound and Damaged when the source is at fault, TemporaryFailure, Stopped."""
        file = _File(source, name, content_type, self._size(source))
        whole, target = self._whole(file), self.folder + name
        if whole != target:
            key = whole or self._sent(file, passed)
            crash_point("copy verified")
            passed(1.0)
            self._clear(file, but=key)
            self._give_final_key(key, target)
        else:
            self._clear(file)

    def _size(self, source: str) -> int:
        info = self.work.info(source)
        if info is None:
            raise NotFound(f"There is no object {source}.")
        return info.size

    def _whole(self, file: _File) -> str | None:
        """The key of an object that holds the file already, if any: the final one rather than another."""
        objects = (*self.arrived, *self.left)
        candidates = [found for found in objects if file.has(found.key) and found.size == file.size]
        if not candidates:
            return None
        etags = possible(self.work.read(file.source, BLOCK), PART)
        return next((found.key for found in candidates if found.etag in etags), None)

    def _sent(self, file: _File, passed: Passed) -> str:
        """The temporary key under which the file has arrived."""
        key = self._sent_in_parts(file, passed) if file.size > PART else self._sent_at_once(file)
        info = self.media.info(key)
        if info is None or info.size != file.size:
            raise TemporaryFailure("The media store does not hold what was sent.")
        return key

    def _sent_at_once(self, file: _File) -> str:
        key = f"{self.temporary}{file.name}"
        self.media.put(key, io.BytesIO(b"".join(self.work.read(file.source, BLOCK))), file.content_type)
        crash_point("part copied")
        return key

    def _sent_in_parts(self, file: _File, passed: Passed) -> str:
        with _at_target():
            key, upload_id = self._upload(file)
            arrived = {part.number: part for part in self.media.parts(key, upload_id)}
        parts: list[Part] = []
        with closing(read_ahead(self.work.read(file.source, BLOCK), AHEAD)) as blocks:
            for length in file.parts():
                number = len(parts) + 1
                parts.append(self._part(key, upload_id, number, Stretch(blocks, length), arrived.get(number)))
                passed(min(1.0, number * PART / file.size))
            if next(blocks, None):  # the source's checksum is compared after its last block
                raise Damaged(f"The object {file.source} is longer than it was.")
        with _at_target():
            self.media.finish_upload(key, upload_id, parts)
        return key

    def _upload(self, file: _File) -> tuple[str, str]:
        """Key and id of the latest that an earlier delivery began, or of a new one."""
        begun = [upload for upload in self.uploads if file.has(upload.key)]
        if begun:
            latest = max(begun, key=lambda upload: _fence(upload.key))
            return latest.key, latest.upload_id
        key = self.temporary + file.name
        return key, self.media.start_upload(key, file.content_type)

    def _part(self, key: str, upload_id: str, number: int, stretch: Stretch, arrived: Part | None) -> Part:
        """Sent, unless it has arrived. An upload of other bytes is given up: what was read of them is past."""
        if arrived and arrived.size == stretch.left:
            if arrived.etag == stretch.md5():
                return arrived
            self.media.abort_upload(key, upload_id)
            raise TemporaryFailure("An earlier delivery sent something else; all of it is sent anew.")
        length = stretch.left
        with _at_target():
            part = self.media.put_part(key, upload_id, number, io.BufferedReader(stretch), length)
        crash_point("part copied")
        return part

    def _give_final_key(self, key: str, target: str) -> None:
        with _at_target():
            self.media.copy(key, target)
        crash_point("copy final")
        self.media.delete(key)

    def _clear(self, file: _File, but: str = "") -> None:
        """Remove what earlier deliveries left of this file, but the object `but`."""
        for upload in self.uploads:
            if file.has(upload.key):
                self.media.abort_upload(upload.key, upload.upload_id)
        for found in self.left:
            if file.has(found.key) and found.key != but:
                self.media.delete(found.key)


def _fence(temporary: str) -> int:
    """Of the delivery that chose this key."""
    return int(temporary.split("/")[-2])


@contextmanager
def _at_target() -> Iterator[None]:
    """What an earlier delivery of the job, still alive, may have finished or given up under our hands: passing."""
    try:
        yield
    except (NotFound, Damaged) as error:
        raise TemporaryFailure("Another delivery interfered with the copy.") from error
