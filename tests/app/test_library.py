"""A user's vlogs are found by words and state, and one that was deleted can be brought back for a while."""

from dataclasses import replace
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from internal import vlogs
from internal.jobs import Status
from internal.ports import Services
from internal.reaper import reap
from tests.app.asking import ABSENT, OWNER, STRANGER, Media, asked, completed, failed, leased, uploaded
from tests.contracts.rows import LONG_AGO

TITLES = ["100% 海", "A_B at ÉTÉ", "O'Brien; DROP TABLE job; --", "Ｋｙｏｔｏ 2026", r"back\slash", "<b>"]


@pytest.fixture
def media_id(services: Services, media: Media) -> str:
    return uploaded(services, media)


def found(client: FlaskClient, query: str) -> list[str]:
    """Titles of all that are listed."""
    page = client.get(f"/api/vlogs?limit=100&{query}").json
    assert page["total"] == len(page["items"])
    return [item["title"] for item in page["items"]]


# ---------------------------------------------------------------- finding


@pytest.mark.usefixtures("only_these")
def test_words_are_looked_for_as_text_in_title_and_destination_whatever_their_case(client: FlaskClient) -> None:
    for words, titles in {
        "100%": ["100% 海"],
        "%": ["100% 海"],
        "_": ["A_B at ÉTÉ"],
        "été": ["A_B at ÉTÉ"],
        "e\u0301te\u0301 a_b": ["A_B at ÉTÉ"],
        "brien; drop table": ["O'Brien; DROP TABLE job; --"],
        "'": ["O'Brien; DROP TABLE job; --"],
        "kyoto": ["Ｋｙｏｔｏ 2026"],
        "\\": [r"back\slash"],
        "<B>": ["<b>"],
        "海": ["100% 海"],
        "enoshima": TITLES[::-1],
        "ENOSHIMA ２０２６": ["Ｋｙｏｔｏ 2026"],
        "  ": TITLES[::-1],
        "": TITLES[::-1],
        "nowhere": [],
        "kyoto nowhere": [],
    }.items():
        assert found(client, f"q={quote(words)}") == titles, words


@pytest.fixture
def only_these(client: FlaskClient, services: Services, media_id: str) -> None:
    """The database is shared."""
    while items := client.get("/api/vlogs?limit=100").json["items"]:
        for item in items:
            vlogs.delete(services, OWNER, item["id"])
    for title in TITLES:
        asked(services, [media_id], title=title, destination="Enoshima")


@pytest.mark.usefixtures("only_these")
def test_vlogs_are_found_by_state(client: FlaskClient, services: Services, media_id: str) -> None:
    for title, bring in {"x made": completed, "x failed": failed, "x leased": leased}.items():
        bring(services, asked(services, [media_id], title=title))
    completed(services, asked(services, [media_id], title="x partial"), partial=True)
    vlogs.cancel(services, OWNER, asked(services, [media_id], title="x cancelled"))
    asked(services, [media_id], owner_id=OWNER, title="x pending")
    states = {state: found(client, f"q=x&state={state}") for state in ("making", "made", "failed")}
    assert states == {
        "making": ["x pending", "x leased"],
        "made": ["x partial", "x made"],
        "failed": ["x cancelled", "x failed"],
    }
    page = client.get("/api/vlogs?state=making&q=enoshima&limit=2&offset=1").json
    assert [item["title"] for item in page["items"]] == TITLES[3:5][::-1]
    assert page["total"] == len(TITLES)


@pytest.mark.parametrize(
    "query", ["state=", "state=done", "state=made&state=made", f"q={'x' * 121}", "q=%00", "q=a%0Ab", "q=a&q=b", "Q=x"]
)
def test_a_strange_search_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/vlogs?{query}")
    assert (answer.status_code, answer.json["field"]) == (400, query.partition("=")[0])


def test_nobody_finds_anothers_vlog(client: FlaskClient, services: Services, media: Media) -> None:
    asked(services, [uploaded(services, media, owner_id=STRANGER)], STRANGER, title="Strangely named")
    assert found(client, "q=strangely") == []


# ---------------------------------------------------------------- undoing a deletion


def test_a_deleted_vlog_comes_back_as_it_was(client: FlaskClient, services: Services, media_id: str) -> None:
    vlog_id = asked(services, [media_id])
    completed(services, vlog_id)
    before = client.get(f"/api/vlogs/{vlog_id}")
    client.delete(f"/api/vlogs/{vlog_id}")
    reap(services)
    answer = client.post(f"/api/vlogs/{vlog_id}/restore")
    assert answer.status_code == 200
    assert answer.headers["ETag"] != before.headers["ETag"]
    assert {**answer.json, "updated_at": ""} == {**before.json, "updated_at": ""}
    assert client.get(f"/api/vlogs/{vlog_id}").json == answer.json


def test_bringing_back_what_is_there_changes_nothing(client: FlaskClient, services: Services, media_id: str) -> None:
    vlog_id = asked(services, [media_id])
    before = services.store.job(vlog_id)
    assert client.post(f"/api/vlogs/{vlog_id}/restore").status_code == 202
    assert services.store.job(vlog_id) == before


def test_what_was_being_made_comes_back_cancelled_and_can_be_tried_again(
    client: FlaskClient, services: Services, media_id: str
) -> None:
    waiting, at_work = asked(services, [media_id]), asked(services, [media_id])
    leased(services, at_work)
    for vlog_id, status in ((waiting, 200), (at_work, 202)):
        client.delete(f"/api/vlogs/{vlog_id}")
        assert client.post(f"/api/vlogs/{vlog_id}/restore").status_code == status
    with services.store.write(at_work) as tx:
        tx.save(tx.job.release(tx.now), "released")
    for vlog_id in (waiting, at_work):
        assert client.get(f"/api/vlogs/{vlog_id}").json["error_code"] == "cancelled"
        assert client.post(f"/api/vlogs/{vlog_id}/retry").status_code == 202


def test_it_can_be_too_late_to_bring_a_vlog_back(client: FlaskClient, services: Services, media_id: str) -> None:
    vlog_id = asked(services, [media_id])
    client.delete(f"/api/vlogs/{vlog_id}")
    with services.store.write(vlog_id) as tx:
        tx.save(replace(tx.job, deleted_at=tx.now - services.times.undo_for), "long ago")
    late = client.post(f"/api/vlogs/{vlog_id}/restore")
    assert (late.status_code, late.json["detail"]) == (409, "It was deleted too long ago to be brought back.")
    with services.store.write(vlog_id) as tx:
        tx.save(replace(tx.job, deleted_at=LONG_AGO), "long ago")
    reap(services)
    assert client.post(f"/api/vlogs/{vlog_id}/restore").status_code == 404


def test_nobody_brings_back_anothers_vlog(app: Flask, services: Services, media: Media) -> None:
    theirs = asked(services, [uploaded(services, media, owner_id=STRANGER)], STRANGER)
    vlogs.delete(services, STRANGER, theirs)
    answers = [app.test_client().post(f"/api/vlogs/{one}/restore") for one in (theirs, ABSENT, "x", "%00")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.data for answer in answers[:3]}) == 1
    job = services.store.job(theirs)
    assert (job.deleted_at is not None, job.status) == (True, Status.CANCELLED)
