"""Who calls `/internal/*`: Cloud Tasks or Cloud Scheduler, proved by a Google OIDC token."""

import time
from collections.abc import Callable, Sequence

from infra.callers.certs import CertCache
from infra.callers.signatures import GOOGLE_CERTS, Signatures
from infra.callers.tokens import Expected, bearer, key_id, read


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
        self._expected, self._clock = expected, clock
        self._signatures = Signatures(certs_url, certs)

    def verify(self, authorization: Sequence[str]) -> None:
        token = bearer(authorization)
        self._signatures.verify(
            token, self._expected.audience, lambda claims: self._expected.check(claims, self._clock())
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
