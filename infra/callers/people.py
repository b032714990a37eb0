"""Who a person is, by the authorization code flow of OpenID Connect with PKCE; no script of the issuer on our pages.

Sources: https://developers.google.com/identity/openid-connect/openid-connect (server flow),
OpenID Connect Core 1.0 §3.1, RFC 7636 (PKCE), RFC 6749 §4.1 and §5.2.
"""

import base64
import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests

from infra.callers.certs import CertCache
from infra.callers.signatures import Signatures
from infra.callers.tokens import GOOGLE_ISSUERS, check_claims, require
from internal.accounts import Person
from internal.errors import NotAuthenticated, TemporaryFailure
from internal.ports import Trip

log = logging.getLogger(__name__)

#: seconds
TIMEOUT = 10.0
#: characters: OpenID Connect Core §2 ends a `sub` at 255; a name is shown, and kept short
LONGEST_SUBJECT, LONGEST_EMAIL, LONGEST_NAME = 255, 254, 100
NOT_REDEEMED = "The sign-in did not accept the code: begin again."


@dataclass(frozen=True)
class Provider:
    """Where an issuer is reached, and what it knows us as. `redirect_uri` is registered there."""

    issuer: str
    address: str
    token_url: str
    certs_url: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str

    @property
    def issuers(self) -> frozenset[str]:
        """Google writes itself in two ways."""
        return GOOGLE_ISSUERS if self.issuer in GOOGLE_ISSUERS else frozenset({self.issuer})


class OidcSignIn:
    """Fills the port `SignIn`. `clock` gives seconds since 1970."""

    def __init__(
        self, provider: Provider, clock: Callable[[], float] = time.time, certs: CertCache | None = None
    ) -> None:
        self._provider, self._clock = provider, clock
        self._signatures = Signatures(provider.certs_url, certs)

    def address(self, trip: Trip) -> str:
        asked = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": self._provider.redirect_uri,
            "scope": "openid email profile",
            "state": trip.state,
            "nonce": trip.nonce,
            "code_challenge": challenge(trip.verifier),
            "code_challenge_method": "S256",
            "prompt": "select_account",
        }
        return f"{self._provider.address}?{urlencode(asked)}"

    def redeem(self, code: str, trip: Trip) -> Person:
        claims = self._verified(self._id_token(code, trip))
        require(claims.get("nonce") == trip.nonce, "wrong nonce")
        return person_of(claims)

    def identify(self, id_token: str) -> Person:
        return person_of(self._verified(id_token))

    def _verified(self, token: str) -> Mapping[str, Any]:
        ours, issuers = self._provider.client_id, self._provider.issuers
        return self._signatures.verify(token, ours, lambda claims: check_claims(claims, ours, issuers, self._clock()))

    def _id_token(self, code: str, trip: Trip) -> str:
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._provider.redirect_uri,
            "client_id": self._provider.client_id,
            "client_secret": self._provider.client_secret,
            "code_verifier": trip.verifier,
        }
        try:
            answer = requests.post(self._provider.token_url, sent, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            raise TemporaryFailure("The sign-in is out of reach.") from error
        return _token_in(answer)


def challenge(verifier: str) -> str:
    """RFC 7636 §4.2, `S256`."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _token_in(answer: requests.Response) -> str:
    """Raises NotAuthenticated when the code is at fault, TemporaryFailure when it is they, or our own registration."""
    body = _object_in(answer)
    token = body.get("id_token")
    if answer.status_code == 200 and isinstance(token, str):
        return token
    if answer.status_code == 400 and body.get("error") in ("invalid_grant", "invalid_request"):
        raise NotAuthenticated(NOT_REDEEMED)
    log.error("sign-in answered unexpectedly", extra={"status": answer.status_code, "error": str(body.get("error"))})
    raise TemporaryFailure("The sign-in does not work at the moment.")


def _object_in(answer: requests.Response) -> Mapping[str, Any]:
    """Nothing, if it is not one: the status says enough."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def person_of(claims: Mapping[str, Any]) -> Person:
    """Raises NotAuthenticated when the token does not say whom it proves."""
    subject, email = (_text(claims.get(name)) for name in ("sub", "email"))
    require(0 < len(subject) <= LONGEST_SUBJECT, "it names no subject")
    require(3 <= len(email) <= LONGEST_EMAIL, "it names no address")
    name = _text(claims.get("name"))[:LONGEST_NAME].strip()
    return Person(subject, email, name or email.partition("@")[0])


def _text(value: object) -> str:
    """Without what no row, header or page takes: control characters, halves of surrogate pairs and the like."""
    return value if isinstance(value, str) and value.isprintable() else ""
