"""Other sites' pages can do nothing with a cookie that the browser sends along, and programs need not care."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.bootstrap import sign_in
from app.settings import Settings
from internal.ports import Services
from tests.app.asking import ABSENT
from tests.app.signing_in import bearing, browser_of, cookie, me, token_of
from tests.issuer import LocalIssuer

FROM_ELSEWHERE: Mapping[str, dict[str, str]] = {
    "nothing said": {},
    "typed in, perhaps": {"Sec-Fetch-Site": "none"},
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a neighbouring domain": {"Sec-Fetch-Site": "same-site"},
    "another site, and our origin": {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    "same origin, and another's": {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.test"},
    "another origin": {"Origin": "https://evil.test"},
    "a sandboxed frame": {"Origin": "null"},
    "no origin": {"Origin": ""},
    "our name and more": {"Origin": "http://localhost.evil.test"},
    "our name before an at": {"Origin": "http://localhost@evil.test"},
    "another port": {"Origin": "http://localhost:8080"},
    "another scheme": {"Origin": "https://localhost"},
    "another case of it": {"Sec-Fetch-Site": "Same-Origin"},
}
FROM_US: Mapping[str, dict[str, str]] = {
    "new browsers": {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    "old browsers": {"Origin": "http://localhost"},
    "without an origin": {"Sec-Fetch-Site": "same-origin"},
}
WRITES = [
    ("POST", "/sign-out"),
    ("POST", "/api/auth/logout"),
    ("POST", "/api/agent/create-vlog"),
    ("POST", "/api/uploads"),
    ("DELETE", f"/api/vlogs/{ABSENT}"),
    ("DELETE", f"/api/media/{ABSENT}"),
]


@pytest.fixture
def browser(guarded: Flask, issuer: LocalIssuer) -> FlaskClient:
    return browser_of(guarded, issuer, "ana@example.org")


@pytest.mark.parametrize("said", FROM_ELSEWHERE)
def test_a_cookie_signs_no_request_of_another_page(browser: FlaskClient, said: str) -> None:
    for method, path in WRITES:
        answer = browser.open(path, method=method, headers=FROM_ELSEWHERE[said])
        assert answer.status_code == 403, (method, path)
        assert not any(name.startswith("Access-Control-") for name, _ in answer.headers)
    assert cookie(browser)
    assert me(browser).status_code == 200


@pytest.mark.parametrize("said", FROM_US)
def test_our_own_pages_are_heard(browser: FlaskClient, said: str) -> None:
    assert browser.delete(f"/api/vlogs/{ABSENT}", headers=FROM_US[said]).status_code == 404
    assert browser.post("/sign-out", headers=FROM_US[said]).status_code == 303
    assert me(browser).status_code == 401


def test_a_program_with_a_token_need_say_nothing(guarded: Flask, issuer: LocalIssuer) -> None:
    headers = bearing(token_of(guarded, issuer, "ana@example.org"))
    assert guarded.test_client().delete(f"/api/vlogs/{ABSENT}", headers=headers).status_code == 404
    elsewhere = {**headers, "Origin": "https://evil.test"}
    assert guarded.test_client().delete(f"/api/vlogs/{ABSENT}", headers=elsewhere).status_code == 403


def test_a_worthless_authorization_header_does_not_get_a_cookie_past(browser: FlaskClient) -> None:
    for worthless in ("", "Basic YTpi", "Bearer x"):
        answer = browser.post("/api/auth/logout", headers={"Authorization": worthless})
        assert answer.status_code == 401
    assert me(browser).status_code == 200


def test_where_nobody_signs_in_programs_pass_and_other_sites_do_not(client: FlaskClient) -> None:
    assert client.delete(f"/api/vlogs/{ABSENT}").status_code == 404
    assert client.delete(f"/api/vlogs/{ABSENT}", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://daylog.example", 404),
        ("https://also.daylog.example", 404),
        ("http://daylog.example", 403),
        ("https://evil.test", 403),
        ("https://daylog.example:444", 403),
    ],
)
def test_behind_a_proxy_that_ends_tls_our_origin_is_the_public_one(
    guarded_settings: Settings, services: Services, issuer: LocalIssuer, origin: str, status: int
) -> None:
    """The proxy speaks plain HTTP to us, and may ask by another of our names."""
    names = ("daylog.example", "also.daylog.example")
    public = {"public_url": f"https://{names[0]}", "hosts": names}
    settings = Settings(**(guarded_settings.model_dump() | public))
    app = create_app(settings, replace(services, sign_in=sign_in(settings)))
    host = {"Host": names[1] if "also" in origin else names[0]}
    given = app.test_client().post("/api/auth/token", json={"id_token": issuer.id_token()}, headers=host)
    headers = {**host, "Origin": origin, **bearing(given.json["access_token"])}
    answer = app.test_client().delete(f"/api/vlogs/{ABSENT}", headers=headers)
    assert answer.status_code == status


def test_nothing_private_is_kept_by_caches_or_shown_in_frames(browser: FlaskClient) -> None:
    for path in ("/", "/vlogs", "/api/vlogs", "/api/media", "/api/v1/users/me", "/sign-in?next=/"):
        answer = browser.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert answer.headers["X-Frame-Options"] == "DENY"
