"""A port that is filled when it is first used."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

Port = TypeVar("Port")


def when_used(make: Callable[[], Port]) -> Port:
    """Stands for what `make` returns, and calls it once, in whichever thread comes first."""
    return cast(Port, _WhenUsed(make))


class _WhenUsed:
    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        """Called only for what this object lacks: the first answer for each name is kept on it."""
        with self._lock:
            if "_made" not in vars(self):
                self._made = self._make()
        return getattr(self._made, name)
