"""What a Google OIDC token must say before we believe it; signatures aside.

Source: https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken and RFC 7519.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from internal.errors import NotAuthenticated

GOOGLE_ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})

#: seconds two clocks may differ by
SKEW = 10
#: Google's tokens are about 1 KB
MAX_TOKEN = 8192
TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
#: header fields that bring a key along or change what a signature means: ours never have them
FOREIGN_KEYS = frozenset({"jku", "jwk", "x5u", "x5c", "crit"})


@dataclass(frozen=True)
class Expected:
    """Whose tokens are ours. Raises ValueError when a part is empty: an empty audience would admit any token."""

    audience: str
    accounts: frozenset[str]
    issuers: frozenset[str] = GOOGLE_ISSUERS

    def __post_init__(self) -> None:
        if not (self.audience and self.issuers and self.accounts and all(self.accounts)):
            raise ValueError("The caller check needs an audience, an issuer and a service account.")

    def check(self, claims: Mapping[str, Any], now: float) -> None:
        """Raises NotAuthenticated."""
        check_claims(claims, self.audience, self.issuers, now)
        require(is_one_of(claims.get("email"), self.accounts), "wrong account")


def check_claims(claims: Mapping[str, Any], audience: str, issuers: frozenset[str], now: float) -> None:
    """For us, from an issuer we believe, of a verified address, and in time. Raises NotAuthenticated."""
    require(claims.get("aud") == audience, "wrong audience")
    require(is_one_of(claims.get("iss"), issuers), "wrong issuer")
    require(claims.get("email_verified") is True, "unverified account")
    require(now <= seconds(claims, "exp") + SKEW, "expired")
    require(seconds(claims, "iat") <= now + SKEW, "issued in the future")
    require("nbf" not in claims or seconds(claims, "nbf") <= now + SKEW, "not valid yet")


def require(condition: bool, reason: str) -> None:
    if not condition:
        raise NotAuthenticated(f"The token does not prove who asks: {reason}.")


def is_one_of(value: object, allowed: frozenset[str]) -> bool:
    return isinstance(value, str) and value in allowed


def seconds(claims: Mapping[str, Any], name: str) -> int:
    """A time claim. Whole numbers only: booleans and NaN compare in surprising ways."""
    value = claims.get(name)
    if type(value) is not int:
        raise NotAuthenticated(f"The token's {name} is not a whole number.")
    return value


def bearer(authorization: Sequence[str]) -> str:
    """The token of the one Authorization header there must be. Raises NotAuthenticated."""
    require(len(authorization) == 1, f"{len(authorization)} Authorization headers instead of one")
    scheme, _, token = authorization[0].partition(" ")
    require(scheme.lower() == "bearer", "no bearer token")
    return token


def read(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Header and claims, nothing of them proved yet. Raises NotAuthenticated."""
    require(len(token) <= MAX_TOKEN, "it is too long")
    require(TOKEN.fullmatch(token) is not None, "it is no token")
    header, claims, _ = token.split(".")
    return json_object(header), json_object(claims)


def json_object(segment: str) -> Mapping[str, Any]:
    try:
        value = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)), parse_constant=not_json)
    except (ValueError, RecursionError) as error:
        raise NotAuthenticated("The token is not readable.") from error
    if not isinstance(value, dict):
        raise NotAuthenticated("The token is not readable.")
    return value


def not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def key_id(header: Mapping[str, Any]) -> str:
    """The signing key's id, in a header that asks for nothing but RS256. Raises NotAuthenticated."""
    require(header.get("alg") == "RS256", "wrong algorithm")
    require(not FOREIGN_KEYS & header.keys(), "the token brings its own key")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise NotAuthenticated("The token names no key.")
    return kid
