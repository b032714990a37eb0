"""Who calls `/internal/*`: Cloud Tasks or Cloud Scheduler, proved by a Google OIDC token."""

# google-auth has no types on these functions.
# mypy: allow-untyped-calls

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from google.auth import exceptions
from google.oauth2 import id_token

from infra.callers.certs import CertCache
from infra.callers.tokens import SKEW, Expected, bearer, key_id, read, require
from internal.errors import NotAuthenticated

GOOGLE_CERTS = "https://www.googleapis.com/oauth2/v1/certs"


@contextmanager
def translate_errors() -> Iterator[None]:
    try:
        yield
    except (exceptions.GoogleAuthError, ValueError) as error:
        raise NotAuthenticated("The caller is neither our queue nor our scheduler: not signed by them.") from error


class OidcCallerCheck:
    """`TASK_AUTH=app`: the whole token is checked here, its signature by the certificates at `certs_url`.

    Fills the port `CallerCheck`. `clock` gives seconds since 1970.
    """

    def __init__(
        self,
        expected: Expected,
        certs_url: str = GOOGLE_CERTS,
        clock: Callable[[], float] = time.time,
        certs: CertCache | None = None,
    ) -> None:
        self._expected, self._url, self._clock = expected, certs_url, clock
        self._certs = certs or CertCache(certs_url)

    def verify(self, authorization: Sequence[str]) -> None:
        token = bearer(authorization)
        header, claims = read(token)
        kid = key_id(header)
        # Before the keys are looked up, so that a stranger's token costs us no fetch.
        self._expected.check(claims, self._clock())
        require(self._certs.knows(kid), "unknown key")
        with translate_errors():
            id_token.verify_token(
                token, self._certs, self._expected.audience, certs_url=self._url, clock_skew_in_seconds=SKEW
            )


class IamCallerCheck:
    """`TASK_AUTH=iam`: Cloud Run has checked the signature and cut it off; every other claim is checked here.

    Fills the port `CallerCheck`. Proves nothing where Cloud Run lets anyone in.
    """

    def __init__(self, expected: Expected, clock: Callable[[], float] = time.time) -> None:
        self._expected, self._clock = expected, clock

    def verify(self, authorization: Sequence[str]) -> None:
        header, claims = read(bearer(authorization))
        key_id(header)
        self._expected.check(claims, self._clock())
