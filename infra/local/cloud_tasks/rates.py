"""A token bucket: how many deliveries may start now."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bucket:
    """`level` tokens at time `at` (seconds, any monotonic clock); immutable, so each change is a new bucket."""

    level: float
    at: float

    def filled(self, rate: float, size: int, now: float) -> "Bucket":
        """After `rate` tokens a second have run in since; never more than `size`."""
        return Bucket(min(float(size), self.level + max(0.0, now - self.at) * rate), now)

    def take(self, tokens: int) -> "Bucket":
        return Bucket(self.level - tokens, self.at)

    def wait(self, rate: float) -> float:
        """Seconds until one token is there."""
        return max(0.0, (1.0 - self.level) / rate)
