"""An issuer of OpenID Connect as Google is one, on this machine: it asks nobody, and signs in whom the test names."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.tokens import ABSENT, Signer, good_header, new_signer, signed

CLIENT_ID, CLIENT_SECRET = "daylog.apps.test", "the client's secret, a canary"
SESSION_KEY = "a key for tests alone: 0123456789abcdef"
ALLOWED = ("@example.org", "guest@example.com")


def claims_of(email: str, **more: Any) -> dict[str, Any]:
    """Of somebody, as a token tells them; an ABSENT claim is left out."""
    who = email.partition("@")[0]
    return {"sub": f"subject of {email}", "email": email, "email_verified": True, "name": who.capitalize(), **more}


class LocalIssuer:
    """`person`: whom the next trip signs in. `answer`: what the token endpoint says instead of a token, if anything."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self.person = claims_of("ana@example.org")
        self.answer: tuple[int, bytes] | None = None
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def settings(self) -> dict[str, Any]:
        """Of an app that believes it."""
        return {
            "auth": "google",
            "sign_in_client_id": CLIENT_ID,
            "sign_in_client_secret": CLIENT_SECRET,
            "sign_in_issuer": self.url,
            "sign_in_address": f"{self.url}/authorize",
            "sign_in_token_url": f"{self.url}/token",
            "sign_in_certs_url": f"{self.url}/certs",
            "allowed": ALLOWED,
            "session_key": SESSION_KEY,
        }

    def id_token(self, **changes: Any) -> str:
        """Of `person`, good for an hour; `changes` are claims."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now - 1, "exp": now + 3600, **self.person, **changes}
        told = {name: value for name, value in claims.items() if value is not ABSENT}
        return signed(self.signer, good_header(self.signer), told)

    def authorize(self, asked: Mapping[str, str]) -> str:
        """Where the browser goes next."""
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert {"openid", "email"} <= set(asked["scope"].split())
        code = secrets.token_urlsafe(16)
        self._codes[code] = dict(asked)
        return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], 'code': code})}"

    def token(self, given: Mapping[str, str]) -> tuple[int, bytes]:
        """A code is good once, for whoever began (RFC 6749 §4.1.3, RFC 7636 §4.6)."""
        if self.answer:
            return self.answer
        if (given["client_id"], given["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return 401, b'{"error": "invalid_client"}'
        asked = self._codes.pop(given["code"], None)
        hashed = base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest()).rstrip(b"=")
        if not asked or (asked["redirect_uri"], asked["code_challenge"]) != (given["redirect_uri"], hashed.decode()):
            return 400, b'{"error": "invalid_grant"}'
        token = self.id_token(**{"nonce": asked["nonce"], **self.person})
        return 200, json.dumps({"access_token": "not for us", "id_token": token}).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = urlsplit(self.path)
                if asked.path == "/certs":
                    self._send(200, json.dumps(issuer.signer.certs).encode())
                else:
                    self._send(302, b"", Location=issuer.authorize(dict(parse_qsl(asked.query))))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._send(*issuer.token(dict(parse_qsl(body))))

            def _send(self, status: int, body: bytes, **headers: str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Tests ask the answers instead."""

        return Handler


@contextmanager
def local_issuer(folder: Path) -> Iterator[LocalIssuer]:
    """Its key is kept in that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    issuer = LocalIssuer(new_signer(folder))
    try:
        yield issuer
    finally:
        issuer.close()
