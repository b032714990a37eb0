"""Tokens as Google signs them and as attackers make them, and a server of certificates."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from infra.callers.tokens import Expected
from infra.local.cloud_tasks.oidc import Issuer, load_key
from internal.errors import NotAuthenticated
from internal.ports import CallerCheck

AUDIENCE = "https://worker.test"
TASKS = "tasks@test.iam.gserviceaccount.com"
SCHEDULER = "scheduler@test.iam.gserviceaccount.com"
EXPECTED = Expected(AUDIENCE, frozenset({TASKS, SCHEDULER}))

Claims = Mapping[str, Any]
ABSENT = object()


@dataclass(frozen=True)
class Signer:
    kid: str
    key: rsa.RSAPrivateKey
    certs: dict[str, str]

    def sign(self, text: str) -> bytes:
        return self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())


class CertServer:
    """Serves `certs`, or 503 without them; counts how often it is asked."""

    def __init__(self, certs: dict[str, str]) -> None:
        self.certs: dict[str, Any] | None = certs
        self.asked = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/certs"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked += 1
                self.send_response(200 if server.certs is not None else 503)
                self.end_headers()
                self.wfile.write(json.dumps(server.certs).encode())

            def log_message(self, format: str, *args: object) -> None:
                """Tests count instead."""

        return Handler


def new_signer(folder: Path) -> Signer:
    certs = Issuer(folder).certs
    return Signer(next(iter(certs)), load_key(folder / "oidc.pem"), certs)


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def segment(value: object) -> str:
    return encode(json.dumps(value).encode())


def good_claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "sub": "1234567890",
        "email": TASKS,
        "email_verified": True,
        "iat": now - 5,
        "exp": now + 3600,
    }
    return {name: value for name, value in {**claims, **changes}.items() if value is not ABSENT}


def good_header(signer: Signer, **changes: Any) -> dict[str, Any]:
    header = {"alg": "RS256", "kid": signer.kid, "typ": "JWT", **changes}
    return {name: value for name, value in header.items() if value is not ABSENT}


def signed(signer: Signer, header: object, claims: object) -> str:
    return sealed(signer, segment(header), segment(claims))


def sealed(signer: Signer, header: str, claims: str) -> str:
    """A true signature over any two segments."""
    return f"{header}.{claims}.{encode(signer.sign(f'{header}.{claims}'))}"


def token(signer: Signer, **claims: Any) -> str:
    return signed(signer, good_header(signer), good_claims(**claims))


def refused(check: CallerCheck, *authorization: str) -> None:
    with pytest.raises(NotAuthenticated):
        check.verify(authorization)
