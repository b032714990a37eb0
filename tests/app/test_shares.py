"""A film is shared by a link: who may make one, what it shows to strangers, and how it ends."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from internal import vlogs
from internal.ports import Services
from internal.reaper import reap
from tests.app.asking import ABSENT, OWNER, STRANGER, Media, asked, completed, failed, uploaded
from tests.contracts.rows import at_once

TITLE = 'A day <by> "the" sea'
FILES = {"film.mp4": "video/mp4", "thumbnail.jpg": "image/jpeg", "subtitles.vtt": "text/vtt"}
ROUTES = ("", "/video", "/thumbnail", "/subtitles.vtt")
UNKNOWN = "A" * 32
PAGE = {"Accept": "text/html"}
DAY = timedelta(days=1)


@pytest.fixture
def vlog_id(services: Services, media: Media) -> str:
    """Of a film that is there."""
    made = asked(services, [uploaded(services, media)], title=TITLE, destination="Enoshima")
    completed(services, made)
    for name, content_type in (
        ("film.mp4", "video/mp4"),
        ("thumbnail.jpg", "image/jpeg"),
        ("subtitles.vtt", "text/vtt"),
    ):
        services.media.put(f"vlogs/{made}/1/{name}", io.BytesIO(name.encode()), content_type)
    return made


def share(client: FlaskClient, vlog_id: str, **wish: Any) -> TestResponse:
    return client.post(f"/api/vlogs/{vlog_id}/share", json=wish)


def path_of(answer: TestResponse) -> str:
    return str(answer.json["url"]).removeprefix("http://daylog.localhost")


@pytest.fixture
def path(client: FlaskClient, vlog_id: str) -> str:
    return path_of(share(client, vlog_id))


@pytest.fixture
def stranger(guarded: Flask) -> FlaskClient:
    """Not signed in, where others are."""
    return guarded.test_client()


# ---------------------------------------------------------------- its owner


def test_a_link_is_made_once_and_is_part_of_the_vlog(client: FlaskClient, vlog_id: str) -> None:
    before = client.get(f"/api/vlogs/{vlog_id}")
    assert (before.json["share_url"], before.json["share_expires_at"]) == (None, None)
    first, again = share(client, vlog_id), share(client, vlog_id)
    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    assert re.fullmatch(r"http://daylog\.localhost/s/[\w-]{32}", first.json["url"])
    after = client.get(f"/api/vlogs/{vlog_id}", headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.json["share_url"]) == (200, first.json["url"])
    assert first.json["url"] in [item["share_url"] for item in client.get("/api/vlogs").json["items"]]


def test_how_long_a_link_lasts_can_be_changed_and_is_kept_unless_it_is(client: FlaskClient, vlog_id: str) -> None:
    ends = [
        share(client, vlog_id, **wish).json["expires_at"] for wish in ({"days": 7}, {}, {"days": 1}, {"days": None})
    ]
    assert ends[0] == ends[1]
    assert ends[3] is None
    for end, days in ((ends[0], 7), (ends[2], 1)):
        left = datetime.fromisoformat(end) - datetime.now(UTC)
        assert (days - 1) * DAY < left <= days * DAY
    assert client.get(f"/api/vlogs/{vlog_id}").json["share_expires_at"] is None


def test_links_asked_for_at_once_are_one_link(app: Flask, services: Services, vlog_id: str) -> None:
    before = services.store.job(vlog_id).version
    answers = at_once(4, lambda _: share(app.test_client(), vlog_id))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]  # type: ignore[union-attr]  # raised
    assert len({answer.json["url"] for answer in answers}) == 1  # type: ignore[union-attr]
    assert services.store.job(vlog_id).version == before + 1


def test_a_strange_wish_is_refused(client: FlaskClient, services: Services, vlog_id: str) -> None:
    wishes = [{"days": days} for days in (0, -1, 366, "7", True, 1.5, 1e400, [])]
    for wish in (*wishes, {"until": "x"}, [], "", 7):
        assert client.post(f"/api/vlogs/{vlog_id}/share", json=wish).status_code == 400, wish
    assert client.post(f"/api/vlogs/{vlog_id}/share").status_code == 415
    assert services.store.vlog(OWNER, vlog_id)[0].share_token is None


def test_only_a_film_can_be_shared(client: FlaskClient, services: Services, media: Media) -> None:
    vlog_id = asked(services, [uploaded(services, media)])
    assert share(client, vlog_id).status_code == 409
    failed(services, vlog_id)
    assert share(client, vlog_id).status_code == 409


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_anothers_vlog_and_an_absent_one_are_the_same(
    client: FlaskClient, services: Services, media: Media, method: str
) -> None:
    theirs = asked(services, [uploaded(services, media, owner_id=STRANGER)], STRANGER)
    before = completed(services, theirs)
    answers = [client.open(f"/api/vlogs/{one}/share", method=method, json={}) for one in (theirs, ABSENT, "x")]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.data for answer in answers}) == 1
    assert services.store.job(theirs) == before


def test_a_vlog_that_is_taken_back_has_no_link_and_its_next_is_another(client: FlaskClient, vlog_id: str) -> None:
    first = path_of(share(client, vlog_id))
    etag = client.get(f"/api/vlogs/{vlog_id}").headers["ETag"]
    assert [client.delete(f"/api/vlogs/{vlog_id}/share").status_code for _ in range(2)] == [204, 204]
    after = client.get(f"/api/vlogs/{vlog_id}", headers={"If-None-Match": etag})
    assert (after.status_code, after.json["share_url"]) == (200, None)
    answer = share(client, vlog_id)
    assert answer.status_code == 201
    assert path_of(answer) != first
    assert client.get(first).status_code == 410


# ---------------------------------------------------------------- anybody


def test_the_page_shows_the_film_to_anybody_and_nothing_of_its_owner(
    stranger: FlaskClient, vlog_id: str, path: str
) -> None:
    page = stranger.get(path, headers=PAGE)
    assert page.status_code == 200
    assert f'src="{path}/video"' in page.text
    assert f'src="{path}/subtitles.vtt"' in page.text
    assert "A day &lt;by&gt; &#34;the&#34; sea" in page.text
    for secret in (vlog_id, "/api/", OWNER + "@", "Enoshima", "tiny.jpg", TITLE):
        assert secret not in page.text
    assert "<script" not in re.sub(r'<script id="words" type="application/json">', "", page.text)


def test_a_preview_of_the_link_has_a_title_and_a_picture_with_whole_addresses(stranger: FlaskClient, path: str) -> None:
    text = stranger.get(path, headers=PAGE).text
    told = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)"', text))
    here = f"http://localhost{path}"  # as its settings say
    assert (told["og:url"], told["og:image"], told["og:video"]) == (here, f"{here}/thumbnail", f"{here}/video")
    assert told["twitter:image"] == told["og:image"]
    assert told["og:title"] == told["twitter:title"] == "A day &lt;by&gt; &#34;the&#34; sea"
    assert (told["og:type"], told["og:video:type"]) == ("video.other", "video/mp4")
    assert (told["og:video:width"], told["og:video:height"]) == ("160", "90")


def test_the_link_is_told_to_nobody_else_and_kept_nowhere(stranger: FlaskClient, path: str) -> None:
    for one, file in product((path, f"/s/{UNKNOWN}", "/s/x"), ROUTES):
        headers = stranger.get(one + file, headers=PAGE).headers
        assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_each_file_is_fetched_by_an_address_that_soon_ends(stranger: FlaskClient, path: str) -> None:
    for file, stored in zip(ROUTES[1:], FILES, strict=True):
        answer = stranger.get(path + file)
        assert answer.status_code == 302
        assert "X-Amz-Expires=300&" in answer.headers["Location"]
        assert requests.get(answer.headers["Location"], timeout=30).content == stored.encode()
        part = requests.get(answer.headers["Location"], headers={"Range": "bytes=1-2"}, timeout=30)
        assert (part.status_code, part.content) == (206, stored.encode()[1:3])


def test_only_the_head_of_a_file_can_be_asked_for(client: FlaskClient, vlog_id: str, path: str) -> None:
    for address in (f"{path}/video", f"/api/vlogs/{vlog_id}/video", f"{path}/video?download=1"):
        answer = client.head(address)
        assert answer.status_code == 302
        head = requests.head(answer.headers["Location"], timeout=30)
        assert (head.status_code, head.headers["Content-Length"], head.content) == (200, "8", b"")


def test_a_saved_film_is_named_after_its_title(stranger: FlaskClient, path: str) -> None:
    answer = stranger.get(f"{path}/video?download=1")
    named = requests.get(answer.headers["Location"], timeout=30).headers["Content-Disposition"]
    assert 'filename="A day by the sea.mp4"' in named
    assert stranger.get(f"{path}/video?download=2").status_code == 400


def test_a_film_that_is_made_again_is_said_to_be(
    stranger: FlaskClient, client: FlaskClient, services: Services, media: Media
) -> None:
    vlog_id = asked(services, [uploaded(services, media)])
    completed(services, vlog_id, partial=True)
    path = path_of(share(client, vlog_id))
    vlogs.retry(services, OWNER, vlog_id)
    page = stranger.get(path, headers=PAGE)
    assert (page.status_code, "being made again" in page.text, "<video" in page.text) == (200, True, False)
    assert stranger.get(f"{path}/video").status_code == 409


def test_a_link_that_never_was_is_not_found(stranger: FlaskClient) -> None:
    tokens = (UNKNOWN, "x", "%00", "..%2fx", "%ff%fe", "A" * 33, "A" * 5000, f"{'A' * 31}é", f"{'A' * 31}%0a")
    for token, file in product(tokens, ROUTES):
        assert stranger.get(f"/s/{token}{file}").status_code == 404, (token, file)


def gone_at_once(client: FlaskClient, path: str) -> None:
    answers = [client.get(path + file) for file in (*ROUTES, "/video?download=1")]
    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(410, "gone")}
    page = client.get(path, headers=PAGE)
    assert (page.status_code, page.mimetype) == (410, "text/html")
    assert page.headers["Cache-Control"] == "no-store"
    assert "taken back" in page.text


def test_a_link_that_was_taken_back_is_gone_at_once(client: FlaskClient, vlog_id: str, path: str) -> None:
    assert client.get(f"{path}/video").status_code == 302
    client.delete(f"/api/vlogs/{vlog_id}/share")
    gone_at_once(client, path)


def test_a_link_whose_time_is_over_is_gone_at_once_and_soon_no_part_of_the_vlog(
    client: FlaskClient, services: Services, vlog_id: str, path: str
) -> None:
    with services.store.write(vlog_id) as tx:
        link = tx.share()
        assert link
        tx.save_share(replace(link, expires_at=tx.now))
    gone_at_once(client, path)
    etag = client.get(f"/api/vlogs/{vlog_id}").headers["ETag"]
    reap(services)
    after = client.get("/api/vlogs?limit=100").json["items"]
    assert next(item for item in after if item["id"] == vlog_id)["share_url"] is None
    assert [event.kind for event in services.store.events(vlog_id)][-1] == "share expired"
    assert etag != f'W/"{services.store.job(vlog_id).version}"'
    assert share(client, vlog_id).status_code == 201


def test_a_deleted_vlogs_link_is_gone_until_it_is_restored(client: FlaskClient, vlog_id: str, path: str) -> None:
    client.delete(f"/api/vlogs/{vlog_id}")
    gone_at_once(client, path)
    assert client.post(f"/api/vlogs/{vlog_id}/restore").json["share_url"] == f"http://daylog.localhost{path}"
    assert client.get(path, headers=PAGE).status_code == 200


def test_what_happened_to_a_link_is_told_without_it(services: Services, client: FlaskClient, vlog_id: str) -> None:
    token = path_of(share(client, vlog_id))[3:]
    client.delete(f"/api/vlogs/{vlog_id}/share")
    events = services.store.events(vlog_id)
    assert [event.kind for event in events][-2:] == ["shared", "share revoked"]
    assert token not in repr(events)
