"""Browsers sign in by a trip to the issuer and back, stay signed in by a cookie, and are signed out at once."""

import base64
import hashlib
import hmac
import json
import re
import time
import uuid
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.bootstrap import sign_in
from app.identity import RENEWED_AFTER, SIGNED_IN_FOR
from app.settings import Settings
from internal.accounts import Role
from internal.ports import Services
from internal.sessions import hash_of
from tests.app.signing_in import OURS, SESSION, TRIP, attributes, begun, browser_of, come_back, cookie, me
from tests.issuer import LocalIssuer, claims_of


@pytest.fixture
def browser(guarded: Flask) -> FlaskClient:
    """One in which nobody is signed in."""
    return guarded.test_client()


@pytest.fixture
def email() -> str:
    """Of somebody who was never here."""
    return f"{uuid.uuid4()}@example.org"


# ---------------------------------------------------------------- there and back


def test_who_comes_back_is_signed_in_and_where_they_wanted_to_be(browser: FlaskClient, issuer: LocalIssuer) -> None:
    asked = browser.get("/vlogs?state=made")
    assert asked.status_code == 303
    page = browser.get(asked.headers["Location"])
    assert page.status_code == 200
    assert "/sign-in/google?next=%2Fvlogs%3Fstate%3Dmade" in page.text
    answer = come_back(browser, "/vlogs?state=made")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vlogs?state=made")
    assert browser.get("/vlogs").status_code == 200
    told = me(browser).json["user"]
    assert (told["email"], told["name"], told["role"]) == ("ana@example.org", "Ana", "user")


@pytest.mark.parametrize("wish", ["/", "/vlogs", "/vlogs/5d0c7a52-6f4e-4d7e-9a55-0f5f1f5d4a11"])
def test_pages_lead_to_the_sign_in(browser: FlaskClient, wish: str) -> None:
    answer = browser.get(wish)
    assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (303, "/sign-in")
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"next": [wish]}


def test_who_is_signed_in_needs_no_sign_in_page(guarded: Flask, issuer: LocalIssuer) -> None:
    answer = browser_of(guarded, issuer, "ana@example.org").get("/sign-in?next=/vlogs")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vlogs")


@pytest.mark.parametrize("language", ["en", "ja", "zh-Hant"])
def test_the_sign_in_page_speaks_their_language_and_loads_nothing_from_elsewhere(
    browser: FlaskClient, language: str
) -> None:
    page = browser.get("/sign-in", headers={"Accept-Language": language})
    assert f'<html lang="{language}">' in page.text
    assert "<script src" not in page.text
    assert "https://" not in page.text.replace("https://accounts", "")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_one_name_of_the_laptop_leads_to_the_one_that_the_way_back_has(browser: FlaskClient) -> None:
    answer = browser.get("/sign-in/google?next=/vlogs", headers={"Host": "127.0.0.1"})
    assert answer.headers["Location"] == "http://localhost/sign-in/google?next=%2Fvlogs"


def test_where_nobody_signs_in_there_is_nothing_to_do(client: FlaskClient) -> None:
    assert client.get("/sign-in?next=/vlogs").headers["Location"] == "/vlogs"
    assert [client.get(f"/sign-in/{way}").status_code for way in ("google", "callback")] == [409, 409]
    assert me(client).json["user"]["role"] == "admin"
    assert client.post("/sign-out").headers["Location"] == "/sign-in"


# ---------------------------------------------------------------- cookies


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


# ---------------------------------------------------------------- the end of it


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


# ---------------------------------------------------------------- who may come in

STRANGERS = [
    "ana@example.com",
    "ana@sub.example.org",
    "ana@example.org.evil.test",
    "ana@notexample.org",
    "ana@evil.test@example.org",
    "guest@example.org.",
    "xguest@example.com",
    "guest+x@example.com",
    "gueſt@example.com",  # a long s, which upper-cases to S
    "ana@eKample.org",  # a Kelvin sign
]


@pytest.mark.parametrize("email", STRANGERS)
def test_who_is_not_on_the_list_stays_out(
    browser: FlaskClient, issuer: LocalIssuer, services: Services, email: str
) -> None:
    issuer.person = claims_of(email)
    answer = come_back(browser)
    assert answer.status_code == 403
    assert "not on the list" in answer.text
    assert cookie(browser) == ""
    assert email not in {user.email for user in services.store.users()}


def test_why_somebody_stays_out_can_be_read_in_another_language(browser: FlaskClient, issuer: LocalIssuer) -> None:
    """Without another try to redeem a code that is used up."""
    issuer.person = claims_of("stranger@example.com")
    page = come_back(browser).text
    assert "<noscript>" not in page
    offered = next(address for address in re.findall(r'href="([^"]*)"', page) if address.endswith("lang=ja"))
    answer = browser.get(unescape(offered), follow_redirects=True)
    assert "利用者リストにありません" in answer.text
    assert 'role="alert"' not in browser.get("/sign-in?problem=invented").text


@pytest.mark.parametrize("email", ["Guest@Example.COM", "Ana@EXAMPLE.org"])
def test_addresses_differ_not_by_their_capitals(browser: FlaskClient, issuer: LocalIssuer, email: str) -> None:
    issuer.person = claims_of(email)
    assert come_back(browser).status_code == 303


def test_a_role_comes_from_an_operator_and_never_from_the_token(
    browser: FlaskClient, issuer: LocalIssuer, services: Services, email: str
) -> None:
    issuer.person = claims_of(email, role="admin", roles=["admin"], admin=True)
    come_back(browser)
    told = me(browser).json["user"]
    assert told["role"] == "user"
    services.store.set_role(told["id"], Role.ADMIN)
    assert me(browser).json["user"]["role"] == "admin"


def test_a_name_is_shown_as_text(browser: FlaskClient, issuer: LocalIssuer) -> None:
    issuer.person = claims_of("ana@example.org", name="<script>alert(1)</script>")
    come_back(browser)
    page = browser.get("/").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


# ---------------------------------------------------------------- attacks on the trip


def refused(browser: FlaskClient, address: str) -> None:
    """In words, and nobody is signed in."""
    answer = browser.get(address)
    assert (answer.status_code, answer.mimetype) == (401, "text/html")
    assert "The sign-in was not finished." in answer.text
    assert cookie(browser) == ""


@pytest.mark.parametrize("query", ["", "?state=", "?code=x", "?state=x&code=y", "?error=access_denied", "?state=%00"])
def test_a_way_back_that_nobody_went_is_refused(browser: FlaskClient, query: str) -> None:
    refused(browser, f"/sign-in/callback{query}")


@pytest.mark.parametrize("change", ["state=other", "code="])
def test_a_way_back_with_something_changed_is_refused(browser: FlaskClient, issuer: LocalIssuer, change: str) -> None:
    name = change.partition("=")[0]
    path, _, query = begun(browser).partition("?")
    kept = [part for part in query.split("&") if not part.startswith(f"{name}=")]
    refused(browser, f"{path}?{'&'.join([*kept, change])}")


def test_who_declines_is_told_that_it_was_not_finished(browser: FlaskClient, issuer: LocalIssuer) -> None:
    state = parse_qs(urlsplit(begun(browser)).query)["state"][0]
    refused(browser, f"/sign-in/callback?state={state}&error=access_denied")


def test_the_way_back_of_another_browser_is_refused(guarded: Flask, browser: FlaskClient, issuer: LocalIssuer) -> None:
    """Else somebody could be signed in to another's account, and show them all they do."""
    theirs = begun(guarded.test_client())
    refused(browser, theirs)
    begun(browser)
    refused(browser, theirs)


def test_a_way_back_is_gone_once(browser: FlaskClient, issuer: LocalIssuer) -> None:
    address = begun(browser)
    went = cookie(browser, TRIP)
    assert browser.get(address).status_code == 303
    assert cookie(browser, TRIP) == ""
    for client, again in ((browser.application.test_client(), ""), (browser.application.test_client(), went)):
        if again:
            client.set_cookie(TRIP, again)
        refused(client, address)


def test_a_token_of_another_trip_signs_in_nobody(browser: FlaskClient, issuer: LocalIssuer) -> None:
    issuer.person = claims_of("ana@example.org", nonce="of another trip")
    refused(browser, begun(browser))


@pytest.mark.parametrize("verified", [False, "true", None])
def test_an_address_that_nobody_has_verified_signs_in_nobody(
    browser: FlaskClient, issuer: LocalIssuer, verified: object
) -> None:
    issuer.person = claims_of("ana@example.org", email_verified=verified)
    refused(browser, begun(browser))


def test_a_trip_that_took_too_long_or_was_sealed_by_others_is_refused(
    browser: FlaskClient, issuer: LocalIssuer, guarded_settings: Settings
) -> None:
    address = begun(browser)
    claims = jwt.decode(cookie(browser, TRIP), options={"verify_signature": False})
    key = real_key(guarded_settings)
    late = {**claims, "iat": int(time.time()) - 700, "exp": int(time.time()) - 1}
    forged = [jwt.encode(late, key, "HS256"), jwt.encode(claims, "k" * 32, "HS256"), unsigned(claims)]
    for sealed in forged:
        browser.set_cookie(TRIP, sealed)
        refused(browser, address)
    browser.set_cookie(TRIP, jwt.encode(claims, key, "HS256"))
    assert browser.get(address).status_code == 303


def real_key(settings: Settings) -> bytes:
    """As `app.sealed` makes it for trips."""
    return hmac.digest(settings.session_key.encode(), b"daylog trip", hashlib.sha256)


def unsigned(claims: dict[str, object]) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join([base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]) + "."


def test_an_issuer_out_of_order_is_told_in_words(browser: FlaskClient, issuer: LocalIssuer) -> None:
    issuer.answer = (500, b"")
    answer = browser.get(begun(browser))
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert "does not work at the moment" in answer.text
    assert "Retry-After" in answer.headers
    assert cookie(browser) == ""


# ---------------------------------------------------------------- where they go next

ELSEWHERE = [
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "https://evil.test",
    "https:evil.test",
    "javascript:alert(1)",
    " //evil.test",
    "evil.test",
    "@evil.test",
    "/%0d%0aSet-Cookie: a=b\r\nX: y",
    "/" + "x" * 3000,
    "\x00/",
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_a_link_to_the_sign_in_leads_to_no_other_site(
    guarded: Flask, browser: FlaskClient, issuer: LocalIssuer, wanted: str
) -> None:
    answer = come_back(browser, wanted)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert browser.get("/sign-in", query_string={"next": wanted}).headers["Location"] == "/"


@pytest.mark.parametrize("wanted", ["/vlogs", "/vlogs?q=a%20b&state=made", "/?lang=ja"])
def test_it_leads_to_our_own_pages(browser: FlaskClient, issuer: LocalIssuer, wanted: str) -> None:
    assert come_back(browser, wanted).headers["Location"] == wanted
