"""Statements of ours that others carry: JSON Web Tokens that only we can make (RFC 7519, HS256)."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from app.services import services, web
from internal.errors import NotAuthenticated

# PyJWT is imported where it is used: with all its algorithms it takes 30 ms of the 600 that a process has to start.

#: the only one: a token's own word for how it is signed is not asked
ALGORITHM = "HS256"


class Purpose(StrEnum):
    """What a token is for; it is good for nothing else."""

    ACCESS = "access"
    TRIP = "trip"


#: claims that a token of each purpose must have, besides `iss`, `aud`, `iat` and `exp`
CLAIMS: Mapping[Purpose, tuple[str, ...]] = {
    Purpose.ACCESS: ("sub", "sid"),
    Purpose.TRIP: ("state", "nonce", "verifier", "next"),
}


def seal(purpose: Purpose, claims: Mapping[str, str], lasting: timedelta) -> str:
    import jwt  # noqa: PLC0415 - see above

    now = services().clock()
    ours = {"iss": web().settings.public_url, "aud": purpose.value, "iat": now, "exp": now + lasting}
    return jwt.encode({**claims, **ours}, _key(purpose), ALGORITHM)


def unseal(purpose: Purpose, token: str) -> Mapping[str, Any]:
    """The claims. Raises NotAuthenticated for what is not ours, is for something else, or is over."""
    import jwt  # noqa: PLC0415 - see above

    try:
        return jwt.decode(
            token,
            _key(purpose),
            [ALGORITHM],
            issuer=web().settings.public_url,
            audience=purpose.value,
            options={"require": ["iss", "aud", "iat", "exp", *CLAIMS[purpose]], "strict_aud": True},
        )
    except jwt.InvalidTokenError as error:
        raise NotAuthenticated("What proves who asks is not ours, or is over: sign in again.") from error


def _key(purpose: Purpose) -> bytes:
    """One for each purpose, none of which tells the others."""
    secret = web().settings.session_key.encode()
    return hmac.digest(secret, f"daylog {purpose}".encode(), hashlib.sha256)
