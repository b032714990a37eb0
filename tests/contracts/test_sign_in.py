"""The sign-in believes an ID token of its issuer, for us, in time, of a verified address; and no other."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from infra.callers.certs import CertCache
from infra.callers.people import OidcSignIn, Provider
from internal.accounts import Person
from internal.errors import NotAuthenticated, TemporaryFailure
from internal.ports import Trip
from tests.issuer import CLIENT_ID, CLIENT_SECRET, LocalIssuer, claims_of, local_issuer
from tests.tokens import ABSENT, Signer, encode, good_header, new_signer, sealed, segment, signed

TRIP = Trip("a state", "a nonce", "a verifier of forty-three characters or more")


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalIssuer]:
    with local_issuer(tmp_path_factory.mktemp("issuer")) as issuer:
        yield issuer


@pytest.fixture(scope="module")
def provider(issuer: LocalIssuer) -> Provider:
    return Provider(
        issuer=issuer.url,
        address=f"{issuer.url}/authorize",
        token_url=f"{issuer.url}/token",
        certs_url=f"{issuer.url}/certs",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        redirect_uri="http://localhost/sign-in/callback",
    )


@pytest.fixture(scope="module")
def shared_sign_in(provider: Provider) -> OidcSignIn:
    """Fetches the certificates once."""
    return OidcSignIn(provider)


@pytest.fixture
def sign_in(shared_sign_in: OidcSignIn, issuer: LocalIssuer) -> OidcSignIn:
    """And its issuer says nothing that another test made it say."""
    issuer.person, issuer.answer = claims_of("ana@example.org"), None
    return shared_sign_in


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return new_signer(tmp_path_factory.mktemp("theirs"))


def code_for(sign_in: OidcSignIn, trip: Trip = TRIP) -> str:
    """As a browser brings it back."""
    answer = requests.get(sign_in.address(trip), allow_redirects=False, timeout=30)
    back = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    assert back["state"] == trip.state
    return back["code"]


# ---------------------------------------------------------------- who is believed


def test_a_trip_there_and_back_tells_who_it_was(sign_in: OidcSignIn) -> None:
    found = sign_in.redeem(code_for(sign_in), TRIP)
    assert found == Person("subject of ana@example.org", "ana@example.org", "Ana")


def test_a_program_is_believed_by_its_token(sign_in: OidcSignIn, issuer: LocalIssuer) -> None:
    assert sign_in.identify(issuer.id_token()).email == "ana@example.org"


def test_a_name_is_optional_and_cut_and_never_breaks_a_line(sign_in: OidcSignIn, issuer: LocalIssuer) -> None:
    names = [
        sign_in.identify(issuer.id_token(name=name)).name for name in (ABSENT, "", 7, "a\r\nb: c", "x" * 200, "愛奈")
    ]
    assert names == ["ana", "ana", "ana", "ana", "x" * 100, "愛奈"]


def test_google_is_believed_by_both_of_its_names(issuer: LocalIssuer, provider: Provider) -> None:
    google = OidcSignIn(replace(provider, issuer="https://accounts.google.com"))
    for name in ("accounts.google.com", "https://accounts.google.com"):
        assert google.identify(issuer.id_token(iss=name)).email == "ana@example.org"
    with pytest.raises(NotAuthenticated):
        google.identify(issuer.id_token())


def test_the_verifier_and_the_secret_do_not_travel_with_the_browser(sign_in: OidcSignIn) -> None:
    told = dict(parse_qsl(urlsplit(sign_in.address(TRIP)).query))
    assert (told["state"], told["nonce"]) == (TRIP.state, TRIP.nonce)
    assert {TRIP.verifier, CLIENT_SECRET}.isdisjoint(told.values())


# ---------------------------------------------------------------- attacks on the token


def bad_claims() -> dict[str, dict[str, Any]]:
    now = int(time.time())
    return {
        "another audience": {"aud": "other.apps.test"},
        "audience and suffix": {"aud": f"{CLIENT_ID}.evil.test"},
        "audience array": {"aud": [CLIENT_ID]},
        "no audience": {"aud": ABSENT},
        "another issuer": {"iss": "https://accounts.google.com"},
        "no issuer": {"iss": ABSENT},
        "issuer array": {"iss": ["http://127.0.0.1"]},
        "expired": {"exp": now - 60},
        "no expiry": {"exp": ABSENT},
        "expiry NaN": {"exp": float("nan")},
        "expiry infinite": {"exp": float("inf")},
        "expiry text": {"exp": str(now + 60)},
        "expiry true": {"exp": True},
        "issued in the future": {"iat": now + 3600},
        "no time of issue": {"iat": ABSENT},
        "not yet valid": {"nbf": now + 3600},
        "address not verified": {"email_verified": False},
        "address verified as text": {"email_verified": "true"},
        "nothing said of the address": {"email_verified": ABSENT},
        "no address": {"email": ABSENT},
        "address array": {"email": ["ana@example.org"]},
        "address of two lines": {"email": "ana@example.org\nb@example.org"},
        "address with half a pair": {"email": "\ud800@example.org"},
        "huge address": {"email": "a" * 300 + "@example.org"},
        "no subject": {"sub": ABSENT},
        "empty subject": {"sub": ""},
        "subject number": {"sub": 7},
        "huge subject": {"sub": "x" * 256},
    }


@pytest.mark.parametrize("name", bad_claims())
def test_bad_claims_prove_nobody(sign_in: OidcSignIn, issuer: LocalIssuer, name: str) -> None:
    with pytest.raises(NotAuthenticated):
        sign_in.identify(issuer.id_token(**bad_claims()[name]))


BAD_HEADERS: dict[str, dict[str, Any]] = {
    "alg none": {"alg": "none"},
    "alg HS256": {"alg": "HS256"},
    "unknown key": {"kid": "unknown"},
    "no key": {"kid": ABSENT},
    "key array": {"kid": ["a"]},
    "brings its key": {"jwk": {"kty": "RSA"}},
    "says where its key is": {"jku": "https://evil.test/keys"},
}


@pytest.mark.parametrize("name", BAD_HEADERS)
def test_bad_headers_prove_nobody(sign_in: OidcSignIn, issuer: LocalIssuer, name: str) -> None:
    _, claims, _ = issuer.id_token().split(".")
    header = segment(good_header(issuer.signer, **BAD_HEADERS[name]))
    with pytest.raises(NotAuthenticated):
        sign_in.identify(sealed(issuer.signer, header, claims))


def test_what_the_issuer_did_not_sign_proves_nobody(sign_in: OidcSignIn, issuer: LocalIssuer, stranger: Signer) -> None:
    header, claims, signature = issuer.id_token().split(".")
    others = segment(claims_of("admin@example.org"))
    by_stranger = signed(stranger, good_header(issuer.signer), json.loads(decoded(claims)))
    for forged in (by_stranger, f"{header}.{others}.{signature}", f"{header}.{claims}.", f"{header}.{claims}.AAAA"):
        with pytest.raises(NotAuthenticated):
            sign_in.identify(forged)


def test_the_public_certificate_is_no_secret_to_sign_with(sign_in: OidcSignIn, issuer: LocalIssuer) -> None:
    _, claims, _ = issuer.id_token().split(".")
    header = segment(good_header(issuer.signer, alg="HS256"))
    key = issuer.signer.certs[issuer.signer.kid].encode()
    signature = encode(hmac.digest(key, f"{header}.{claims}".encode(), hashlib.sha256))
    with pytest.raises(NotAuthenticated):
        sign_in.identify(f"{header}.{claims}.{signature}")


@pytest.mark.parametrize("text", ["", "a", "a.b", "a.b.c", "...", "é.é.é", "\ud800", "x" * 9000])
def test_what_is_no_token_proves_nobody(sign_in: OidcSignIn, text: str) -> None:
    with pytest.raises(NotAuthenticated):
        sign_in.identify(text)


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


# ---------------------------------------------------------------- attacks on the trip


def test_a_code_is_good_once(sign_in: OidcSignIn) -> None:
    code = code_for(sign_in)
    sign_in.redeem(code, TRIP)
    with pytest.raises(NotAuthenticated):
        sign_in.redeem(code, TRIP)


def test_a_code_of_another_trip_is_refused_by_its_verifier(sign_in: OidcSignIn) -> None:
    with pytest.raises(NotAuthenticated):
        sign_in.redeem(code_for(sign_in), replace(TRIP, verifier="another"))


@pytest.mark.parametrize("nonce", ["another", "", None, ABSENT, ["a nonce"]])
def test_a_token_of_another_trip_is_refused_by_its_nonce(
    sign_in: OidcSignIn, issuer: LocalIssuer, nonce: object
) -> None:
    issuer.person = claims_of("ana@example.org", nonce=nonce)
    with pytest.raises(NotAuthenticated):
        sign_in.redeem(code_for(sign_in), TRIP)


@pytest.mark.parametrize("code", ["unknown", "a\0b", "x" * 5000, "é"])
def test_an_invented_code_is_refused(sign_in: OidcSignIn, code: str) -> None:
    with pytest.raises(NotAuthenticated):
        sign_in.redeem(code, TRIP)


# ---------------------------------------------------------------- when the issuer fails

ODD_ANSWERS = {
    "broken": (500, b""),
    "busy": (429, b"{}"),
    "elsewhere": (302, b""),
    "no JSON": (200, b"<html>"),
    "no object": (200, b"[]"),
    "no token": (200, b"{}"),
    "token of another kind": (200, b'{"id_token": 7}'),
    "it does not know us": (401, b'{"error": "invalid_client"}'),
}


@pytest.mark.parametrize("name", ODD_ANSWERS)
def test_an_issuer_that_fails_lets_nobody_in_and_may_be_asked_again(
    sign_in: OidcSignIn, issuer: LocalIssuer, name: str
) -> None:
    issuer.answer = ODD_ANSWERS[name]
    with pytest.raises(TemporaryFailure):
        sign_in.redeem("any", TRIP)


def test_an_issuer_out_of_reach_lets_nobody_in(provider: Provider) -> None:
    nowhere = OidcSignIn(replace(provider, token_url="http://127.0.0.1:1/token"))
    with pytest.raises(TemporaryFailure):
        nowhere.redeem("any", TRIP)


def test_without_certificates_nobody_is_let_in(provider: Provider, issuer: LocalIssuer) -> None:
    nowhere = OidcSignIn(provider, certs=CertCache("http://127.0.0.1:1/certs"))
    with pytest.raises(TemporaryFailure):
        nowhere.identify(issuer.id_token())


def test_a_providers_secret_is_not_shown(provider: Provider) -> None:
    assert CLIENT_SECRET not in repr(provider)
