"""What every log line written during a delivery or a request says of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

NOTHING: Mapping[str, object] = MappingProxyType({})
_context: ContextVar[Mapping[str, object]] = ContextVar("log_context", default=NOTHING)


def log_context() -> Mapping[str, object]:
    return _context.get()


@contextmanager
def logged(**fields: object) -> Iterator[None]:
    """Add fields to every line logged inside the block, in this thread."""
    token = _context.set({**_context.get(), **fields})
    try:
        yield
    finally:
        _context.reset(token)
