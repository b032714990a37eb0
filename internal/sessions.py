"""Signing in and out: a session begins for those who are allowed, and its secret is kept by them alone."""

import hashlib
import secrets
from datetime import timedelta

from internal.accounts import AllowList, Person, User
from internal.errors import AccountClosed, NotInvited
from internal.ports import Accounts

#: of randomness in a secret: not to be guessed, so its hash needs neither salt nor slowness
SECRET_BYTES = 32


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def begin(accounts: Accounts, allowed: AllowList, person: Person, lasting: timedelta) -> tuple[User, str]:
    """The user, and the new session's secret. Raises NotInvited, AccountClosed; then there is no session."""
    if not allowed.admits(person.email):
        raise NotInvited("Your address is not on the list of those who may use this Daylog.")
    user = accounts.admit(person)
    if user.disabled_at:
        raise AccountClosed("Your account was closed. Ask whoever runs this Daylog.")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    accounts.begin_session(hash_of(secret), user.id, lasting)
    return user, secret
