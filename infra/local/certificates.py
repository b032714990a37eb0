"""A certificate for one local server, trusted by whoever is handed it and by no browser.

A server that asks for no password must not be reached by a web page the user happens to visit: a page can send
requests to 127.0.0.1, but a browser ends them at a certificate it does not know.
"""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.local.files import replace

LIFETIME = timedelta(days=3650)


def certificate(folder: Path) -> tuple[Path, Path]:
    """The certificate and its key for 127.0.0.1, as PEM files, made once."""
    made, key = folder / "certificate.pem", folder / "certificate.key"
    if not (made.exists() and key.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        secret = ec.generate_private_key(ec.SECP256R1())
        pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        replace(key, secret.private_bytes(serialization.Encoding.PEM, pkcs8, plain).decode())
        replace(made, _signed(secret).public_bytes(serialization.Encoding.PEM).decode())
    return made, key


def _signed(secret: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """By itself, with what strict checks ask of a root (RFC 5280, 4.2.1)."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Daylog on this machine")])
    public, now = secret.public_key(), datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, public, x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + LIFETIME)
    for extension, critical in (
        (address, False),
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (_usage(), True),
        (x509.SubjectKeyIdentifier.from_public_key(public), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(public), False),
    ):
        builder = builder.add_extension(extension, critical)
    return builder.sign(secret, hashes.SHA256())


def _usage() -> x509.KeyUsage:
    """It speaks for a server, and for itself."""
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
