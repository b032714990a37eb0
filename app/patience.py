"""HTTP requests that outlast lost connections and busy servers: what the API's client stands on."""

import random
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, Any
from urllib.parse import urlsplit

import requests

#: answers that may be different next time
BUSY = frozenset({429, 502, 503, 504})
TRIES = 5
#: seconds before the second try; doubled each time, up to LONGEST
FIRST, LONGEST = 0.5, 30.0
#: seconds to connect, and between two bytes
TIMEOUT = (5, 120)


class ClientError(Exception):
    """The message is one sentence for people."""


class Unreachable(ClientError):
    """Nobody answered."""


class RequestRefused(ClientError):
    """The service's problem details (RFC 9457); the message is its `detail`."""

    def __init__(self, response: requests.Response) -> None:
        problem = _problem(response)
        super().__init__(str(problem.get("detail") or _in_words(response.status_code)))
        self.status = response.status_code
        self.code = problem.get("code")
        self.field = problem.get("field")
        self.errors = problem.get("errors", [])


class Patience:
    """Tries each request several times, with growing pauses or as long as Retry-After says."""

    def __init__(self, tries: int = TRIES, first: float = FIRST) -> None:
        self._tries = tries
        self._first = first

    def lines(self, url: str, headers: Mapping[str, str], silence: float) -> Iterator[str]:
        """Of an answer that goes on, each as it comes; asked for once. Raises Unreachable, also when nothing comes for
        `silence` seconds; RequestRefused."""
        with _session(url) as session, translate_errors():
            response = session.get(url, headers=headers, stream=True, timeout=(TIMEOUT[0], silence))
            with response:
                if not response.ok:
                    raise RequestRefused(response)
                yield from (line.decode() for line in response.iter_lines(None))

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        """Raises Unreachable, RequestRefused."""
        for number in range(self._tries):
            last = number == self._tries - 1
            try:
                response = _once(method, url, **more)
            except Unreachable:
                if last:
                    raise
                self._pause(number)
                continue
            # a request that was lost may still be in flight under the same key
            in_flight = response.status_code == 409 and number > 0 and "Idempotency-Key" in more.get("headers", {})
            if last or not (response.status_code in BUSY or in_flight):
                break
            self._pause(number, response)
        if not response.ok:
            raise RequestRefused(response)
        return response

    def put(self, url: str, data: bytes) -> bool:
        """Whether it arrived: if not, a new URL may help. Raises RequestRefused when there is no room."""
        try:
            self.request("PUT", url, data=data)
        except RequestRefused as error:
            if error.status == 507:
                raise
            return False
        except Unreachable:
            return False
        return True

    def download(self, url: str, into: IO[bytes], block: int, headers: Mapping[str, str]) -> None:
        """Write the body to a file, from its start again after a lost connection. Raises as `request`."""
        for number in range(self._tries):
            response = self.request("GET", url, headers=headers, stream=True)
            try:
                with response, translate_errors():
                    into.seek(0)
                    into.truncate()
                    for piece in response.iter_content(block):
                        into.write(piece)
                into.flush()
                return
            except Unreachable:
                if number == self._tries - 1:
                    raise
                self._pause(number)

    def quietly(self, method: str, url: str, headers: Mapping[str, str]) -> None:
        """Once, whatever comes of it."""
        with suppress(Unreachable):
            _once(method, url, headers=headers)

    def _pause(self, number: int, response: requests.Response | None = None) -> None:
        longest = self._first * 2**number
        usual = random.uniform(longest / 2, longest)
        time.sleep(min(LONGEST, usual if response is None else wished_pause(response, usual)))


def wished_pause(response: requests.Response, otherwise: float) -> float:
    """Seconds that Retry-After names; `otherwise` where it names none, or a date as proxies may."""
    wish = response.headers.get("Retry-After", "")
    return float(wish) if re.fullmatch("[0-9]{1,5}", wish) else otherwise


@contextmanager
def translate_errors() -> Iterator[None]:
    """What `requests` raises. A full disk under a download stays an OSError of its own."""
    try:
        yield
    except requests.RequestException as error:
        raise Unreachable(f"The service cannot be reached: {type(error).__name__}.") from error


def _once(method: str, url: str, **more: Any) -> requests.Response:
    with _session(url) as session, translate_errors():
        return session.request(method, url, timeout=TIMEOUT, **more)


def _session(url: str) -> requests.Session:
    """A proxy meant for the internet is of no use for servers of this machine."""
    session = requests.Session()
    session.trust_env = urlsplit(url).hostname not in ("127.0.0.1", "localhost")
    return session


def _in_words(status: int) -> str:
    """For servers that say nothing themselves, as the media store does."""
    if status == 507:
        return "There is no room left where Daylog keeps its files: make some and try again."
    return f"The service answered {status}."


def _problem(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except requests.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}
