"""Where lives are played: a database, two object stores, a queue, the generator, a folder for the processes' files."""

import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from sqlalchemy import Engine, create_engine

from internal.ports import Services
from internal.uploads import receive
from tests.faults import later
from tests.faults.kills.folder_queue import FolderQueue
from tests.faults.kills.work import Place, services_at
from tests.media.scenery import Scenery, draw
from tests.media.stills import write_photo
from tests.vertex import Vertex


@dataclass(frozen=True)
class Stage:
    place: Place
    #: for whoever watches; nothing kills it
    services: Services
    database: Engine
    #: takes the orders for generated scenes
    vertex: Vertex
    #: bytes of two photos and of a clip
    photos: tuple[bytes, bytes]
    clip: bytes

    @property
    def queue(self) -> FolderQueue:
        assert isinstance(self.services.queue, FolderQueue)
        return self.services.queue

    def let_time_pass(self, job_id: str, length: timedelta) -> None:
        """Instead of waiting. Only while nobody works on the job."""
        later.let_time_pass(self.database, job_id, length)

    def upload_media(self, owner_id: str, photos: int = 1) -> Sequence[str]:
        """Photos and a clip that nobody has had before, so that nothing kept of others can be used."""
        mark = uuid.uuid4().bytes
        files = {f"{number}.jpg": photo + mark for number, photo in enumerate(self.photos[:photos])}
        files["tiny.mp4"] = self.clip + struct.pack(">I4s", 24, b"free") + mark
        return [receive(self.services, owner_id, name, BytesIO(data), len(data)).id for name, data in files.items()]

    def close(self) -> None:
        self.services.work.close()
        self.services.media.close()
        self.services.store.close()
        self.database.dispose()


def stage_at(place: Place, vertex: Vertex, media: Sequence[Path]) -> Stage:
    place.temporary.mkdir()
    photo, clip = media
    other = write_photo(photo.with_name("other.jpg"), draw(Scenery("balloons", 12.0, 3), 160, 90))
    photos = photo.read_bytes(), other.read_bytes()
    database = create_engine(place.settings["database_url"])
    return Stage(place, services_at(place), database, vertex, photos, clip.read_bytes())
