"""What every `CallerCheck` must do: believe our queue and scheduler, and nobody and nothing else."""

import hmac
import json
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from infra.callers.google import IamCallerCheck, OidcCallerCheck
from infra.callers.tokens import Expected
from internal.ports import CallerCheck
from tests.tokens import (
    ABSENT,
    AUDIENCE,
    EXPECTED,
    SCHEDULER,
    TASKS,
    CertServer,
    Claims,
    Signer,
    encode,
    good_claims,
    good_header,
    new_signer,
    refused,
    sealed,
    segment,
    signed,
    token,
)


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return new_signer(tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return new_signer(tmp_path_factory.mktemp("theirs"))


@pytest.fixture(scope="module")
def shared_certs(signer: Signer) -> Iterator[CertServer]:
    server = CertServer(signer.certs)
    yield server
    server.close()


@pytest.fixture(scope="module")
def app(shared_certs: CertServer) -> CallerCheck:
    return OidcCallerCheck(EXPECTED, certs_url=shared_certs.url)


@pytest.fixture(params=["app", "iam"])
def check(request: pytest.FixtureRequest, app: CallerCheck) -> CallerCheck:
    return app if request.param == "app" else IamCallerCheck(EXPECTED)


# ---------------------------------------------------------------- who is believed


@pytest.mark.parametrize("email", [TASKS, SCHEDULER])
def test_our_accounts_are_believed(check: CallerCheck, signer: Signer, email: str) -> None:
    check.verify([f"Bearer {token(signer, email=email)}"])


@pytest.mark.parametrize("issuer", ["https://accounts.google.com", "accounts.google.com"])
def test_both_forms_of_googles_name_are_believed(check: CallerCheck, signer: Signer, issuer: str) -> None:
    check.verify([f"Bearer {token(signer, iss=issuer)}"])


def test_clocks_may_differ_a_little(check: CallerCheck, signer: Signer) -> None:
    now = int(time.time())
    check.verify([f"Bearer {token(signer, iat=now + 5, nbf=now + 5)}"])
    check.verify([f"Bearer {token(signer, exp=now - 3)}"])


def test_with_iam_the_signature_is_cloud_runs_business(signer: Signer) -> None:
    header, claims, _ = token(signer).split(".")
    IamCallerCheck(EXPECTED).verify([f"Bearer {header}.{claims}.SIGNATURE_REMOVED_BY_GOOGLE"])


@pytest.mark.parametrize(
    ("audience", "accounts", "issuers"),
    [
        ("", {TASKS}, {"x"}),
        (AUDIENCE, set(), {"x"}),
        (AUDIENCE, {""}, {"x"}),
        (AUDIENCE, {TASKS}, set()),
    ],
)
def test_a_check_that_would_believe_anyone_is_refused_at_start(
    audience: str, accounts: set[str], issuers: set[str]
) -> None:
    with pytest.raises(ValueError, match="needs an audience"):
        Expected(audience, frozenset(accounts), frozenset(issuers))


# ---------------------------------------------------------------- attacks on the header


def test_no_authorization_header_is_refused(check: CallerCheck) -> None:
    refused(check)


def test_two_authorization_headers_are_refused_though_both_are_good(check: CallerCheck, signer: Signer) -> None:
    refused(check, f"Bearer {token(signer)}", f"Bearer {token(signer)}")


@pytest.mark.parametrize("text", ["", "Bearer", "Bearer ", "Bearer  ", "Bearer a", "Bearer a.b", "Bearer ..", "é"])
def test_what_is_no_token_is_refused(check: CallerCheck, text: str) -> None:
    refused(check, text)


@pytest.mark.parametrize("form", ["Basic {}", "{}", "Bearer {}.x", "Bearer {} x", "Bearer {}\n", "Bearer {},x"])
def test_a_good_token_in_the_wrong_form_is_refused(check: CallerCheck, signer: Signer, form: str) -> None:
    refused(check, form.format(token(signer)))


def test_a_huge_token_is_refused(check: CallerCheck, signer: Signer) -> None:
    refused(check, f"Bearer {token(signer, padding='x' * 10_000)}")


# ---------------------------------------------------------------- attacks on the token's header

BAD_HEADERS: dict[str, dict[str, Any]] = {
    "alg none": {"alg": "none"},
    "alg NONE": {"alg": "NONE"},
    "alg ES256": {"alg": "ES256"},
    "alg RS384": {"alg": "RS384"},
    "alg list": {"alg": ["RS256"]},
    "alg missing": {"alg": ABSENT},
    "kid missing": {"kid": ABSENT},
    "kid empty": {"kid": ""},
    "kid null": {"kid": None},
    "kid list": {"kid": ["a"]},
    "kid object": {"kid": {"a": 1}},
    "kid number": {"kid": 7},
    "jku": {"jku": "https://evil.test/keys"},
    "jwk": {"jwk": {"kty": "RSA"}},
    "x5u": {"x5u": "https://evil.test/cert"},
    "x5c": {"x5c": ["MIIB"]},
    "crit": {"crit": ["exp"]},
}


@pytest.mark.parametrize("name", BAD_HEADERS)
def test_a_bad_token_header_is_refused(check: CallerCheck, signer: Signer, name: str) -> None:
    header = good_header(signer, **BAD_HEADERS[name])
    refused(check, f"Bearer {signed(signer, header, good_claims())}")


def test_a_token_without_algorithm_and_signature_is_refused(check: CallerCheck, signer: Signer) -> None:
    refused(check, f"Bearer {segment(good_header(signer, alg='none'))}.{segment(good_claims())}.")


def test_a_token_keyed_with_the_public_certificate_is_refused(check: CallerCheck, signer: Signer) -> None:
    text = f"{segment(good_header(signer, alg='HS256'))}.{segment(good_claims())}"
    certificate = signer.certs[signer.kid].encode()
    refused(check, f"Bearer {text}.{encode(hmac.digest(certificate, text.encode(), 'sha256'))}")


# ---------------------------------------------------------------- attacks on the claims


@cache
def bad_claims() -> Mapping[str, Claims]:
    now = int(time.time())
    return {
        "audience wrong": {"aud": "https://other.test"},
        "audience with a suffix": {"aud": AUDIENCE + "/x"},
        "audience in capitals": {"aud": AUDIENCE.upper()},
        "audience array": {"aud": [AUDIENCE]},
        "audience null": {"aud": None},
        "audience missing": {"aud": ABSENT},
        "issuer wrong": {"iss": "https://evil.test"},
        "issuer with a suffix": {"iss": "https://accounts.google.com.evil.test"},
        "issuer array": {"iss": ["https://accounts.google.com"]},
        "issuer missing": {"iss": ABSENT},
        "account wrong": {"email": "other@test.iam.gserviceaccount.com"},
        "account with a suffix": {"email": TASKS + ".evil.test"},
        "account in capitals": {"email": TASKS.upper()},
        "account array": {"email": [TASKS]},
        "account missing": {"email": ABSENT},
        "account unverified": {"email_verified": False},
        "account verified in words": {"email_verified": "true"},
        "account verified by number": {"email_verified": 1},
        "account verified missing": {"email_verified": ABSENT},
        "expired": {"exp": now - 60},
        "expiry missing": {"exp": ABSENT},
        "expiry null": {"exp": None},
        "expiry text": {"exp": str(now + 60)},
        "expiry true": {"exp": True},
        "expiry NaN": {"exp": float("nan")},
        "expiry infinite": {"exp": float("inf")},
        "expiry a fraction": {"exp": now + 60.5},
        "expiry array": {"exp": [now + 60]},
        "issued in the future": {"iat": now + 3600},
        "issued missing": {"iat": ABSENT},
        "issued text": {"iat": str(now)},
        "issued NaN": {"iat": float("nan")},
        "not valid yet": {"nbf": now + 3600},
        "not valid text": {"nbf": "0"},
        "not valid null": {"nbf": None},
    }


@pytest.mark.parametrize("name", bad_claims())
def test_a_bad_claim_is_refused(check: CallerCheck, signer: Signer, name: str) -> None:
    refused(check, f"Bearer {token(signer, **bad_claims()[name])}")


UNREADABLE: dict[str, Callable[[], str]] = {
    "array": lambda: segment([1]),
    "text": lambda: segment("x"),
    "null": lambda: segment(None),
    "not base64": lambda: "a",
    "not UTF-8": lambda: encode(b'{"a": "\xff"}'),
    "not JSON": lambda: encode(b"{"),
    "very deep": lambda: encode(b"[" * 2500 + b"]" * 2500),
    "number too long": lambda: encode(b'{"exp": ' + b"9" * 5000 + b"}"),
    "number too large": lambda: encode(json.dumps(good_claims()).encode().replace(b'"exp": ', b'"exp": 1e400, "x": ')),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_claims_are_refused(check: CallerCheck, signer: Signer, name: str) -> None:
    refused(check, f"Bearer {sealed(signer, segment(good_header(signer)), UNREADABLE[name]())}")


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unreadable_token_header_is_refused(check: CallerCheck, signer: Signer, name: str) -> None:
    refused(check, f"Bearer {sealed(signer, UNREADABLE[name](), segment(good_claims()))}")


# ---------------------------------------------------------------- attacks on the signature


def test_a_token_signed_with_another_key_is_refused(app: CallerCheck, signer: Signer, stranger: Signer) -> None:
    refused(app, f"Bearer {signed(stranger, good_header(signer), good_claims())}")


@pytest.mark.parametrize("kid", ["unknown", "../../etc/passwd", "0", "' OR 1=1 --"])
def test_an_unknown_key_is_refused(app: CallerCheck, signer: Signer, kid: str) -> None:
    refused(app, f"Bearer {signed(signer, good_header(signer, kid=kid), good_claims())}")


@pytest.mark.parametrize("signature", ["", "AAAA", "SIGNATURE_REMOVED_BY_GOOGLE", "a"])
def test_a_token_without_its_signature_is_refused(app: CallerCheck, signer: Signer, signature: str) -> None:
    header, claims, _ = token(signer).split(".")
    refused(app, f"Bearer {header}.{claims}.{signature}")


def test_a_signature_of_other_claims_is_refused(app: CallerCheck, signer: Signer) -> None:
    header, _, signature = token(signer, email="other@test.iam.gserviceaccount.com").split(".")
    refused(app, f"Bearer {header}.{segment(good_claims())}.{signature}")
