"""Another version of a finished vlog: its story is told again, and only what changes is rendered."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from internal.ports import MediaStore, Services
from tests.app.asking import ABSENT, OWNER, Media, asked, completed, failed, leased, uploaded, work
from tests.app.told_day import PHOTOS, chunks, film_of, finished, ids, parked, shoot, storyboard


@pytest.fixture(scope="module")
def vlog_id(services: Services, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of the first version, which is finished."""
    return finished(services, shoot(services, tmp_path_factory.mktemp("day")))


@pytest.fixture
def scenes(client: FlaskClient, vlog_id: str) -> list[dict[str, Any]]:
    """Changes that change nothing, to begin with."""
    told = ids(storyboard(client, vlog_id).json["scenes"])
    assert len(told) == PHOTOS + 1
    return told


def ask(client: FlaskClient, vlog_id: str, key: str = "", **wish: Any) -> TestResponse:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/api/vlogs/{vlog_id}/versions", json=wish, headers=headers)


def made(client: FlaskClient, services: Services, vlog_id: str, **wish: Any) -> tuple[str, set[str]]:
    """The new version's id, and what was rendered for it."""
    answer = ask(client, vlog_id, **wish)
    assert answer.status_code == 202, answer.text
    before, new = chunks(services), str(answer.json["vlogId"])
    assert answer.headers["Location"] == f"/api/vlogs/{new}"
    assert work(services, new) == "completed"
    return new, chunks(services) - before


def names(client: FlaskClient, vlog_id: str) -> list[str]:
    return [segment["media"] for segment in client.get(f"/api/vlogs/{vlog_id}").json["segments"]]


# ---------------------------------------------------------------- what is rendered


class Counting:
    """The media store, and which objects were fetched from it."""

    def __init__(self, store: MediaStore) -> None:
        self._store = store
        self.fetched: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def get(self, key: str, path: Path) -> None:
        self.fetched.append(key)
        self._store.get(key, path)


def test_changed_in_nothing_it_is_the_same_film_and_no_media_is_fetched_for_it(
    client: FlaskClient, services: Services, vlog_id: str
) -> None:
    counting: Any = Counting(services.media)
    same, rendered = made(client, replace(services, media=counting), vlog_id)
    assert (rendered, counting.fetched) == (set(), [])
    assert film_of(client, same) == film_of(client, vlog_id)
    first, again = (
        client.get(client.get(f"/api/vlogs/{one}/storyboard").json["scenes"][0]["picture"]) for one in (vlog_id, same)
    )
    assert first.status_code == again.status_code == 302


def test_another_caption_renders_its_own_scene_and_what_leads_there_and_on(
    client: FlaskClient, services: Services, vlog_id: str, scenes: list[dict[str, Any]]
) -> None:
    scenes[4]["caption"] = "Another time"
    new, rendered = made(client, services, vlog_id, scenes=scenes)
    assert len(rendered) == 3
    captions = [segment["caption"] for segment in client.get(f"/api/vlogs/{new}").json["segments"]]
    assert captions[4] == "Another time"
    assert captions[5] == client.get(f"/api/vlogs/{vlog_id}").json["segments"][5]["caption"]


def test_other_music_renders_the_sound_alone(client: FlaskClient, services: Services, vlog_id: str) -> None:
    new, rendered = made(client, services, vlog_id, settings={"musicMood": "energetic"})
    assert len(rendered) == 1
    assert storyboard(client, new).json["music"]["track"] != storyboard(client, vlog_id).json["music"]["track"]


def test_another_order_renders_transitions_and_the_sound(
    client: FlaskClient, services: Services, vlog_id: str, scenes: list[dict[str, Any]]
) -> None:
    scenes[4], scenes[5] = scenes[5], scenes[4]
    new, rendered = made(client, services, vlog_id, scenes=scenes)
    before = names(client, vlog_id)
    assert names(client, new) == [*before[:4], before[5], before[4], *before[6:]]
    has_moved_clip = "clip.mp4" in (before[4], before[5])
    assert len(rendered) == 3 + has_moved_clip


def test_another_title_renders_the_opening_alone(client: FlaskClient, services: Services, vlog_id: str) -> None:
    new, rendered = made(client, services, vlog_id, settings={"title": "Another day"})
    assert 2 <= len(rendered) <= 3
    assert storyboard(client, new).json["scenes"][0]["title"] == "Another day"
    assert client.get(f"/api/vlogs/{new}").json["title"] == "Another day"


def test_of_a_version_versions_are_made_in_turn(
    client: FlaskClient, services: Services, vlog_id: str, scenes: list[dict[str, Any]]
) -> None:
    scenes[-1]["left_out"] = True
    fewer, _ = made(client, services, vlog_id, scenes=scenes)
    assert len(names(client, fewer)) == PHOTOS
    scenes[-1]["left_out"] = False
    again, rendered = made(client, services, fewer, scenes=scenes)
    assert rendered == set()
    assert film_of(client, again) == film_of(client, vlog_id)


# ---------------------------------------------------------------- the family


def test_versions_are_numbered_and_earlier_ones_stay(
    client: FlaskClient, services: Services, media: Media, tmp_path: Path
) -> None:
    first = finished(services, [uploaded(services, media)])
    second, third = (ask(client, first, settings={"title": title}).json["vlogId"] for title in ("b", "c"))
    listed = client.get(f"/api/vlogs/{third}/versions").json["items"]
    assert [list(item) for item in listed] == [["id", "number", "title", "status", "created_at"]] * 3
    told = [(item["id"], item["number"], item["title"], item["status"]) for item in listed]
    assert told == [(first, 1, "A day", "completed"), (second, 2, "b", "pending"), (third, 3, "c", "pending")]
    page = client.get(f"/api/vlogs/{third}/versions?limit=1&offset=1").json
    assert ([item["id"] for item in page["items"]], page["total"]) == ([second], 3)
    assert [client.get(f"/api/vlogs/{one}").json["version"] for one in (first, second, third)] == [1, 2, 3]
    assert client.delete(f"/api/vlogs/{first}").status_code == 204
    work(services, second)
    assert client.get(f"/api/vlogs/{second}").json["status"] == "completed"
    fourth = ask(client, second).json["vlogId"]
    assert [item["number"] for item in client.get(f"/api/vlogs/{fourth}/versions").json["items"]] == [2, 3, 4]


def test_versions_asked_for_at_once_have_numbers_of_their_own(app: Flask, services: Services, vlog_id: str) -> None:
    before = app.test_client().get(f"/api/vlogs/{vlog_id}/versions").json["total"]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: ask(app.test_client(), vlog_id), range(6)))
    assert [answer.status_code for answer in answers] == [202] * 6
    listed = app.test_client().get(f"/api/vlogs/{vlog_id}/versions?limit=100").json["items"]
    assert [item["number"] for item in listed] == list(range(1, before + 7))


def test_asked_for_twice_with_one_key_it_is_made_once(client: FlaskClient, vlog_id: str) -> None:
    key = str(uuid.uuid4())
    first, again = (ask(client, vlog_id, key, settings={"title": "once"}) for _ in range(2))
    assert first.json == again.json
    assert ask(client, vlog_id, key, settings={"title": "twice"}).status_code == 422


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize("state", ["pending", "leased", "failed", "parked"])
def test_only_of_a_finished_vlog_is_there_another_version(
    client: FlaskClient, services: Services, media: Media, state: str
) -> None:
    media_ids = [uploaded(services, media)]
    vlog_id = parked(services, media_ids) if state == "parked" else asked(services, media_ids)
    if state == "leased":
        leased(services, vlog_id)
    if state == "failed":
        failed(services, vlog_id)
    assert ask(client, vlog_id).status_code == 409


def test_of_a_vlog_from_before_stories_were_kept_there_is_neither_a_story_nor_another_version(
    client: FlaskClient, services: Services, media: Media
) -> None:
    vlog_id = asked(services, [uploaded(services, media)])
    completed(services, vlog_id)
    refused = [client.get(f"/api/vlogs/{vlog_id}/storyboard"), ask(client, vlog_id)]
    assert [answer.status_code for answer in refused] == [409, 409]
    assert {answer.json["detail"] for answer in refused} == {
        "No story of this vlog is kept: make a new vlog of its media."
    }


def test_without_its_media_there_is_no_other_version(client: FlaskClient, services: Services, media: Media) -> None:
    media_ids = [uploaded(services, media), uploaded(services, media, "tiny.mp4")]
    vlog_id = finished(services, media_ids)
    assert client.delete(f"/api/media/{media_ids[1]}").status_code == 204
    refused = ask(client, vlog_id)
    assert (refused.status_code, refused.json["detail"]) == (
        409,
        "A file of this vlog has been deleted: make a new vlog of those you have.",
    )
    assert len(client.get(f"/api/vlogs/{vlog_id}/versions").json["items"]) == 1


LONGER = [{"id": number, "seconds": 3.0, "start": 0.0} for number in range(1, PHOTOS + 2)]
WRONG: dict[str, tuple[dict[str, Any], int, str | None]] = {
    "style": ({"settings": {"style": "generated"}}, 400, "settings.style"),
    "language": ({"settings": {"language": "ja"}}, 400, "settings.language"),
    "review": ({"settings": {"review": True}}, 400, "settings.review"),
    "theme": ({"settings": {"theme": "gloomy"}}, 400, "settings.theme"),
    "unknown": ({"settings": {"colour": "red"}}, 400, "settings.colour"),
    "snake": ({"settings": {"music_mood": "calm"}}, 400, "settings.music_mood"),
    "end before start": ({"settings": {"musicStart": 9, "musicEnd": 3}}, 400, "settings.musicEnd"),
    "ends before it starts now": ({"settings": {"musicStart": 9}}, 400, "settings.musicEnd"),
    "too short for its scenes": ({"settings": {"duration": 10}, "scenes": LONGER}, 400, "scenes"),
    "absent music": ({"settings": {"musicId": ABSENT}}, 404, None),
    "no id": ({"settings": {"musicId": "../x"}}, 404, None),
    "scenes": ({"scenes": [{"id": 1}]}, 400, "scenes"),
    "no scenes": ({"scenes": []}, 400, "scenes"),
    "unknown field": ({"video": 1}, 400, "video"),
    "two lines": ({"settings": {"title": "a\nb"}}, 400, "settings.title"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_is_refused_by_name_and_makes_nothing(
    client: FlaskClient, services: Services, vlog_id: str, what: str
) -> None:
    wish, status, field = WRONG[what]
    if what == "ends before it starts now":
        other = ask(client, vlog_id, settings={"musicStart": 1, "musicEnd": 5}).json["vlogId"]
        work(services, other)
        vlog_id = other
    before = services.store.vlogs(OWNER, 1, 0)[1]
    answer = ask(client, vlog_id, **wish)
    assert (answer.status_code, answer.json.get("field")) == (status, field), answer.text
    assert services.store.vlogs(OWNER, 1, 0)[1] == before


def test_its_story_is_not_known_before_it_is_told_again(client: FlaskClient, vlog_id: str) -> None:
    new = ask(client, vlog_id).json["vlogId"]
    assert client.get(f"/api/vlogs/{new}/storyboard").status_code == 409
