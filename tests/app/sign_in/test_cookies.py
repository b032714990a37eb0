"""Browsers stay signed in by a cookie, and are signed out at once."""

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.bootstrap import sign_in
from app.identity import RENEWED_AFTER, SIGNED_IN_FOR
from app.settings import Settings
from internal.ports import Services
from internal.sessions import hash_of
from tests.app.signing_in import OURS, SESSION, TRIP, attributes, browser_of, come_back, cookie, me
from tests.issuer import LocalIssuer, claims_of


def test_the_session_is_a_secret_of_256_bits_that_only_the_browser_has(
    guarded: Flask, issuer: LocalIssuer, services: Services
) -> None:
    secrets = {cookie(browser_of(guarded, issuer, "ana@example.org")) for _ in range(3)}
    assert len(secrets) == 3
    for secret in secrets:
        assert len(base64.urlsafe_b64decode(secret + "=")) == 32
        assert services.store.session(hashlib.sha256(secret.encode()).hexdigest())
        assert services.store.session(secret) is None


def test_no_script_reads_the_cookies_and_no_other_site_sends_them(browser: FlaskClient, issuer: LocalIssuer) -> None:
    gone = browser.get("/sign-in/google")
    back = come_back(browser)
    for answer, name, longest in ((gone, TRIP, timedelta(minutes=10)), (back, SESSION, SIGNED_IN_FOR)):
        has = attributes(answer, name)
        assert {"httponly", "path", "samesite", "max-age"} <= set(has)
        assert (has["samesite"], has["path"]) == ("Lax", "/")
        assert "domain" not in has
        assert int(has["max-age"]) == longest.total_seconds()
        assert answer.headers["Cache-Control"] == "no-store"


def test_on_https_cookies_are_secure_and_for_this_host_alone(guarded_settings: Settings, services: Services) -> None:
    known = guarded_settings.model_dump() | {"public_url": "https://daylog.example", "hosts": ("daylog.example",)}
    app = create_app(Settings(**known), services_with(services, guarded_settings))
    answer = app.test_client().get("/sign-in/google", headers={"Host": "daylog.example"})
    has = attributes(answer, f"__Host-{TRIP}")
    assert "secure" in has
    assert has["path"] == "/"
    assert "domain" not in has
    assert "secure" in attributes(app.test_client().get("/?lang=ja", headers={"Host": "daylog.example"}), "lang")


def services_with(services: Services, settings: Settings) -> Services:
    return replace(services, sign_in=sign_in(settings))


def test_a_session_is_renewed_once_a_day(guarded: Flask, issuer: LocalIssuer, services: Services) -> None:
    browser = browser_of(guarded, issuer, "ana@example.org")
    assert "Set-Cookie" not in me(browser).headers
    sha256 = hash_of(cookie(browser))
    services.store.renew_session(sha256, SIGNED_IN_FOR - RENEWED_AFTER - timedelta(minutes=1))
    answer = me(browser)
    assert int(attributes(answer, SESSION)["max-age"]) == SIGNED_IN_FOR.total_seconds()
    renewed = services.store.session(sha256)
    assert renewed
    assert renewed.expires_at > services.clock() + SIGNED_IN_FOR - RENEWED_AFTER
    assert "Set-Cookie" not in me(browser).headers


@pytest.fixture
def due(guarded: Flask, issuer: LocalIssuer, services: Services) -> FlaskClient:
    """A browser whose session is about to be renewed."""
    browser = browser_of(guarded, issuer, "ana@example.org")
    services.store.renew_session(hash_of(cookie(browser)), SIGNED_IN_FOR - RENEWED_AFTER - timedelta(minutes=1))
    return browser


def test_who_signs_in_as_somebody_else_is_that_also_when_the_session_before_was_due(
    due: FlaskClient, issuer: LocalIssuer
) -> None:
    issuer.person = claims_of("ben@example.org")
    come_back(due)
    assert me(due).json["user"]["email"] == "ben@example.org"


@pytest.mark.parametrize("way", ["/sign-out", "/api/auth/logout"])
def test_a_session_that_ends_is_not_renewed_by_that(due: FlaskClient, way: str) -> None:
    due.post(way, headers=OURS)
    assert cookie(due) == ""


def test_signing_out_ends_the_session_at_once_also_for_who_has_copied_the_cookie(
    guarded: Flask, issuer: LocalIssuer
) -> None:
    browser, thief = browser_of(guarded, issuer, "ana@example.org"), guarded.test_client()
    thief.set_cookie(SESSION, cookie(browser))
    assert me(thief).status_code == 200
    answer = browser.post("/sign-out", headers=OURS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert cookie(browser) == ""
    assert [me(one).status_code for one in (browser, thief)] == [401, 401]
    assert browser.get("/").status_code == 303


def test_signing_out_here_leaves_other_browsers_signed_in(guarded: Flask, issuer: LocalIssuer) -> None:
    here, there = (browser_of(guarded, issuer, "ana@example.org") for _ in range(2))
    here.post("/sign-out", headers=OURS)
    assert [me(here).status_code, me(there).status_code] == [401, 200]


def test_who_signs_in_anew_leaves_no_old_session_behind(guarded: Flask, issuer: LocalIssuer, email: str) -> None:
    browser, thief = browser_of(guarded, issuer, "ana@example.org"), guarded.test_client()
    planted = cookie(browser)
    thief.set_cookie(SESSION, planted)
    issuer.person = claims_of(email)
    assert come_back(browser).status_code == 303
    assert cookie(browser) != planted
    assert me(browser).json["user"]["email"] == email
    assert me(thief).status_code == 401


def test_a_disabled_user_is_out_at_the_next_request_and_does_not_come_back(
    guarded: Flask, issuer: LocalIssuer, services: Services, email: str
) -> None:
    browser = browser_of(guarded, issuer, email)
    user_id = me(browser).json["user"]["id"]
    services.store.disable(user_id)
    assert me(browser).status_code == 401
    answer = come_back(browser)
    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert "This account has been closed." in answer.text
    assert me(browser).status_code == 401
    services.store.enable(user_id)
    assert me(browser).status_code == 401
    assert come_back(browser).status_code == 303
    assert me(browser).json["user"]["id"] == user_id


def test_who_is_taken_off_the_list_is_out(
    guarded: Flask, guarded_settings: Settings, services: Services, issuer: LocalIssuer
) -> None:
    browser = browser_of(guarded, issuer, "guest@example.com")
    shorter = Settings(**(guarded_settings.model_dump() | {"allowed": ("@example.org",)}))
    without = create_app(shorter, services_with(services, shorter)).test_client()
    without.set_cookie(SESSION, cookie(browser))
    assert (me(browser).status_code, me(without).status_code) == (200, 401)


@pytest.mark.parametrize("secret", ["x", "é", "x" * 4000, "../../etc/passwd", "' OR 1=1 --"])
def test_an_invented_session_is_none(browser: FlaskClient, secret: str) -> None:
    browser.set_cookie(SESSION, secret)
    assert me(browser).status_code == 401
