"""Where lives are played: a database, two object stores, a queue, a folder for the processes' files."""

import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from internal.ports import Services
from internal.uploads import receive
from tests.faults.kills.folder_queue import FolderQueue
from tests.faults.kills.work import Place, services_at

#: what "long enough" for any lease, dispatch or back-off means; well under a run's limit
_A_WHILE = """
UPDATE job SET lease_until = lease_until - interval '1 hour', dispatched_at = dispatched_at - interval '1 hour',
               next_run_at = next_run_at - interval '1 hour', updated_at = updated_at - interval '1 hour'
WHERE id = :id
"""


@dataclass(frozen=True)
class Stage:
    place: Place
    #: for whoever watches; nothing kills it
    services: Services
    database: Engine
    #: bytes of a photo and of a clip
    photo: bytes
    clip: bytes

    @property
    def queue(self) -> FolderQueue:
        assert isinstance(self.services.queue, FolderQueue)
        return self.services.queue

    def let_time_pass(self, job_id: str) -> None:
        """Move the job's times into the past instead of waiting. Only while nobody works on it."""
        with self.database.begin() as connection:
            connection.execute(text(_A_WHILE), {"id": job_id})

    def upload_media(self, owner_id: str) -> Sequence[str]:
        """A photo and a clip that nobody has had before, so that nothing kept of others can be used."""
        mark = uuid.uuid4().bytes
        files = {"tiny.jpg": self.photo + mark, "tiny.mp4": self.clip + struct.pack(">I4s", 24, b"free") + mark}
        return [receive(self.services, owner_id, name, BytesIO(data), len(data)).id for name, data in files.items()]

    def close(self) -> None:
        self.services.work.close()
        self.services.media.close()
        self.services.store.close()
        self.database.dispose()


def stage_at(place: Place, media: Sequence[Path]) -> Stage:
    place.temporary.mkdir()
    photo, clip = (path.read_bytes() for path in media)
    return Stage(place, services_at(place), create_engine(place.settings["database_url"]), photo, clip)
