"""Google's signing certificates, fetched rarely and kept while the other side is out of reach."""

# google-auth has no types on its transport.
# mypy: allow-untyped-calls

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from google.auth import exceptions, transport
from google.auth.transport.requests import Request

from internal.errors import TemporaryFailure

#: seconds: until fetched again, until no longer trusted when that fails, between two fetches however many ask
LIFETIME = 3600.0
LONGEST = 24 * 3600.0
PAUSE = 30.0
TIMEOUT = 5.0


@dataclass(frozen=True)
class Kept:
    """`body` is the certificates as they came; `fetched_at` and `tried_at` are on the monotonic clock; `failed`
    when the last try brought nothing."""

    certs: Mapping[str, str]
    body: bytes
    fetched_at: float
    tried_at: float
    failed: bool


NOTHING = Kept({}, b"{}", float("-inf"), float("-inf"), failed=False)


@dataclass(frozen=True)
class Response:
    """An answer from memory, with what google-auth reads of a transport's answer."""

    data: bytes
    status: int = 200


class CertCache(transport.Request):
    """Called as a transport it serves google-auth the kept certificates; `knows` fetches them when it must."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url, self._clock = url, clock
        self._fetch = Request()
        self._kept = NOTHING
        self._lock = threading.Lock()

    def __call__(
        self, url: str, method: str = "GET", body: Any = None, headers: Any = None, timeout: Any = None, **kwargs: Any
    ) -> Response:
        """What google-auth asks of a transport; every question has the same answer."""
        return Response(self._kept.body)

    def knows(self, kid: str) -> bool:
        """Whether a key of that id is Google's. Raises TemporaryFailure when that cannot be found out now."""
        if self._stale() or kid not in self._kept.certs:
            self._refresh()
        kept = self._kept
        if self._clock() - kept.fetched_at > LONGEST or (kept.failed and kid not in kept.certs):
            raise TemporaryFailure("The keys that prove who calls are out of reach.", retry_after=PAUSE)
        return kid in kept.certs

    def _stale(self) -> bool:
        return self._clock() - self._kept.fetched_at > LIFETIME

    def _refresh(self) -> None:
        """Fetch, unless that was tried moments ago: strangers' tokens must not make us a nuisance to Google."""
        with self._lock:
            now, kept = self._clock(), self._kept
            if now - kept.tried_at < PAUSE:
                return
            try:
                body = self._download()
                self._kept = Kept(read_certs(body), body, now, now, failed=False)
            except (exceptions.TransportError, ValueError):
                self._kept = replace(kept, tried_at=now, failed=True)

    def _download(self) -> bytes:
        response = self._fetch(self._url, method="GET", timeout=TIMEOUT)
        if response.status != 200:
            raise ValueError(f"{self._url} answered {response.status}.")
        return bytes(response.data)


def read_certs(body: bytes) -> Mapping[str, str]:
    """Key id → x509 certificate in PEM. Raises ValueError for anything else, a JWK set included."""
    certs = json.loads(body)
    if not isinstance(certs, dict) or not certs or not all(isinstance(cert, str) for cert in certs.values()):
        raise ValueError("The answer holds no certificates.")
    return certs
