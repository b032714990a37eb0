"""Signs the tokens that prove a delivery comes from this queue, with a key kept in the state folder."""

# google-auth has no types on these two functions.
# mypy: allow-untyped-calls

import hashlib
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from google.auth import crypt, jwt

#: The `iss` of every token; the caller check on a laptop accepts this one only.
ISSUER = "http://cloud-tasks.localhost"

LIFETIME = 3600
#: a token is used again while it is good for this long at least: longer than the longest delivery
FRESH = 1800 + 60
KEPT_TOKENS = 100


class Issuer:
    """`certs` is what google-auth fetches from a `certs_url`: key id → x509 certificate in PEM."""

    def __init__(self, state: Path) -> None:
        key = load_key(state / "oidc.pem")
        certificate = self_signed(key)
        kid = hashlib.sha256(public_bytes(key)).hexdigest()[:40]
        self.certs = {kid: certificate.public_bytes(serialization.Encoding.PEM).decode()}
        self._signer = crypt.RSASigner(key, key_id=kid)
        self._kept: dict[tuple[str, str], tuple[float, str]] = {}
        self._lock = threading.Lock()

    def token(self, service_account: str, audience: str) -> str:
        """A signed OIDC token good for half an hour at least."""
        with self._lock:
            expires, token = self._kept.get((service_account, audience), (0.0, ""))
            if expires - time.time() < FRESH:
                expires, token = self._sign(service_account, audience)
                if len(self._kept) >= KEPT_TOKENS:
                    self._kept.clear()
                self._kept[service_account, audience] = expires, token
            return token

    def _sign(self, service_account: str, audience: str) -> tuple[float, str]:
        issued = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "azp": service_account,
            "sub": service_account,
            "email": service_account,
            "email_verified": True,
            "iat": issued,
            "exp": issued + LIFETIME,
        }
        return float(issued + LIFETIME), jwt.encode(self._signer, claims).decode()


def load_key(path: Path) -> rsa.RSAPrivateKey:
    """The key in that file, made first if there is none. Raises ValueError when the file holds something else."""
    if not path.exists():
        write_private(path, new_key_pem())
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{path} holds no RSA key; delete it to get a new one.")
    return key


def new_key_pem() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write_private(path: Path, content: bytes) -> None:
    """Readable by its owner only from the first byte on, and whole or not there at all."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def public_bytes(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def self_signed(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Daylog laptop queue")])
    today = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
