"""What a vlog looks like in each state, when it has changed, where its film is, and whose it is."""

import io

import pytest
import requests
from flask.testing import FlaskClient

from internal import vlogs
from internal.ports import Services
from tests.app.asking import ABSENT, OWNER, RESULT, STRANGER, Media, asked, completed, failed, leased, uploaded

KEYS = """
id video_id video_url share_url share_expires_at duration thumbnail status error_message progress created_at
updated_at started_at completed_at step message title settings segments subtitles_url analytics warnings notes needs
cost error_code eta_seconds version
"""
FILES = {
    "video": ("film.mp4", "video/mp4"),
    "thumbnail": ("thumbnail.jpg", "image/jpeg"),
    "subtitles.vtt": ("subtitles.vtt", "text/vtt"),
    "subtitles.srt": ("subtitles.srt", "application/x-subrip"),
}
ROUTES = [
    ("GET", ""),
    ("DELETE", ""),
    ("POST", "/cancel"),
    ("POST", "/retry"),
    ("POST", "/restore"),
    ("POST", "/approve"),
    *(("GET", f"/{name}") for name in FILES),
]


@pytest.fixture
def vlog_id(services: Services, media: Media) -> str:
    return asked(services, [uploaded(services, media)], title="A day / by: the sea")


def test_every_field_is_always_there(client: FlaskClient, services: Services, vlog_id: str) -> None:
    pending = client.get(f"/api/vlogs/{vlog_id}").json
    completed(services, vlog_id)
    assert list(pending) == list(client.get(f"/api/vlogs/{vlog_id}").json) == KEYS.split()
    assert set(pending["analytics"]) == {"locations", "activities", "mood", "highlights", "mediaCount"}


def test_a_vlog_not_begun_is_pending(client: FlaskClient, vlog_id: str) -> None:
    answer = client.get(f"/api/vlogs/{vlog_id}")
    assert (answer.json["status"], answer.json["progress"], answer.headers["Retry-After"]) == ("pending", 0.0, "3")
    assert answer.json["video_url"] is answer.json["started_at"] is answer.json["eta_seconds"] is None


def test_a_vlog_being_made_shows_step_progress_and_a_guess(
    client: FlaskClient, services: Services, vlog_id: str
) -> None:
    leased(services, vlog_id)
    with services.store.write(vlog_id) as tx:
        tx.save(tx.job.advance("compose", 0.5, "Rendered 2 of 4 pieces"), "progress")
    answer = client.get(f"/api/vlogs/{vlog_id}")
    shown = [answer.json[name] for name in ("status", "step", "progress", "message")]
    assert shown == ["processing", "compose", 0.5, "Rendered 2 of 4 pieces"]
    assert answer.json["eta_seconds"] >= 1
    assert answer.headers["Retry-After"] == "3"


def test_a_complete_vlog_leads_to_its_film(client: FlaskClient, services: Services, vlog_id: str) -> None:
    completed(services, vlog_id)
    answer = client.get(f"/api/vlogs/{vlog_id}")
    assert (answer.json["status"], answer.json["duration"], answer.json["warnings"]) == ("completed", 5.5, [])
    assert answer.json["error_code"] is None
    assert answer.json["video_url"] == f"/api/vlogs/{vlog_id}/video"
    assert answer.json["share_url"] is None
    assert "Retry-After" not in answer.headers


def test_a_partial_vlog_is_completed_with_warnings_and_its_own_code(
    client: FlaskClient, services: Services, vlog_id: str
) -> None:
    completed(services, vlog_id, partial=True)
    shown = client.get(f"/api/vlogs/{vlog_id}").json
    assert (shown["status"], shown["warnings"]) == ("completed", ["b.jpg: It is empty."])
    (note,) = shown["notes"]
    assert (note["code"], note["media"], note["numbers"]) == ("left_out", ["b.jpg"], {"count": 1})
    assert note["reason"] == {"code": "broken_media", "text": "It is empty.", "usd": None}
    assert note["text"] == "b.jpg: It is empty."
    assert (shown["error_code"], shown["error_message"]) == ("partial", None)


def test_what_an_older_film_left_out_is_told_as_it_was_kept(
    client: FlaskClient, services: Services, vlog_id: str
) -> None:
    """In sentences alone: they had no codes."""
    leased(services, vlog_id)
    older = {name: value for name, value in RESULT.items() if name != "notes"}
    with services.store.write(vlog_id) as tx:
        tx.save(tx.job.complete(tx.now, {**older, "warnings": ["b.jpg: It is empty."]}, True), "completed")
    shown = client.get(f"/api/vlogs/{vlog_id}").json
    assert shown["warnings"] == ["b.jpg: It is empty."]
    assert [(note["code"], note["text"]) for note in shown["notes"]] == [("", "b.jpg: It is empty.")]


def test_a_failed_vlog_says_why(client: FlaskClient, services: Services, vlog_id: str) -> None:
    failed(services, vlog_id, "None of <b>them</b> could be read.")
    shown = client.get(f"/api/vlogs/{vlog_id}").json
    assert (shown["status"], shown["error_code"]) == ("failed", "nothing_readable")
    assert shown["error_message"] == "None of <b>them</b> could be read."


def test_a_cancelled_vlog_is_failed_with_its_own_code(client: FlaskClient, vlog_id: str) -> None:
    answer = client.post(f"/api/vlogs/{vlog_id}/cancel")
    assert (answer.status_code, answer.json["status"], answer.json["error_code"]) == (200, "failed", "cancelled")
    assert client.post(f"/api/vlogs/{vlog_id}/cancel").status_code == 409


def test_an_ending_leaves_progress_where_it_was(client: FlaskClient, services: Services, vlog_id: str) -> None:
    leased(services, vlog_id)
    with services.store.write(vlog_id) as tx:
        tx.save(tx.job.advance("storyboard", 0.3, ""), "progress")
        tx.save(tx.job.park(tx.now), "parked")
    assert client.get(f"/api/vlogs/{vlog_id}").json["progress"] == 0.3
    assert client.post(f"/api/vlogs/{vlog_id}/cancel").json["progress"] == 0.3


def test_cancelling_one_that_is_worked_on_is_a_wish(client: FlaskClient, services: Services, vlog_id: str) -> None:
    leased(services, vlog_id)
    answer = client.post(f"/api/vlogs/{vlog_id}/cancel")
    assert (answer.status_code, answer.json["status"]) == (202, "processing")


def test_a_failed_vlog_can_be_made_again(client: FlaskClient, services: Services, vlog_id: str) -> None:
    assert client.post(f"/api/vlogs/{vlog_id}/retry").status_code == 409
    failed(services, vlog_id)
    answer = client.post(f"/api/vlogs/{vlog_id}/retry")
    assert (answer.status_code, answer.json["status"], answer.json["error_code"]) == (202, "pending", None)


def test_one_whose_media_were_deleted_meanwhile_is_not_begun_again(
    client: FlaskClient, services: Services, media: Media
) -> None:
    kept, gone = uploaded(services, media), uploaded(services, media)
    vlog_id = asked(services, [kept, gone])
    assert client.delete(f"/api/media/{gone}").status_code == 409
    failed(services, vlog_id)
    assert client.delete(f"/api/media/{gone}").status_code == 204
    answer = client.post(f"/api/vlogs/{vlog_id}/retry")
    assert (answer.status_code, answer.json["code"]) == (409, "start_anew")
    assert "deleted" in answer.json["detail"]
    assert client.get(f"/api/vlogs/{vlog_id}").json["status"] == "failed"


def test_a_deleted_vlog_is_gone_at_once(client: FlaskClient, services: Services, vlog_id: str) -> None:
    leased(services, vlog_id)
    assert client.delete(f"/api/vlogs/{vlog_id}").status_code == 204
    assert client.get(f"/api/vlogs/{vlog_id}").status_code == 404
    assert client.delete(f"/api/vlogs/{vlog_id}").status_code == 404


# ---------------------------------------------------------------- ETag


def test_nothing_new_is_answered_without_a_body(client: FlaskClient, services: Services, vlog_id: str) -> None:
    etag = client.get(f"/api/vlogs/{vlog_id}").headers["ETag"]
    same = client.get(f"/api/vlogs/{vlog_id}", headers={"If-None-Match": etag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", etag)
    assert same.headers["Retry-After"] == "3"
    leased(services, vlog_id)
    changed = client.get(f"/api/vlogs/{vlog_id}", headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json["status"]) == (200, "processing")
    assert changed.headers["ETag"] != etag


@pytest.mark.parametrize("given", ['"0"', "garbage", '""', 'W/"', ",,,", '"' + "9" * 5000 + '"'])
def test_a_strange_etag_gets_the_whole_answer(client: FlaskClient, vlog_id: str, given: str) -> None:
    assert client.get(f"/api/vlogs/{vlog_id}", headers={"If-None-Match": given}).status_code == 200


# ---------------------------------------------------------------- the film


@pytest.mark.parametrize("name", FILES)
def test_each_file_of_the_film_is_fetched_by_a_signed_address(
    client: FlaskClient, services: Services, vlog_id: str, name: str
) -> None:
    job, (file, content_type) = completed(services, vlog_id), FILES[name]
    assert job.result
    content = name.encode()
    services.media.put(f"{job.result['folder']}/{file}", io.BytesIO(content), content_type)
    answer = client.get(f"/api/vlogs/{vlog_id}/{name}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
    assert "X-Amz-Expires=300" in answer.headers["Location"]
    fetched = requests.get(answer.headers["Location"], timeout=30)
    assert (fetched.status_code, fetched.content, fetched.headers["Content-Type"]) == (200, content, content_type)
    assert client.head(f"/api/vlogs/{vlog_id}/{name}").status_code == 302


def test_a_download_is_named_after_the_title(client: FlaskClient, services: Services, vlog_id: str) -> None:
    job = completed(services, vlog_id)
    assert job.result
    services.media.put(f"{job.result['folder']}/film.mp4", io.BytesIO(b"film"), "video/mp4")
    answer = client.get(f"/api/vlogs/{vlog_id}/video?download=1")
    named = requests.get(answer.headers["Location"], timeout=30).headers["Content-Disposition"]
    assert 'filename="A day by the sea.mp4"' in named


@pytest.mark.parametrize("query", ["download=maybe", "download=1&download=0", "expires=99999"])
def test_a_strange_query_is_refused(client: FlaskClient, services: Services, vlog_id: str, query: str) -> None:
    completed(services, vlog_id)
    assert client.get(f"/api/vlogs/{vlog_id}/video?{query}").status_code == 400


def test_a_film_not_ready_is_a_conflict_and_one_that_failed_is_not_found(
    client: FlaskClient, services: Services, vlog_id: str
) -> None:
    assert client.get(f"/api/vlogs/{vlog_id}/video").status_code == 409
    failed(services, vlog_id)
    assert client.get(f"/api/vlogs/{vlog_id}/video").status_code == 404


# ---------------------------------------------------------------- whose it is


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_anothers_vlog_and_an_absent_one_are_the_same(
    client: FlaskClient, services: Services, media: Media, method: str, route: str
) -> None:
    theirs = asked(services, [uploaded(services, media, owner_id=STRANGER)], STRANGER)
    before = services.store.job(theirs)
    given = ["x", "..%2fother", "%00", "%ff%fe", "1" * 3000, ABSENT.upper(), f"{ABSENT} "]
    answers = [client.open(f"/api/vlogs/{each}{route}", method=method) for each in (theirs, ABSENT, *given)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers if b"no such" in answer.data}) == 1
    assert answers[0].data == answers[1].data
    assert services.store.job(theirs) == before


def test_a_list_shows_only_ones_own_newest_first(client: FlaskClient, services: Services, media: Media) -> None:
    mine = [asked(services, [uploaded(services, media)]) for _ in range(3)]
    theirs = asked(services, [uploaded(services, media, owner_id=STRANGER)], STRANGER)
    vlogs.delete(services, OWNER, mine[1])
    page = client.get("/api/vlogs?limit=2").json
    assert [item["id"] for item in page["items"]] == [mine[2], mine[0]]
    everything = client.get("/api/vlogs?limit=100").json
    assert theirs not in [item["id"] for item in everything["items"]]
    assert client.get(f"/api/vlogs?offset={everything['total']}").json == {"items": [], "total": everything["total"]}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=-1", "limit=x", "limit=1&limit=2", "offset=-1", "offset=1e99", "sort=id"]
)
@pytest.mark.parametrize("route", ["/api/vlogs", "/api/media"])
def test_an_absurd_page_is_refused(client: FlaskClient, route: str, query: str) -> None:
    answer = client.get(f"{route}?{query}")
    assert (answer.status_code, answer.json["field"]) == (400, query.partition("=")[0])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 400),
        ({"Origin": "http://localhost"}, 200),
    ],
)
def test_foreign_pages_change_nothing(client: FlaskClient, vlog_id: str, headers: dict[str, str], status: int) -> None:
    assert client.post(f"/api/vlogs/{vlog_id}/cancel", headers=headers).status_code == status


@pytest.mark.parametrize("path", ["/healthz", "/ready"])
def test_how_we_are_is_told_to_whoever_starts_us_by_whatever_name(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Host": "10.1.2.3:8080"}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST"])
def test_what_a_vlog_cannot_do_is_said_in_problem_details(client: FlaskClient, vlog_id: str, method: str) -> None:
    answer = client.open(f"/api/vlogs/{vlog_id}", method=method)
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]
