"""A trip to the issuer under attack signs in nobody."""

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.settings import Settings
from tests.app.signing_in import TRIP, begun, cookie
from tests.issuer import LocalIssuer, claims_of


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
