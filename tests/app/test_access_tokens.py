"""Programs sign in by an ID token, ask with an access token, and are out when it, or their session, is over."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.identity import TOKEN_FOR
from app.settings import Settings
from internal.ports import Services
from internal.sessions import hash_of
from tests.app.signing_in import OURS, bearing, browser_of, cookie, me, token_of
from tests.issuer import LocalIssuer, claims_of

Claims = dict[str, Any]


@pytest.fixture
def program(guarded: Flask) -> FlaskClient:
    return guarded.test_client(use_cookies=False)


@pytest.fixture
def token(guarded: Flask, issuer: LocalIssuer) -> str:
    """Ana's."""
    return token_of(guarded, issuer, "ana@example.org")


@pytest.fixture
def key(guarded_settings: Settings) -> bytes:
    """As `app.sealed` makes it for access tokens."""
    return hmac.digest(guarded_settings.session_key.encode(), b"daylog access", hashlib.sha256)


def claims_in(token: str) -> Claims:
    return dict(jwt.decode(token, options={"verify_signature": False}))


# ---------------------------------------------------------------- getting one


def test_an_id_token_buys_an_access_token_for_an_hour(program: FlaskClient, issuer: LocalIssuer) -> None:
    answer = program.post("/api/auth/token", json={"id_token": issuer.id_token()})
    assert answer.status_code == 200
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 3600)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    for prefix in ("/api", "/bff"):
        told = program.get(f"{prefix}/v1/users/me", headers=bearing(answer.json["access_token"]))
        assert (told.status_code, told.json["user"]["email"]) == (200, "ana@example.org")


def test_browser_and_program_are_the_same_user(guarded: Flask, issuer: LocalIssuer, token: str) -> None:
    browser = browser_of(guarded, issuer, "ana@example.org")
    assert me(browser).json == me(guarded.test_client(), headers=bearing(token)).json


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"id_token": ""}, 400),
        ({"id_token": 7}, 400),
        ({"id_token": ["a"]}, 400),
        ({"id_token": "a.b.c"}, 401),
        ({"id_token": "x" * 9000}, 400),
        ({"id_token": "a.b.c", "role": "admin"}, 400),
    ],
)
def test_what_is_no_id_token_buys_nothing(program: FlaskClient, body: object, status: int) -> None:
    answer = program.post("/api/auth/token", json=body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_an_id_token_for_another_service_buys_nothing(program: FlaskClient, issuer: LocalIssuer) -> None:
    answer = program.post("/api/auth/token", json={"id_token": issuer.id_token(aud="other.apps.test")})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_who_is_not_on_the_list_gets_none(program: FlaskClient, issuer: LocalIssuer) -> None:
    answer = program.post("/api/auth/token", json={"id_token": issuer.id_token(**claims_of("ana@example.com"))})
    assert (answer.status_code, answer.json["code"]) == (403, "not_invited")


def test_where_nobody_signs_in_there_is_none_to_get(client: FlaskClient, issuer: LocalIssuer) -> None:
    assert client.post("/api/auth/token", json={"id_token": issuer.id_token()}).status_code == 409
    assert client.post("/api/auth/logout").status_code == 204


# ---------------------------------------------------------------- the end of it


def test_logging_out_ends_this_token_and_no_other(
    guarded: Flask, program: FlaskClient, issuer: LocalIssuer, token: str
) -> None:
    other = token_of(guarded, issuer, "ana@example.org")
    assert program.post("/api/auth/logout", headers=bearing(token)).status_code == 204
    assert [me(program, headers=bearing(one)).status_code for one in (token, other)] == [401, 200]
    assert program.post("/api/auth/logout", headers=bearing(token)).status_code == 401


def test_a_page_can_log_out_by_the_api(guarded: Flask, issuer: LocalIssuer) -> None:
    browser = browser_of(guarded, issuer, "ana@example.org")
    assert browser.post("/api/auth/logout", headers=OURS).status_code == 204
    assert cookie(browser) == ""
    assert me(browser).status_code == 401


def test_a_disabled_user_s_token_is_worth_nothing_at_once(
    guarded: Flask, program: FlaskClient, issuer: LocalIssuer, services: Services
) -> None:
    email = f"{uuid.uuid4()}@example.org"
    token = token_of(guarded, issuer, email)
    services.store.disable(me(program, headers=bearing(token)).json["user"]["id"])
    assert me(program, headers=bearing(token)).status_code == 401
    answer = program.post("/api/auth/token", json={"id_token": issuer.id_token(**claims_of(email))})
    assert (answer.status_code, answer.json["code"]) == (403, "account_closed")


def test_a_token_does_not_outlive_its_session_and_is_never_renewed(
    program: FlaskClient, services: Services, token: str
) -> None:
    session = services.store.session(claims_in(token)["sid"])
    assert session
    assert session.expires_at <= services.clock() + TOKEN_FOR
    assert "Set-Cookie" not in me(program, headers=bearing(token)).headers
    services.store.end_session(session.sha256)
    assert me(program, headers=bearing(token)).status_code == 401


def test_a_token_tells_no_secret_that_would_do_for_a_cookie(guarded: Flask, token: str) -> None:
    browser = guarded.test_client()
    for claim in claims_in(token).values():
        browser.set_cookie("daylog", str(claim))
        assert me(browser).status_code == 401


# ---------------------------------------------------------------- attacks on the token


def forgeries() -> dict[str, Callable[[Claims], Claims]]:
    now = int(time.time())
    return {
        "no expiry": lambda claims: without(claims, "exp"),
        "expired": lambda claims: {**claims, "exp": now - 1},
        "expiry NaN": lambda claims: {**claims, "exp": float("nan")},
        "expiry text": lambda claims: {**claims, "exp": "soon"},
        "expiry null": lambda claims: {**claims, "exp": None},
        "no time of issue": lambda claims: without(claims, "iat"),
        "issued in the future": lambda claims: {**claims, "iat": now + 600},
        "no issuer": lambda claims: without(claims, "iss"),
        "another issuer": lambda claims: {**claims, "iss": "https://evil.test"},
        "no audience": lambda claims: without(claims, "aud"),
        "another purpose": lambda claims: {**claims, "aud": "trip"},
        "audience array": lambda claims: {**claims, "aud": ["access", "trip"]},
        "no user": lambda claims: without(claims, "sub"),
        "no session": lambda claims: without(claims, "sid"),
        "another session": lambda claims: {**claims, "sid": "0" * 64},
        "session of another type": lambda claims: {**claims, "sid": ["a"]},
    }


def without(claims: Claims, name: str) -> Claims:
    return {key: value for key, value in claims.items() if key != name}


@pytest.mark.parametrize("name", forgeries())
def test_a_token_that_lacks_or_bends_a_claim_is_refused_though_we_signed_it(
    program: FlaskClient, token: str, key: bytes, name: str
) -> None:
    claims = claims_in(token)
    assert me(program, headers=bearing(jwt.encode(claims, key, "HS256"))).status_code == 200
    forged = jwt.encode(forgeries()[name](claims), key, "HS256")
    answer = me(program, headers=bearing(forged))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_user_named_in_the_token_is_only_who_its_session_says(
    guarded: Flask, program: FlaskClient, issuer: LocalIssuer, token: str, key: bytes
) -> None:
    other = token_of(guarded, issuer, "ben@example.org")
    mixed = jwt.encode({**claims_in(token), "sub": claims_in(other)["sub"], "role": "admin"}, key, "HS256")
    assert me(program, headers=bearing(mixed)).status_code == 401


def unsafe(token: str) -> Iterator[str]:
    """The token, as somebody makes it who has no key."""
    _, claims, signature = token.split(".")
    for header in (
        {"alg": "none"},
        {"alg": "None"},
        {"alg": "RS256"},
        {"alg": "HS512"},
        {"alg": "HS256", "kid": "../../dev/null"},
        {"alg": "HS256", "jwk": {"kty": "oct", "k": ""}},
        {"alg": ["HS256"]},
        {},
    ):
        yield f"{segment(json.dumps(header))}.{claims}.{signature}"
        yield f"{segment(json.dumps(header))}.{claims}."
    for key in (b"", b"secret", b"daylog access"):
        signed = f"{segment(json.dumps({'alg': 'HS256', 'typ': 'JWT'}))}.{claims}"
        yield f"{signed}.{segment(hmac.digest(key, signed.encode(), hashlib.sha256))}"
    for broken in ("[" * 5000, "{", "7", "null", '{"alg": "HS256", "x": ' + "9" * 5000 + "}"):
        yield f"{segment(broken)}.{claims}.{signature}"
    yield from ("", ".", "..", "a.b.c", token[:-2], f"{token}x", f"{token}.x", token.replace(".", ""), "é", "\x7f")


def segment(content: str | bytes) -> str:
    raw = content if isinstance(content, bytes) else content.encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_what_we_did_not_sign_is_refused(program: FlaskClient, token: str) -> None:
    for forged in unsafe(token):
        assert me(program, headers=bearing(forged)).status_code == 401, forged[:80]
    assert me(program, headers=bearing(token)).status_code == 200


def test_neither_an_id_token_nor_a_sealed_trip_nor_a_session_is_an_access_token(
    guarded: Flask, program: FlaskClient, issuer: LocalIssuer
) -> None:
    browser = browser_of(guarded, issuer, "ana@example.org")
    guarded_trip = guarded.test_client()
    guarded_trip.get("/sign-in/google")
    for other in (issuer.id_token(), cookie(guarded_trip, "daylog-trip"), cookie(browser), hash_of(cookie(browser))):
        assert me(program, headers=bearing(other)).status_code == 401


@pytest.mark.parametrize("form", ["{}", "Basic {}", "bearer{}", "Bearer", "Token {}", "Bearer {} x", "Bearer {},x", ""])
def test_a_good_token_in_the_wrong_form_is_refused(program: FlaskClient, token: str, form: str) -> None:
    assert me(program, headers={"Authorization": form.format(token)}).status_code == 401


def test_two_authorization_headers_are_refused_though_both_are_good(program: FlaskClient, token: str) -> None:
    answer = me(program, headers=[("Authorization", f"Bearer {token}")] * 2)
    assert answer.status_code == 401


def test_a_bad_token_is_not_made_up_for_by_a_good_cookie(guarded: Flask, issuer: LocalIssuer) -> None:
    browser = browser_of(guarded, issuer, "ana@example.org")
    assert me(browser, headers=bearing("a.b.c")).status_code == 401
    assert me(browser).status_code == 200


def test_a_token_in_the_address_is_none(program: FlaskClient, token: str) -> None:
    assert program.get(f"/api/v1/users/me?access_token={token}").status_code == 401


def test_the_queue_s_endpoints_take_no_user_s_token(program: FlaskClient, token: str) -> None:
    body = {"job_id": "a", "run_no": 1, "dispatch_no": 1}
    assert program.post("/internal/tasks/create-vlog", json=body, headers=bearing(token)).status_code == 401
