"""Pages as a browser is given them: its language, what it may keep, what it is told when something is wrong."""

import gzip
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.pages.words import LANGUAGES
from app.settings import Settings
from internal.ports import Services
from internal.vlog import Mood
from tests.app.asking import ABSENT

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
WRONG = {"en": "There is nothing here", "ja": "ページが見つかりません", "zh-Hant": "找不到這個頁面"}


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("ja,en;q=0.8", "ja"),
        ("zh-TW", "zh-Hant"),
        ("zh-CN", "zh-Hant"),
        ("zh-HK, en;q=0.1", "zh-Hant"),
        ("fr, de;q=0.9", "en"),
        ("ko", "en"),
        ("", "en"),
    ],
)
def test_a_page_speaks_the_language_that_its_reader_would_read(client: FlaskClient, wish: str, language: str) -> None:
    assert f'<html lang="{language}">' in client.get("/", headers={"Accept-Language": wish}).text


def test_a_chosen_language_stays_and_so_does_the_page(client: FlaskClient) -> None:
    moved = client.get("/vlogs?q=%E6%B5%B7&lang=ja&state=made")
    assert (moved.status_code, moved.location) == (303, "/vlogs?q=%E6%B5%B7&state=made")
    assert '<html lang="ja">' in client.get("/", headers={"Accept-Language": "zh-TW"}).text
    client.get("/?lang=klingon")
    assert '<html lang="ja">' in client.get("/").text


@pytest.mark.parametrize("path", ["//evil.test", "/\\evil.test", "//evil.test/..", "/\t/evil.test", "/\r\n/evil.test"])
def test_to_choose_a_language_leads_nowhere_else(client: FlaskClient, path: str) -> None:
    as_it_is = {"environ_overrides": {"PATH_INFO": path}}
    moved = client.get("/?lang=ja", **as_it_is)
    offered = re.findall(r'href="([^"]*\?lang=[^"]*)"', client.get("/", headers=BROWSER, **as_it_is).text)
    assert (moved.status_code, len(offered)) == (303, 3)
    for address in (moved.headers["Location"], *offered):
        assert re.match(r"/(?![/\\\s])", address), address


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browser_is_told_in_words_that_there_is_nothing(client: FlaskClient, language: str) -> None:
    answer = client.get("/nothing/here", headers={**BROWSER, "Accept-Language": language})
    assert (answer.status_code, answer.content_type) == (404, "text/html; charset=utf-8")
    assert WRONG[language] in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_refusal_keeps_its_status_and_its_headers(client: FlaskClient) -> None:
    answer = client.post("/vlogs", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (405, "text/html")
    assert "GET" in answer.headers["Allow"]


class Broken:
    def tracks(self, mood: Mood) -> tuple[str, ...]:
        raise RuntimeError(f"a secret about {mood}")

    def path(self, track: str) -> Path:
        raise RuntimeError(track)


def test_what_goes_wrong_on_our_side_is_a_page_that_gives_nothing_away(settings: Settings, services: Services) -> None:
    broken = create_app(settings, replace(services, music=Broken()))
    answer = broken.test_client().get("/", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "Something went wrong on our side" in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize("path", ["/nothing", f"/api/vlogs/{ABSENT}"])
def test_programs_are_given_problem_details(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Accept": "*/*"}).content_type == "application/problem+json"
    assert client.get(f"/api/vlogs/{ABSENT}", headers=BROWSER).content_type == "application/problem+json"


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """With its file closed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers=named, buffered=True)


def test_pages_are_kept_by_nobody_and_their_parts_are_asked_for_again(client: FlaskClient) -> None:
    assert client.get("/").headers["Cache-Control"] == "no-store"
    style = get(client, "/static/base.css")
    assert style.headers["Cache-Control"] == "no-cache"
    assert get(client, "/static/base.css", If_None_Match=style.headers["ETag"]).status_code == 304


@pytest.mark.parametrize("path", ["/", "/static/base.css", "/static/new.js"])
def test_text_goes_over_the_wire_gzipped_to_those_who_take_it(client: FlaskClient, path: str) -> None:
    plain, packed = get(client, path), get(client, path, Accept_Encoding="gzip, br")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]
    if etag := packed.headers.get("ETag"):
        again = get(client, path, Accept_Encoding="gzip", If_None_Match=etag)
        assert (again.status_code, again.data) == (304, b"")


def test_built_in_music_can_be_listened_to_from_anywhere_in_it(client: FlaskClient) -> None:
    whole = get(client, "/music/calm/1")
    assert (whole.status_code, whole.mimetype) == (200, "audio/ogg")
    assert "public" in whole.headers["Cache-Control"]
    part = get(client, "/music/calm/1", Range="bytes=1000-1999")
    assert (part.status_code, part.data) == (206, whole.data[1000:2000])
    assert get(client, "/music/calm/2").data != whole.data


@pytest.mark.parametrize("path", ["/music/calm/0", "/music/calm/99", "/music/calm/-1", "/music/none/1", "/music/../1"])
def test_there_is_no_other_music(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
