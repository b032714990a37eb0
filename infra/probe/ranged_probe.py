"""MediaProbe by ranged reads in a limited child."""

from infra.decode import child
from infra.decode.budgets import MIB
from infra.decode.child import Limits
from infra.probe.look import look
from internal.media import Facts

LIMITS = Limits(memory=768 * MIB, cpu=5, wall=25.0)


class RangedProbe:
    """Reads what it must of the object, never all of a clip."""

    def probe(self, url: str, size: int) -> Facts:
        """Raises UnreadableMedia, and TemporaryFailure when the store is out of reach."""
        return Facts.model_validate(child.run(look, {"url": url, "size": size}, LIMITS))
