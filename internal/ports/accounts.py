"""Users, their sessions, and how somebody proves who they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from internal.accounts import Person, Role, Session, User


class Accounts(Protocol):
    """The rows of users and sessions. Raises TemporaryFailure when the database is out of reach."""

    def admit(self, person: Person) -> User:
        """Their user, made the first time; address, name and `seen_at` are as of now, also of one disabled."""
        ...

    def users(self) -> Sequence[User]:
        """All, by address."""
        ...

    def set_role(self, user_id: str, role: Role) -> None: ...

    def disable(self, user_id: str) -> None:
        """And end all their sessions."""
        ...

    def enable(self, user_id: str) -> None: ...

    def begin_session(self, sha256: str, user_id: str, lasting: timedelta) -> None: ...

    def session(self, sha256: str) -> Session | None:
        """One round trip. None when it has ended or expired, or its user is disabled."""
        ...

    def renew_session(self, sha256: str, lasting: timedelta) -> None:
        """It lasts for so long from now; one that has ended stays so."""
        ...

    def end_session(self, sha256: str) -> None: ...


@dataclass(frozen=True)
class Trip:
    """What the two ends of one trip of a browser to the sign-in and back have in common: `state` ties the way back to
    the browser, `nonce` the ID token to this trip, and only who has `verifier` may redeem the code (RFC 7636)."""

    state: str
    nonce: str
    verifier: str


class SignIn(Protocol):
    """An OpenID Connect provider. Raises TemporaryFailure when it is out of reach."""

    def address(self, trip: Trip) -> str:
        """Where to send the browser, which comes back to `/sign-in/callback` with `state` and `code`."""
        ...

    def redeem(self, code: str, trip: Trip) -> Person:
        """Raises NotAuthenticated unless the code was given for this trip, and not redeemed before."""
        ...

    def identify(self, id_token: str) -> Person:
        """Whom a token proves that a program has fetched for us. Raises NotAuthenticated."""
        ...
