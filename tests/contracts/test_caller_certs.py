"""How the caller check that verifies signatures comes by its certificates, and what it does without them."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from infra.callers.certs import LIFETIME, LONGEST, PAUSE, CertCache
from infra.callers.google import OidcCallerCheck
from internal.errors import TemporaryFailure
from tests.tokens import EXPECTED, CertServer, Signer, new_signer, refused, token


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return new_signer(tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return new_signer(tmp_path_factory.mktemp("theirs"))


@pytest.fixture
def cert_server(signer: Signer) -> Iterator[CertServer]:
    server = CertServer(signer.certs)
    yield server
    server.close()


def bearer(*parts: str) -> Sequence[str]:
    return [f"Bearer {part}" for part in parts]


def cached_check(server: CertServer, clock: Clock) -> OidcCallerCheck:
    return OidcCallerCheck(EXPECTED, certs_url=server.url, certs=CertCache(server.url, clock))


def test_certificates_are_fetched_once_an_hour(cert_server: CertServer, signer: Signer) -> None:
    clock = Clock()
    check = cached_check(cert_server, clock)
    for _ in range(3):
        check.verify(bearer(token(signer)))
    assert cert_server.asked == 1
    clock.now += LIFETIME + 1
    check.verify(bearer(token(signer)))
    assert cert_server.asked == 2


def test_a_new_key_is_learned_at_once(cert_server: CertServer, signer: Signer, stranger: Signer) -> None:
    clock = Clock()
    check = cached_check(cert_server, clock)
    check.verify(bearer(token(signer)))
    cert_server.certs = stranger.certs
    clock.now += PAUSE
    check.verify(bearer(token(stranger)))
    refused(check, *bearer(token(signer)))


def test_unknown_keys_do_not_make_us_ask_again_and_again(
    cert_server: CertServer, signer: Signer, stranger: Signer
) -> None:
    clock = Clock()
    check = cached_check(cert_server, clock)
    for _ in range(5):
        refused(check, *bearer(token(stranger)))
    assert cert_server.asked == 1
    clock.now += PAUSE
    refused(check, *bearer(token(stranger)))
    assert cert_server.asked == 2


def test_a_strangers_claims_are_refused_without_asking(cert_server: CertServer, stranger: Signer) -> None:
    refused(cached_check(cert_server, Clock()), *bearer(token(stranger, email="other@test.com")))
    assert cert_server.asked == 0


def test_kept_certificates_serve_while_the_others_are_out_of_reach(cert_server: CertServer, signer: Signer) -> None:
    clock = Clock()
    check = cached_check(cert_server, clock)
    check.verify(bearer(token(signer)))
    cert_server.certs = None
    clock.now += LIFETIME + 1
    check.verify(bearer(token(signer)))
    assert cert_server.asked == 2


def test_certificates_kept_too_long_are_not_trusted(cert_server: CertServer, signer: Signer) -> None:
    clock = Clock()
    check = cached_check(cert_server, clock)
    check.verify(bearer(token(signer)))
    cert_server.certs = None
    clock.now += LONGEST + 1
    with pytest.raises(TemporaryFailure):
        check.verify(bearer(token(signer)))


@pytest.mark.parametrize("answer", [None, {}, {"keys": []}, {"a": 1}])
def test_without_certificates_nobody_is_let_in(cert_server: CertServer, signer: Signer, answer: Any) -> None:
    cert_server.certs = answer
    for _ in range(2):
        with pytest.raises(TemporaryFailure):
            cached_check(cert_server, Clock()).verify(bearer(token(signer)))


def test_a_new_key_waits_while_the_certificates_are_out_of_reach(
    cert_server: CertServer, signer: Signer, stranger: Signer
) -> None:
    clock = Clock()
    check = cached_check(cert_server, clock)
    check.verify(bearer(token(signer)))
    cert_server.certs = None
    clock.now += PAUSE
    with pytest.raises(TemporaryFailure):
        check.verify(bearer(token(stranger)))
    check.verify(bearer(token(signer)))


def test_certificates_that_cannot_be_reached_at_all_are_a_temporary_failure(signer: Signer) -> None:
    server = CertServer({})
    server.close()
    with pytest.raises(TemporaryFailure):
        OidcCallerCheck(EXPECTED, certs_url=server.url).verify(bearer(token(signer)))


def test_certificates_no_one_can_read_believe_no_one(cert_server: CertServer, signer: Signer) -> None:
    cert_server.certs = {signer.kid: "not a certificate"}
    refused(cached_check(cert_server, Clock()), *bearer(token(signer)))
