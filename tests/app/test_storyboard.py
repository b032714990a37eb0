"""The storyboard is seen as soon as it is told, changed while the vlog needs review, and made as it was approved."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from PIL import Image

from internal.ports import Composer, Services
from tests.app.asking import ABSENT, STRANGER, asked, leased, uploaded, work
from tests.app.asking import Media as Files
from tests.app.told_day import finished, ids, parked, put, shoot, storyboard

SCENE = {
    "id", "media_id", "name", "kind", "start", "seconds", "least", "most", "footage", "caption", "title", "subtitle",
    "ending", "left_out", "picture",
}  # fmt: skip
PHOTOS = 3
#: in seconds: less than all of them could last
LONGEST = 20


@pytest.fixture(scope="module")
def media_ids(services: Services, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return shoot(services, tmp_path_factory.mktemp("day"), PHOTOS)


@pytest.fixture(scope="module")
def shared_id(services: Services, media_ids: list[str]) -> str:
    """Of a vlog that waits for its owner; no test that uses it changes it."""
    return parked(services, media_ids, duration=LONGEST)


@pytest.fixture
def vlog_id(services: Services, media_ids: list[str]) -> str:
    """Of one that is this test's alone."""
    return parked(services, media_ids)


# ---------------------------------------------------------------- seeing


def test_it_tells_all_that_an_owner_may_want_to_change(client: FlaskClient, shared_id: str) -> None:
    told = storyboard(client, shared_id).json
    assert set(told) == {"scenes", "seconds", "max_seconds", "music"}
    assert (told["max_seconds"], bool(told["music"]["track"])) == (LONGEST, True)
    assert 0 < told["seconds"] <= LONGEST
    assert [set(scene) for scene in told["scenes"]] == [SCENE] * (PHOTOS + 1)
    assert [scene["id"] for scene in told["scenes"]] == [1, 2, 3, 4]
    assert [scene["title"] for scene in told["scenes"]] == ["A day", "", "", ""]
    clip = next(scene for scene in told["scenes"] if scene["kind"] == "clip")
    assert (clip["name"], clip["least"], clip["most"], clip["footage"]) == ("clip.mp4", 1.0, 4.0, 4.0)
    photo = told["scenes"][0]
    assert (photo["least"], photo["most"], photo["footage"]) == (1.0, 10.0, None)


def test_the_vlog_says_that_it_needs_review_until_it_is_approved(client: FlaskClient, vlog_id: str) -> None:
    assert client.get(f"/api/vlogs/{vlog_id}").json["needs"] == "review"
    assert client.post(f"/api/vlogs/{vlog_id}/approve").json["needs"] is None


def test_it_is_not_known_before_it_is_told(client: FlaskClient, services: Services, media_ids: list[str]) -> None:
    vlog_id = asked(services, media_ids)
    for leasing in (False, True):
        if leasing:
            leased(services, vlog_id)
        assert client.get(f"/api/vlogs/{vlog_id}/storyboard").status_code == 409
        assert client.get(f"/api/vlogs/{vlog_id}/scenes/1/picture").status_code == 409


def test_its_etag_stays_while_it_does(client: FlaskClient, shared_id: str) -> None:
    etag = storyboard(client, shared_id).headers["ETag"]
    same = client.get(f"/api/vlogs/{shared_id}/storyboard", headers={"If-None-Match": etag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize("route", ["storyboard", "scenes/1/picture", "versions"])
def test_anothers_and_an_absent_one_are_the_same(
    client: FlaskClient, services: Services, media: Files, route: str
) -> None:
    anothers = asked(services, [uploaded(services, media, owner_id=STRANGER)], STRANGER)
    answers = [client.get(f"/api/vlogs/{one}/{route}") for one in (anothers, ABSENT, "no-id")]
    assert {(answer.status_code, answer.json["detail"]) for answer in answers} == {(404, "There is no such vlog.")}
    if route != "scenes/1/picture":
        method = "PUT" if route == "storyboard" else "POST"
        body = {"scenes": [{"id": 1}]}
        asks = [
            client.open(f"/api/vlogs/{one}/{route}", method=method, json=body, headers={"If-Match": "*"})
            for one in (anothers, ABSENT)
        ]
        assert {(answer.status_code, answer.json["detail"]) for answer in asks} == {(404, "There is no such vlog.")}


# ---------------------------------------------------------------- pictures


def test_each_scene_has_a_small_picture_with_nothing_else_in_it(client: FlaskClient, shared_id: str) -> None:
    pictures = [scene["picture"] for scene in storyboard(client, shared_id).json["scenes"]]
    seen = set()
    for address in pictures:
        answer = client.get(address)
        assert answer.status_code == 302
        found = requests.get(answer.headers["Location"], timeout=20)
        with Image.open(BytesIO(found.content)) as picture:
            assert (picture.format, max(picture.size) <= 480, dict(picture.getexif())) == ("JPEG", True, {})
        assert found.headers["Content-Type"] == "image/jpeg"
        seen.add(found.content)
    assert len(seen) == len(pictures)
    assert client.get(f"/api/vlogs/{shared_id}/scenes/99/picture").status_code == 404
    assert client.get(f"/api/vlogs/{shared_id}/scenes/x/picture").status_code == 404


class Blind:
    """A composer that cannot draw pictures of scenes."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._composer, name)

    def pictures(self, chunks: dict[Path, Any], *_: Any) -> dict[Path, str]:
        return dict.fromkeys(chunks, "Too dark.")


def test_a_story_without_pictures_is_still_told(client: FlaskClient, services: Services, media_ids: list[str]) -> None:
    blind: Any = Blind(services.composer)
    vlog_id = parked(replace(services, composer=blind), media_ids)
    assert {scene["picture"] for scene in storyboard(client, vlog_id).json["scenes"]} == {None}
    assert client.get(f"/api/vlogs/{vlog_id}/scenes/1/picture").status_code == 404


# ---------------------------------------------------------------- changing


def test_what_was_approved_is_what_the_film_shows(client: FlaskClient, services: Services, vlog_id: str) -> None:
    scenes = storyboard(client, vlog_id).json["scenes"]
    clip = next(scene["id"] for scene in scenes if scene["kind"] == "clip")
    wish = [{**one, "seconds": 1.0} for one in reversed(ids(scenes))]
    next(one for one in wish if one["id"] == clip).update(seconds=2.0, start=1.5)
    wish[0] |= {"caption": "  Late ", "seconds": 2.52}
    wish[1 if wish[1]["id"] != clip else 2] |= {"left_out": True}
    answer = put(client, vlog_id, wish)
    assert answer.status_code == 200, answer.text
    told = answer.json
    assert told == storyboard(client, vlog_id).json
    assert answer.headers["ETag"] == storyboard(client, vlog_id).headers["ETag"]
    assert (told["scenes"][0]["caption"], told["scenes"][0]["title"]) == ("Late", "A day")
    analyzed = services.store.job(vlog_id).version
    assert client.post(f"/api/vlogs/{vlog_id}/approve").status_code == 202
    assert work(services, vlog_id) == "completed"
    assert "analyze" not in {event.step for event in services.store.events(vlog_id, analyzed)}
    made = client.get(f"/api/vlogs/{vlog_id}").json
    shown = [scene for scene in told["scenes"] if not scene["left_out"]]
    assert [one["media"] for one in made["segments"]] == [scene["name"] for scene in shown]
    assert [one["caption"] for one in made["segments"]] == [scene["caption"] for scene in shown]
    lengths = [one["end"] - one["start"] for one in made["segments"]]
    assert lengths == pytest.approx([scene["seconds"] for scene in shown], abs=0.002)
    assert made["duration"] == told["seconds"]
    assert storyboard(client, vlog_id).json == told


def test_sent_back_as_it_came_it_stays_as_it_is(client: FlaskClient, shared_id: str) -> None:
    before = storyboard(client, shared_id)
    fields = ("id", "caption", "start", "seconds", "left_out")
    rounded = [
        {name: scene[name] for name in fields} | {"start": round(scene["start"], 3)} for scene in before.json["scenes"]
    ]
    assert put(client, shared_id, rounded).headers["ETag"] == before.headers["ETag"]


def test_only_who_knows_what_is_changed_may_change_it(client: FlaskClient, vlog_id: str) -> None:
    told = storyboard(client, vlog_id)
    address, wish = f"/api/vlogs/{vlog_id}/storyboard", {"scenes": ids(told.json["scenes"])[::-1]}
    without = client.put(address, json=wish)
    assert (without.status_code, without.content_type) == (428, "application/problem+json")
    assert put(client, vlog_id, wish["scenes"]).status_code == 200
    late = put(client, vlog_id, wish["scenes"], told.headers["ETag"])
    assert (late.status_code, late.json["code"]) == (412, "changed")
    assert put(client, vlog_id, wish["scenes"], "*").status_code == 200


def wrong(number: int, **fields: Any) -> Any:
    """Of the scenes as they are, that one changed so."""

    def change(scenes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        clip = next(at for at, scene in enumerate(scenes) if scene["kind"] == "clip")
        changed = ids(scenes)
        changed[clip if number < 0 else number] |= fields
        return changed

    return change


def both(scenes: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    return zip(ids(scenes), scenes, strict=True)


CLIP = -1
WRONG = {
    "twice": (lambda scenes: [*ids(scenes)[:-1], {"id": 1}], "scenes.3.id"),
    "unknown": (wrong(1, id=77), "scenes.1.id"),
    "missing": (lambda scenes: ids(scenes)[1:], "scenes"),
    "none": (lambda scenes: [], "scenes"),
    "nothing left": (lambda scenes: [{**one, "left_out": True} for one in ids(scenes)], "scenes"),
    "too long in all": (lambda scenes: [{**one, "seconds": scene["most"]} for one, scene in both(scenes)], "scenes"),
    "too long": (wrong(0, seconds=10.1), "scenes.0.seconds"),
    "too short": (wrong(0, seconds=0.2), "scenes.0.seconds"),
    "no time at all": (wrong(0, seconds=0), "scenes.0.seconds"),
    "negative": (wrong(0, start=-1), "scenes.0.start"),
    "start of a photo": (wrong(0, start=1.0), "scenes.0.start"),
    "past the end": (wrong(CLIP, start=3.5, seconds=2.0), "seconds"),
    "starts past the end": (wrong(CLIP, start=5.0), "seconds"),
    "longer than the clip": (wrong(CLIP, seconds=4.5), "seconds"),
    "long caption": (wrong(0, caption="x" * 121), "scenes.0.caption"),
    "two lines": (wrong(0, caption="a\nb"), "scenes.0.caption"),
    "no text": (wrong(0, caption=1), "scenes.0.caption"),
    "text for a number": (wrong(0, seconds="3"), "scenes.0.seconds"),
    "boolean for a number": (wrong(0, seconds=True), "scenes.0.seconds"),
    "number for a boolean": (wrong(0, left_out=1), "scenes.0.left_out"),
    "boolean for an id": (wrong(0, id=True), "scenes.0.id"),
    "read only": (wrong(0, title="Mine"), "scenes.0.title"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_is_refused_by_name_and_changes_nothing(client: FlaskClient, shared_id: str, what: str) -> None:
    before = storyboard(client, shared_id)
    change, field = WRONG[what]
    answer = put(client, shared_id, change(before.json["scenes"]))
    assert answer.status_code == 400, answer.text
    assert answer.json["field"].endswith(field), answer.json
    assert storyboard(client, shared_id).headers["ETag"] == before.headers["ETag"]


def test_once_it_is_approved_it_changes_no_more(client: FlaskClient, vlog_id: str) -> None:
    scenes = ids(storyboard(client, vlog_id).json["scenes"])
    client.post(f"/api/vlogs/{vlog_id}/approve")
    assert put(client, vlog_id, scenes).status_code == 409


# ---------------------------------------------------------------- its life


def test_taken_up_again_after_it_was_cancelled_it_waits_again_as_it_was_left(
    client: FlaskClient, services: Services, vlog_id: str
) -> None:
    scenes = storyboard(client, vlog_id).json["scenes"]
    assert put(client, vlog_id, ids(scenes)[::-1]).status_code == 200
    assert client.post(f"/api/vlogs/{vlog_id}/cancel").json["error_code"] == "cancelled"
    assert put(client, vlog_id, ids(scenes)).status_code == 409
    assert client.post(f"/api/vlogs/{vlog_id}/retry").status_code == 202
    assert work(services, vlog_id) == "parked"
    assert [scene["id"] for scene in storyboard(client, vlog_id).json["scenes"]] == [4, 3, 2, 1]


def test_deleted_it_is_gone(client: FlaskClient, vlog_id: str) -> None:
    assert client.delete(f"/api/vlogs/{vlog_id}").status_code == 204
    assert client.get(f"/api/vlogs/{vlog_id}/storyboard").status_code == 404


def test_waiting_for_its_owner_takes_nothing_of_its_time(client: FlaskClient, services: Services, vlog_id: str) -> None:
    waiting = services.store.job(vlog_id)
    client.post(f"/api/vlogs/{vlog_id}/approve")
    going_on = services.store.job(vlog_id)
    assert waiting.parked_at
    assert waiting.deadline_at
    assert going_on.deadline_at
    assert going_on.next_run_at
    assert going_on.deadline_at - waiting.deadline_at == going_on.next_run_at - waiting.parked_at


def test_a_finished_vlogs_is_still_there(client: FlaskClient, services: Services, media_ids: list[str]) -> None:
    vlog_id = finished(services, media_ids)
    told = storyboard(client, vlog_id).json
    assert put(client, vlog_id, ids(told["scenes"])).status_code == 409
    assert told["seconds"] == client.get(f"/api/vlogs/{vlog_id}").json["duration"]
    assert client.get(told["scenes"][0]["picture"]).status_code == 302
