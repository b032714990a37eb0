"""A day of a dozen scenes whose story tests see, change and tell again."""

import hashlib
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from internal import stories, uploads, vlogs
from internal.ports import Services
from internal.storyboard import Card, Change
from tests.app.asking import OWNER, asked, work
from tests.media.clips import Take, write_clip
from tests.media.scenery import Scenery, draw
from tests.media.sounds import waves
from tests.media.stills import Shot, write_photo

PHOTOS, MORNING = 10, datetime(2026, 5, 17, 8)
WISHES = {"title": "A day", "music_mood": "calm", "duration": 60, "theme": "adventure"}


def shoot(services: Services, folder: Path, photos: int = PHOTOS) -> list[str]:
    """Media ids of photos that look unlike one another, and of a clip of four seconds."""
    subjects = ("sea", "town", "meadow")
    paths = [
        write_photo(
            folder / f"{number:02}.jpg",
            draw(Scenery(subjects[number % 3], 7.0 + number, number), 320, 180),
            Shot(MORNING + timedelta(minutes=40 * number)),
        )
        for number in range(photos)
    ]
    take = Take(4.0, 160, 90, sound=waves(4.0, 2), taken_at=MORNING + timedelta(minutes=100))
    paths.append(write_clip(folder / "clip.mp4", Scenery("town", 11.0, 2), take))
    return [_given(services, path) for path in paths]


def _given(services: Services, path: Path) -> str:
    data = path.read_bytes()
    return uploads.receive(services, OWNER, path.name, BytesIO(data), len(data)).id


def parked(services: Services, media_ids: list[str], **wishes: Any) -> str:
    """The id of a vlog that waits for its owner."""
    vlog_id = asked(services, media_ids, **{**WISHES, **wishes, "review": True})
    assert work(services, vlog_id) == "parked"
    return vlog_id


def finished(services: Services, media_ids: list[str]) -> str:
    """The id of a vlog that is made, each of its scenes a second long."""
    vlog_id = parked(services, media_ids)
    story = services.store.story(vlog_id)
    assert story
    changes = [Change(id=card.id, seconds=1.0, start=_later(card)) for card in story.cards]
    stories.change(services, OWNER, vlog_id, lambda _: True, changes)
    vlogs.approve(services, OWNER, vlog_id)
    assert work(services, vlog_id) == "completed"
    return vlog_id


def _later(card: Card) -> float | None:
    """So that a clip's scene has the middle that it had."""
    return card.start + card.seconds / 2 - 0.5 if card.frames else None


def storyboard(client: FlaskClient, vlog_id: str) -> TestResponse:
    answer = client.get(f"/api/vlogs/{vlog_id}/storyboard")
    assert answer.status_code == 200, answer.text
    return answer


def put(client: FlaskClient, vlog_id: str, scenes: Any, etag: str | None = None) -> TestResponse:
    """Of the storyboard as it is now, unless another ETag is given."""
    etag = etag or storyboard(client, vlog_id).headers["ETag"]
    return client.put(f"/api/vlogs/{vlog_id}/storyboard", json={"scenes": scenes}, headers={"If-Match": etag})


def ids(scenes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Changes that change nothing."""
    return [{"id": scene["id"]} for scene in scenes]


def chunks(services: Services) -> set[str]:
    """Keys of every piece that was ever rendered."""
    return {found.key for found in services.work.list("chunks/")}


def film_of(client: FlaskClient, vlog_id: str) -> str:
    """A hash of its bytes."""
    film = requests.get(client.get(f"/api/vlogs/{vlog_id}/video").headers["Location"], timeout=20)
    assert film.ok
    return hashlib.sha256(film.content).hexdigest()
