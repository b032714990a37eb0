"""Vertex AI through google-genai: the client, its credentials, and what every answer may say."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Any

import google.auth
import httpx
from google.auth.credentials import Credentials as AnyCredentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.genai import Client, types
from google.genai.errors import APIError

from infra.vertex.in_time import InTime, within
from internal.errors import TemporaryFailure

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
#: seconds that we wait for anybody: a job that may be put off several times is not to miss its deadline by it
LONGEST_WISH = 1800.0
#: google-auth has no types
Credentials: Any = AnyCredentials


class LocalCredentials(Credentials):  # type: ignore[misc]  # its base has no types
    """For a local server, which asks for a token and takes any: google-genai does not do without."""

    def __init__(self) -> None:
        super().__init__()
        self.token = "local"  # noqa: S105  # it opens nothing

    def refresh(self, request: object) -> None:
        """There is nothing to renew."""


def credentials(endpoint: str | None) -> Any:
    """Ours, as Google's libraries find them; for a local server, any. Raises GoogleAuthError."""
    return LocalCredentials() if endpoint else google.auth.default(scopes=[_SCOPE])[0]


class Vertex:
    """Makes its client when it is first needed, and keeps it: one that nobody refers to closes itself. Nothing is
    sent twice unless a call asks for that."""

    def __init__(self, project: str, location: str, endpoint: str | None, limit: timedelta) -> None:
        """`endpoint`: a local server that speaks the same API. `limit`: of one call, from getting its token to the
        last byte of its answer."""
        self._project, self._location, self._endpoint, self._limit = project, location, endpoint, limit
        self._lock = Lock()
        self._credentials: Any = None
        self._client: Client | None = None

    @contextmanager
    def call(self) -> Iterator[Client]:
        """For one call, which is over in time. It has its token before it begins: the SDK would see to that in the
        middle. Raises TemporaryFailure when none is to be had."""
        with within(self._limit):
            yield self._ready()

    def _ready(self) -> Client:
        with self._lock, translate_errors():
            client = self._client = self._client or self._connect()
            if self._credentials.expired or not self._credentials.token:
                self._credentials.refresh(Request())
        return client

    def _connect(self) -> Client:
        self._credentials = credentials(self._endpoint)
        options = types.HttpOptions(
            base_url=self._endpoint,
            api_version="v1",
            timeout=round(self._limit.total_seconds() * 1000),
            retry_options=types.HttpRetryOptions(attempts=1),
            # the SDK's own would send a request again to where it is redirected
            httpx_client=httpx.Client(transport=InTime()),
        )
        # said to be Vertex here: from the environment alone, the SDK would not believe the base URL
        return Client(
            enterprise=True,
            project=self._project,
            location=self._location,
            credentials=self._credentials,
            http_options=options,
        )


@contextmanager
def translate_errors() -> Iterator[None]:
    """What goes wrong in saying who we are."""
    try:
        yield
    except GoogleAuthError as error:
        raise TemporaryFailure("Google does not say who we are.") from error


def retry_after(error: APIError) -> float | None:
    """Seconds that the answer asks to wait (RFC 9110 §10.2.3: a number or a date), at most LONGEST_WISH; None when it
    does not."""
    asked = getattr(error.response, "headers", {}).get("Retry-After", "")
    try:
        seconds = float(asked)
    except ValueError:
        seconds = _until(asked)
    return min(max(0.0, seconds), LONGEST_WISH) if math.isfinite(seconds) else None


def _until(date: str) -> float:
    """Seconds from now; nan when it is no date."""
    try:
        then = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return math.nan
    return (then.replace(tzinfo=then.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
