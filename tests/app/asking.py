"""How tests ask the API, and how they bring a vlog into the state they need."""

import io
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from internal import uploads, vlogs
from internal.jobs import Job, JobError
from internal.media import Reason
from internal.notes import left_out
from internal.pipelines import PIPELINES
from internal.ports import Services
from internal.runner import deliver
from internal.vlog import VlogSettings

OWNER = "local"
STRANGER = "somebody-else"
ABSENT = "00000000-0000-4000-8000-000000000000"
RESULT = {
    "seconds": 5.5,
    "segments": [{"start": 0.0, "end": 5.5, "kind": "photo", "caption": "", "media": "a.jpg", "media_id": ABSENT}],
    "analytics": {"locations": [], "activities": [], "mood": "", "highlights": ["a.jpg"], "mediaCount": 1},
    "warnings": [],
    "notes": [],
}
EMPTY = left_out("b.jpg", Reason(code="broken_media", text="It is empty."))


@dataclass(frozen=True)
class Media:
    """Content by file name."""

    files: dict[str, bytes]

    def part(self, name: str, as_name: str | None = None) -> tuple[io.BytesIO, str]:
        """As the test client's forms take it."""
        return io.BytesIO(self.files[name]), as_name or name


def create(
    client: FlaskClient, form: dict[str, Any], key: str | None = None, headers: Mapping[str, str] | None = None
) -> TestResponse:
    headers = {**(headers or {}), **({"Idempotency-Key": key} if key else {})}
    return client.post("/api/agent/create-vlog", data=form, content_type="multipart/form-data", headers=headers)


def uploaded(services: Services, media: Media, name: str = "tiny.jpg", owner_id: str = OWNER) -> str:
    """The id of media that is ready."""
    data = media.files[name]
    return uploads.receive(services, owner_id, name, io.BytesIO(data), len(data)).id


def asked(services: Services, media_ids: Sequence[str], owner_id: str = OWNER, **settings: Any) -> str:
    """The id of a vlog that is pending."""
    return vlogs.create(services, owner_id, VlogSettings(**settings), media_ids).id


def leased(services: Services, vlog_id: str) -> Job:
    """As a delivery would begin."""
    with services.store.write(vlog_id) as tx:
        return tx.save(tx.job.lease(tx.now, services.times), "leased")


def completed(services: Services, vlog_id: str, partial: bool = False) -> Job:
    """As a delivery would end that made the film; the film is only said to exist."""
    leased(services, vlog_id)
    notes = {"warnings": [EMPTY.text], "notes": [EMPTY.model_dump(mode="json")]} if partial else {}
    result = {**RESULT, **notes, "folder": f"vlogs/{vlog_id}/1"}
    with services.store.write(vlog_id) as tx:
        return tx.save(tx.job.complete(tx.now, result, partial), "completed")


def failed(services: Services, vlog_id: str, message: str = "None of the files could be read.") -> Job:
    leased(services, vlog_id)
    with services.store.write(vlog_id) as tx:
        return tx.save(tx.job.fail(tx.now, JobError("nothing_readable", message)), "failed")


def work(services: Services, vlog_id: str) -> str:
    """Deliver what the queue holds for it."""
    dispatch = services.store.job(vlog_id).dispatch
    assert dispatch
    return deliver(dispatch, services, threading.Event(), PIPELINES)


def stored(services: Services) -> tuple[int, list[str]]:
    """How many media the owner has, and the keys of their objects: what a refused request must not change."""
    _, total = services.store.media_list(OWNER, 1, 0)
    return total, sorted(found.key for found in services.media.list(f"media/{OWNER}/"))


def new_key() -> str:
    return str(uuid.uuid4())
