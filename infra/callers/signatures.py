"""Whether a token was signed by whom we believe: Google, or an issuer that publishes certificates as Google does."""

# google-auth has no types on this function.
# mypy: allow-untyped-calls

from collections.abc import Callable, Mapping
from typing import Any

from google.auth import exceptions
from google.oauth2 import id_token

from infra.callers.certs import CertCache
from infra.callers.tokens import SKEW, key_id, read, require
from internal.errors import NotAuthenticated

GOOGLE_CERTS = "https://www.googleapis.com/oauth2/v1/certs"


class Signatures:
    def __init__(self, certs_url: str = GOOGLE_CERTS, certs: CertCache | None = None) -> None:
        self._url = certs_url
        self._certs = certs or CertCache(certs_url)

    def verify(self, token: str, audience: str, check: Callable[[Mapping[str, Any]], None]) -> Mapping[str, Any]:
        """Its claims. Raises NotAuthenticated, TemporaryFailure when the keys are out of reach.

        `check` goes first, so that a stranger's token costs us no fetch of keys.
        """
        header, claims = read(token)
        kid = key_id(header)
        check(claims)
        require(self._certs.knows(kid), "unknown key")
        try:
            id_token.verify_token(token, self._certs, audience, certs_url=self._url, clock_skew_in_seconds=SKEW)
        except (exceptions.GoogleAuthError, ValueError) as error:
            raise NotAuthenticated("The token does not prove who asks: not signed by whom it names.") from error
        return claims
