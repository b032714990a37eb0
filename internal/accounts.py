"""Who uses Daylog: who may come in, what they may do, and where they are signed in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

#: `someone@example.org`, or `@example.org` for everyone there; in ASCII, where equal letters are equal bytes
_ENTRY = re.compile(r"[^@\s,;]*@[^@\s,;]+", re.ASCII)


class Role(StrEnum):
    USER = "user"
    #: sees everybody's jobs
    ADMIN = "admin"


@dataclass(frozen=True)
class Person:
    """Whom a sign-in has proved. `subject` is its own name for them, which never changes, unlike an address."""

    subject: str
    email: str
    name: str


@dataclass(frozen=True)
class User:
    """Somebody who has signed in, and is the owner of what they make. `role` is an operator's decision alone."""

    id: str
    email: str
    name: str
    role: Role = Role.USER
    seen_at: datetime | None = None
    disabled_at: datetime | None = None


@dataclass(frozen=True)
class Session:
    """One place where a user is signed in, known by the SHA-256 of its secret, in hexadecimal digits."""

    sha256: str
    user: User
    expires_at: datetime


class AllowList:
    """Who may sign in: addresses (`someone@example.org`) and domains (`@example.org`, which does not include
    `@sub.example.org`). An empty one allows nobody. Raises ValueError for anything else."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries = frozenset(entry.strip().lower() for entry in entries)
        if wrong := [entry for entry in self._entries if not (entry.isascii() and _ENTRY.fullmatch(entry))]:
            raise ValueError(f"{', '.join(sorted(wrong))}: neither someone@example.org nor @example.org")

    def admits(self, email: str) -> bool:
        """`email` is one that its issuer has verified. Letters beyond ASCII are refused: some of them are lower-cased
        to ASCII ones, and would pass for another address."""
        if not (email.isascii() and _ENTRY.fullmatch(email)):
            return False
        address = email.lower()
        return bool({address, address[address.index("@") :]} & self._entries)
