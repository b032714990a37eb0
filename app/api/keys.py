"""Idempotency-Key: a request sent again is not done again.

After draft-ietf-httpapi-idempotency-key-header: an equal request gets the answer kept for it,
another one under the same key is refused, and one whose first sending failed is done anew.
"""

import logging
import re
from collections.abc import Callable
from datetime import timedelta

from flask import request

from app.identity import current_user
from app.services import services
from internal.errors import InvalidInput, TemporaryFailure
from internal.ports import Answer, KeyUse, Tx

log = logging.getLogger(__name__)

HEADER = "Idempotency-Key"
KEPT_FOR, BUSY_FOR = timedelta(hours=24), timedelta(seconds=60)
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")

#: called in the transaction that does what was asked for
Keep = Callable[[Tx, Answer], None]


def once(route: str, fingerprint: Callable[[], str], do: Callable[[Keep], Answer]) -> Answer:
    """What `do` answers, or what it answered to an equal request with the same key. Raises InvalidInput, KeyReused,
    Conflict while the first is in flight, and whatever `do` raises."""
    key = _key()
    if key is None:
        return do(lambda tx, answer: None)
    use = KeyUse(current_user().id, route, key, fingerprint())
    kept = services().store.claim_key(use, BUSY_FOR, KEPT_FOR)
    if kept:
        return kept
    try:
        return do(lambda tx, answer: tx.keep_answer(use, answer))
    except BaseException:
        _release(use)
        raise


def _key() -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not _VISIBLE.fullmatch(key):
        raise InvalidInput(f"{HEADER} should have 1 to 255 visible ASCII characters and no spaces.", HEADER)
    return key


def _release(use: KeyUse) -> None:
    try:
        services().store.release_key(use)
    except TemporaryFailure as error:
        log.warning("an Idempotency-Key stays busy for %s: %s", BUSY_FOR, error)
