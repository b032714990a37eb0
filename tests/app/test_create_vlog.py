"""Asking for a vlog: what is taken, what is refused and how it says so, what is never done twice."""

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from internal.ports import Services
from tests.app.asking import ABSENT, OWNER, STRANGER, Media, create, new_key, stored, uploaded, work

EVERY_FIELD = {
    "title": "海の日 👨‍👩‍👧",
    "travelDate": "2025-05-17",
    "destination": "Kamakura",
    "theme": "family",
    "musicMood": "happy",
    "duration": "10",
    "transition": "slide",
    "resolution": "480p",
    "aspect": "1:1",
    "captions": "false",
    "language": "ja",
    "musicStart": "0.5",
    "musicEnd": "1.5",
    "musicLoop": "false",
    "musicVolume": "0.8",
    "musicFade": "1",
    "style": "footage",
    "maxCost": "2.5",
}


def test_photos_and_clips_become_a_film(client: FlaskClient, services: Services, media: Media) -> None:
    form = {"files[]": [media.part("tiny.jpg")], "files": [media.part("tiny.mp4")], **EVERY_FIELD}
    answer = create(client, form | {"music": media.part("song.m4a")})
    assert answer.status_code == 202
    vlog_id = answer.json["vlogId"]
    assert answer.json == {"vlogId": vlog_id, "status": "processing"}
    assert (answer.headers["Location"], answer.headers["Retry-After"]) == (f"/api/vlogs/{vlog_id}", "3")
    assert client.get(answer.headers["Location"]).json["status"] == "pending"

    assert work(services, vlog_id) == "completed"
    vlog = client.get(f"/api/vlogs/{vlog_id}").json
    assert (vlog["status"], vlog["progress"], vlog["title"]) == ("completed", 1.0, EVERY_FIELD["title"])
    assert vlog["settings"].pop("musicId")
    numbers = {"duration": 10, "maxCost": 2.5, "musicStart": 0.5, "musicEnd": 1.5, "musicVolume": 0.8, "musicFade": 1.0}
    flags = {"captions": False, "musicLoop": False, "review": False}
    assert vlog["settings"] == EVERY_FIELD | numbers | flags
    assert [segment["media"] for segment in vlog["segments"]] == ["tiny.jpg", "tiny.mp4"]
    assert vlog["segments"][-1]["end"] == pytest.approx(vlog["duration"], abs=0.01)
    assert vlog["analytics"]["mediaCount"] == 2
    (place,) = vlog["analytics"]["locations"]
    assert (place["name"], place["latitude"]) == ("江の島", pytest.approx(35.3, abs=0.01))


def test_media_uploaded_before_are_used_by_id(client: FlaskClient, services: Services, media: Media) -> None:
    ids = [uploaded(services, media), uploaded(services, media, "tiny.mp4")]
    song = uploaded(services, media, "song.m4a")
    answer = create(client, {"mediaIds": ids[0], "mediaIds[]": ids[1], "musicId": song})
    assert answer.status_code == 202
    vlog, _ = services.store.vlog(OWNER, answer.json["vlogId"])
    assert (set(vlog.media_ids), vlog.settings.music_id) == (set(ids), song)


def test_fields_left_empty_have_their_defaults(client: FlaskClient, services: Services, media: Media) -> None:
    empty = dict.fromkeys(EVERY_FIELD, "") | {"music": (io.BytesIO(), "")}
    answer = create(client, {"files": media.part("tiny.jpg"), **empty})
    assert answer.status_code == 202
    assert services.store.vlog(OWNER, answer.json["vlogId"])[0].settings.duration == 60


def test_a_vlog_to_review_is_parked_until_approved(client: FlaskClient, services: Services, media: Media) -> None:
    vlog_id = create(client, {"files": media.part("tiny.jpg"), "review": "true"}).json["vlogId"]
    assert client.post(f"/api/vlogs/{vlog_id}/approve").status_code == 409
    assert work(services, vlog_id) == "parked"
    parked = client.get(f"/api/vlogs/{vlog_id}").json
    assert (parked["status"], parked["needs"]) == ("processing", "review")
    approved = client.post(f"/api/vlogs/{vlog_id}/approve")
    assert (approved.status_code, approved.json["needs"]) == (202, None)
    assert work(services, vlog_id) == "completed"


@pytest.mark.parametrize(
    ("field", "value", "advice"),
    [
        ("duration", "9", "greater than or equal to 10"),
        ("duration", "181", "less than or equal to 180"),
        ("duration", "12.5", "integer"),
        ("duration", "true", "integer"),
        ("duration", "9" * 5000, "integer"),
        ("theme", "boring", "'adventure', 'relaxing', 'romantic' or 'family'"),
        ("musicMood", "angry", "'calm'"),
        ("transition", "wipe", "'fade', 'slide' or 'zoom'"),
        ("resolution", "4k", "'480p', '720p' or '1080p'"),
        ("aspect", "4:3", "'16:9', '9:16' or '1:1'"),
        ("captions", "perhaps", "boolean"),
        ("travelDate", "17.5.2025", "YYYY-MM-DD"),
        ("travelDate", "1700000000", "YYYY-MM-DD"),
        ("musicMood", "loud", "'none'"),
        ("musicEnd", "0", "greater than 0"),
        ("musicVolume", "1.1", "less than or equal to 1"),
        ("musicFade", "11", "less than or equal to 10"),
        ("language", "tlh", "'en', 'ja'"),
        ("maxCost", "nan", "less than or equal to 1000"),
        ("maxCost", "1e400", "less than or equal to 1000"),
        ("maxCost", "-1", "greater than or equal to 0"),
        ("title", "x" * 121, "at most 120 characters"),
        ("title", "a\x00b", "control characters"),
        ("destination", "a\nb", "control characters"),
        ("style", "painted", "'footage' or 'generated'"),
        ("travel_date", "2025-05-17", "no field of this request"),
        ("owner_id", "somebody", "no field of this request"),
        ("files", "not a file", "should be a file"),
    ],
)
def test_a_wrong_field_is_named_with_what_to_change(
    client: FlaskClient, services: Services, media: Media, field: str, value: str, advice: str
) -> None:
    before = stored(services)
    answer = create(client, {"files[]": media.part("tiny.jpg"), field: value})
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert (answer.json["field"], answer.json["code"]) == (field, "invalid_input")
    assert advice in answer.json["detail"]
    assert stored(services) == before


def test_every_wrong_field_is_named_at_once(client: FlaskClient, media: Media) -> None:
    answer = create(client, {"files": media.part("tiny.jpg"), "duration": "1", "theme": "boring", "nonsense": "x"})
    assert {error["field"] for error in answer.json["errors"]} == {"duration", "theme", "nonsense"}


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "files"),
        ({"title": "nothing to show"}, "files"),
        ({"files": (io.BytesIO(), "")}, "files"),
        ({"photos": (io.BytesIO(b"x"), "a.jpg")}, "photos"),
        ({"title": ["one", "two"], "mediaIds": ABSENT}, "title"),
        ({"music": [(io.BytesIO(b"x"), "a"), (io.BytesIO(b"y"), "b")], "mediaIds": ABSENT}, "music"),
        ({"music": (io.BytesIO(b"x"), "a"), "musicId": ABSENT, "mediaIds": ABSENT}, "music"),
        ({"mediaIds": [f"00000000-0000-4000-8000-{number:012}" for number in range(101)]}, "files"),
    ],
)
def test_a_form_that_makes_no_sense_says_where(client: FlaskClient, form: dict[str, Any], field: str) -> None:
    answer = create(client, form)
    assert (answer.status_code, answer.json["field"]) == (400, field)


@pytest.mark.parametrize("media_id", [ABSENT, "1", "../other/x", "A" * 5000, "a\x00b", ABSENT.replace("-", "")])
def test_media_nobody_has_is_not_found(client: FlaskClient, services: Services, media: Media, media_id: str) -> None:
    before = stored(services)
    answer = create(client, {"files": media.part("tiny.jpg"), "mediaIds": media_id})
    assert (answer.status_code, answer.json["detail"]) == (404, f"There is no such media: {media_id}.")
    assert stored(services) == before


@pytest.mark.parametrize("field", ["mediaIds", "musicId"])
def test_anothers_media_are_not_found(client: FlaskClient, services: Services, media: Media, field: str) -> None:
    theirs = uploaded(services, media, owner_id=STRANGER)
    before = stored(services)
    answer = create(client, {"files": media.part("tiny.jpg"), field: theirs})
    absent = create(client, {"files": media.part("tiny.jpg"), field: ABSENT})
    assert answer.status_code == absent.status_code == 404
    assert answer.data == absent.data.replace(ABSENT.encode(), theirs.encode())
    assert stored(services) == before


def test_each_file_that_cannot_be_used_is_named_and_nothing_stays(
    client: FlaskClient, services: Services, media: Media
) -> None:
    before = stored(services)
    hostile = ["playlist.mp4", "drawing.jpg", "empty.jpg", "no_index.mp4", "huge.png"]
    form = {"files": [media.part(name) for name in ("tiny.jpg", *hostile, "tiny.mp4")], "music": media.part("text.mp4")}
    answer = create(client, form)
    assert (answer.status_code, answer.json["code"]) == (422, "files_refused")
    assert [error["name"] for error in answer.json["errors"]] == [*hostile, "text.mp4"]
    assert {error["field"] for error in answer.json["errors"]} == {"files", "music"}
    assert all(error["detail"] for error in answer.json["errors"])
    assert stored(services) == before


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.jpg",
        "/etc/passwd.jpg",
        "-rf.jpg",
        "a\u202egpj.exe.jpg",
        "<script>alert(1)</script>.jpg",
        "写真 ' ; DROP TABLE job.jpg",
        "con.jpg",
    ],
)
def test_a_hostile_name_is_only_shown(client: FlaskClient, services: Services, media: Media, name: str) -> None:
    answer = create(client, {"files": media.part("tiny.jpg", name)})
    assert answer.status_code == 202
    vlog, _ = services.store.vlog(OWNER, answer.json["vlogId"])
    taken = services.store.media(OWNER, vlog.media_ids[0])
    assert taken.name == name.replace("\u202e", "\N{REPLACEMENT CHARACTER}")
    assert taken.key == f"media/{OWNER}/{taken.id}"


def test_a_name_of_ten_thousand_characters_is_refused(client: FlaskClient, media: Media) -> None:
    answer = create(client, {"files": media.part("tiny.jpg", "a" * 10_000 + ".jpg")})
    assert answer.status_code == 422
    assert "1 to 255 characters" in answer.json["detail"]


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain", None])
def test_anything_but_a_multipart_form_is_refused(client: FlaskClient, kind: str | None) -> None:
    answer = client.post("/api/agent/create-vlog", data=b'{"title": "x"}', content_type=kind)
    assert (answer.status_code, answer.content_type) == (415, "application/problem+json")


def test_a_body_past_the_limit_is_too_large(client: FlaskClient, services: Services) -> None:
    before = stored(services)
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="big.jpg"\r\n\r\n'
    body = head + bytes(31 * 1024 * 1024) + b"\r\n--b--\r\n"
    answer = client.post("/api/agent/create-vlog", data=body, content_type="multipart/form-data; boundary=b")
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert "/api/uploads" in answer.json["detail"]
    assert stored(services) == before


def test_a_form_of_thousands_of_parts_is_too_large(client: FlaskClient) -> None:
    assert create(client, {"mediaIds": [ABSENT] * 1000}).status_code == 413


# ---------------------------------------------------------------- Idempotency-Key


def test_a_request_sent_again_makes_no_second_vlog(client: FlaskClient, services: Services, media: Media) -> None:
    key, form = new_key(), lambda: {"files": media.part("tiny.jpg"), "title": "once"}
    first = create(client, form(), key)
    before = stored(services)
    again = create(client, {"title": "once", "files": media.part("tiny.jpg")}, key)
    assert first.status_code == again.status_code == 202
    assert (first.json, first.headers["Location"]) == (again.json, again.headers["Location"])
    assert stored(services) == before


@pytest.mark.parametrize(
    "other",
    [
        lambda media: {"files": media.part("tiny.jpg"), "title": "two"},
        lambda media: {"files": media.part("tiny.mp4"), "title": "one"},
        lambda media: {"files": media.part("tiny.jpg", "other.jpg"), "title": "one"},
        lambda media: {"files": [media.part("tiny.jpg"), media.part("tiny.mp4")], "title": "one"},
    ],
)
def test_a_key_used_for_another_request_is_refused(
    client: FlaskClient, media: Media, other: Callable[[Media], dict[str, Any]]
) -> None:
    key = new_key()
    create(client, {"files": media.part("tiny.jpg"), "title": "one"}, key)
    answer = create(client, other(media), key)
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")


def test_a_failed_request_may_be_sent_again(client: FlaskClient, services: Services, media: Media) -> None:
    key, theirs = new_key(), ABSENT
    for _ in range(2):
        assert create(client, {"mediaIds": theirs}, key).status_code == 404
    assert create(client, {"files": media.part("tiny.jpg")}, key).status_code == 202


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ключ", "a\tb"])
def test_a_key_that_is_none_is_refused(client: FlaskClient, media: Media, key: str) -> None:
    answer = client.post(
        "/api/agent/create-vlog",
        data={"files": media.part("tiny.jpg")},
        content_type="multipart/form-data",
        environ_overrides={"HTTP_IDEMPOTENCY_KEY": key.encode().decode("latin-1")},
    )
    assert (answer.status_code, answer.json["field"]) == (400, "Idempotency-Key")


def test_of_ten_equal_requests_at_once_one_makes_the_vlog(app: Flask, services: Services, media: Media) -> None:
    key, together = new_key(), threading.Barrier(10)

    def send(_: int) -> tuple[int, str | None]:
        together.wait()
        answer = create(app.test_client(), {"files": media.part("tiny.jpg"), "title": "race"}, key)
        return answer.status_code, answer.json.get("vlogId")

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(10)))
    assert {status for status, _ in answers} <= {202, 409}
    assert len({vlog_id for status, vlog_id in answers if status == 202}) == 1
    titles = [vlog.settings.title for vlog, _ in services.store.vlogs(OWNER, 100, 0)[0]]
    assert titles.count("race") == 1
