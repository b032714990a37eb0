"""Seats for streams: fewer than there are threads, so that everything else is always answered, and only some of them
for one user."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from internal.errors import TemporaryFailure

#: seconds until who found none may ask again: spread, so that they do not all come at once
AGAIN = (3, 15)


class Seats:
    def __init__(self, most: int, most_each: int) -> None:
        self._most = most
        self._most_each = most_each
        # a stream that nobody closed is closed by the collector of garbage, which may come while we hold this
        self._lock = threading.RLock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, user_id: str) -> Iterator[None]:
        """One of them, until the block ends. Raises TemporaryFailure when there is none."""
        with self._lock:
            if self._taken.total() >= self._most:
                raise TemporaryFailure("Too many are watching just now: poll instead.", random.randint(*AGAIN))
            if self._taken[user_id] >= self._most_each:
                raise TemporaryFailure("You are watching too many vlogs at once: poll instead.", random.randint(*AGAIN))
            self._taken[user_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[user_id] -= 1
                if not self._taken[user_id]:
                    del self._taken[user_id]
