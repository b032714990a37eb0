"""Users and sessions: each question and each change is one statement."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, Executable, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from infra.postgres.connection import translate_errors
from infra.postgres.prepared import PreparedQuery
from infra.postgres.tables import SessionRow, UserRow
from internal.accounts import Person, Role, Session, User

USER, SESSION = UserRow.__table__, SessionRow.__table__  # type: ignore[attr-defined]  # set by SQLModel
NOW = func.clock_timestamp()
SHOWN = tuple(USER.c[name] for name in User.__dataclass_fields__)
#: with a `:sha256` parameter, as SQLAlchemy writes a statement that is for no dialect
LIVE_SESSION = str(
    select(*SHOWN, SESSION.c.expires_at)
    .join(SESSION, SESSION.c.user_id == USER.c.id)
    .where(SESSION.c.sha256 == bindparam("sha256"), SESSION.c.expires_at > NOW, USER.c.disabled_at.is_(None))
)


class SqlAccounts:
    """The part of the store that fills the port `Accounts`. `engine` must be in AUTOCOMMIT."""

    def __init__(self, engine: Engine) -> None:
        self._accounts = engine
        self._live_session = PreparedQuery(engine, LIVE_SESSION)

    def admit(self, person: Person) -> User:
        as_of_now = {"email": person.email, "name": person.name, "seen_at": NOW}
        first = {"id": str(uuid.uuid4()), "subject": person.subject, "role": Role.USER.value, "created_at": NOW}
        (row,) = self._run(
            upsert(USER)
            .values(**first, **as_of_now)
            .on_conflict_do_update(index_elements=["subject"], set_=as_of_now)
            .returning(*SHOWN)
        )
        return _user_of(row)

    def users(self) -> Sequence[User]:
        return [_user_of(row) for row in self._run(select(*SHOWN).order_by(USER.c.email, USER.c.created_at))]

    def set_role(self, user_id: str, role: Role) -> None:
        self._run(update(USER).where(USER.c.id == user_id).values(role=role.value))

    def disable(self, user_id: str) -> None:
        """The sessions go last: once the row says so, none of them counts."""
        self._run(update(USER).where(USER.c.id == user_id).values(disabled_at=func.coalesce(USER.c.disabled_at, NOW)))
        self._run(delete(SESSION).where(SESSION.c.user_id == user_id))

    def enable(self, user_id: str) -> None:
        self._run(update(USER).where(USER.c.id == user_id).values(disabled_at=None))

    def begin_session(self, sha256: str, user_id: str, lasting: timedelta) -> None:
        row = {"sha256": sha256, "user_id": user_id, "created_at": NOW, "expires_at": NOW + lasting}
        self._run(upsert(SESSION).values(**row))

    def session(self, sha256: str) -> Session | None:
        row = self._live_session.one(sha256=sha256)
        return Session(sha256, _user_of(row), row["expires_at"]) if row else None

    def renew_session(self, sha256: str, lasting: timedelta) -> None:
        live = (SESSION.c.sha256 == sha256, SESSION.c.expires_at > NOW)
        self._run(update(SESSION).where(*live).values(expires_at=NOW + lasting))

    def end_session(self, sha256: str) -> None:
        self._run(delete(SESSION).where(SESSION.c.sha256 == sha256))

    def _run(self, statement: Executable) -> Sequence[Mapping[str, Any]]:
        """Its rows, if it gives any."""
        with translate_errors(), self._accounts.connect() as connection:
            done = connection.execute(statement)
            return [dict(row) for row in done.mappings()] if done.returns_rows else []


def _user_of(row: Mapping[str, Any]) -> User:
    found = {name: row[name] for name in User.__dataclass_fields__}
    return User(**{**found, "role": Role(row["role"])})
