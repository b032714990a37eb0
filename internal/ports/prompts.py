"""Published prompts: where their versions are kept for all who work on them, and may be tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from internal.prompts import Prompt


@dataclass(frozen=True)
class Published:
    """A version as it is kept there. What somebody saved there by hand counts as the version after the one before."""

    version: int
    text: str
    at: datetime


class PromptLibrary(Protocol):
    """Both raise PermanentFailure when we may not use it or it is not what we take it for, and TemporaryFailure while
    it is out of reach."""

    def versions(self, name: str) -> Sequence[Published]:
        """All that was published of a prompt, oldest first."""
        ...

    def publish(self, prompt: Prompt) -> None:
        """As the newest version. After a TemporaryFailure it may have become that: `versions` tells."""
        ...
