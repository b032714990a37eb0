"""When a failed task is tried again, and when it is given up.

Source: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues#RetryConfig
"""

from dataclasses import dataclass
from email.utils import parsedate_to_datetime

LONGEST = 30 * 86400.0


@dataclass(frozen=True)
class RetryPolicy:
    """Times in seconds. `max_attempts` −1: no limit; `max_age` 0: no limit."""

    max_attempts: int
    max_age: float
    min_backoff: float
    max_backoff: float
    max_doublings: int

    def backoff(self, attempts: int) -> float:
        """How long to wait after that many attempts have failed (1 or more).

        min, 2 min, 4 min … for `max_doublings` doublings, then growing by 2^max_doublings · min each time, never
        over max. With 10 s, 300 s and 3: 10 20 40 80 160 240 300 300 …
        """
        doublings = min(attempts - 1, self.max_doublings)
        linear = max(1, attempts - self.max_doublings)
        # No doubling is worth computing past the largest float.
        return min(self.max_backoff, self.min_backoff * 2.0 ** min(doublings, 512) * linear)

    def exhausted(self, attempts: int, age: float) -> bool:
        """Whether to give up after `attempts`, `age` seconds after the first: every limit set must be reached."""
        reached = []
        if self.max_attempts > 0:
            reached.append(attempts >= self.max_attempts)
        if self.max_age > 0:
            reached.append(age >= self.max_age)
        return bool(reached) and all(reached)


def retry_after_seconds(header: str | None, now: float) -> float:
    """What a Retry-After header asks for (RFC 9110 §10.2.3: seconds or a date); 0 when absent or not understood."""
    if header is None:
        return 0.0
    if header.isascii() and header.isdigit():
        return float(min(int(header[:18]), LONGEST))
    try:
        return min(max(0.0, parsedate_to_datetime(header).timestamp() - now), LONGEST)
    except (ValueError, OverflowError):
        return 0.0
