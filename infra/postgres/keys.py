"""Idempotency keys: one answer for equal requests, however often and however close together they come.

After draft-ietf-httpapi-idempotency-key-header: equal request, kept answer; other request
under the same key, refused; still in flight, conflict.
"""

from datetime import timedelta

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from infra.postgres.transactions import IDEMPOTENCY, same_key
from internal.errors import Conflict, KeyReused
from internal.ports import Answer, KeyUse

NOW = func.clock_timestamp()


def claim(connection: Connection, use: KeyUse, busy_for: timedelta, keep_for: timedelta) -> Answer | None:
    """As `Store.claim_key`. The insert decides between requests that come at once."""
    connection.execute(delete(IDEMPOTENCY).where(*same_key(use), IDEMPOTENCY.c.expires_at <= NOW))
    row = {"owner_id": use.owner_id, "route": use.route, "key": use.key, "body_sha": use.body_sha}
    times = {"busy_until": NOW + busy_for, "expires_at": NOW + keep_for}
    claimed = upsert(IDEMPOTENCY).values(**row, **times).on_conflict_do_nothing().returning(IDEMPOTENCY.c.key)
    if connection.execute(claimed).one_or_none():
        return None
    busy = func.coalesce(IDEMPOTENCY.c.busy_until > NOW, False).label("busy")
    found = connection.execute(select(IDEMPOTENCY, busy).where(*same_key(use)).with_for_update()).mappings().one()
    if found["body_sha"] != use.body_sha:
        raise KeyReused("This Idempotency-Key was used for a different request: use a new one.", "Idempotency-Key")
    if found["status"] is not None:
        return Answer(found["status"], found["response"])
    if found["busy"]:
        raise Conflict("A request with this Idempotency-Key is still being worked on: try again soon.")
    connection.execute(update(IDEMPOTENCY).where(*same_key(use)).values(**times))
    return None


def release(connection: Connection, use: KeyUse) -> None:
    connection.execute(delete(IDEMPOTENCY).where(*same_key(use), IDEMPOTENCY.c.status.is_(None)))
