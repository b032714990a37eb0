"""Waiting for an answer that cannot be hurried, and giving up when told to."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

#: how often `check` is called, in seconds
POLL = 0.1
Answer = TypeVar("Answer")


def patiently(ask: Callable[[], Answer], check: Callable[[], None]) -> Answer:
    """What `ask` returns or raises. What `check` raises ends the waiting; the question goes on alone, and nobody hears
    its answer."""
    future: Future[Answer] = Future()

    def work() -> None:
        try:
            future.set_result(ask())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=copy_context().run, args=(work,), name="question", daemon=True).start()
    while not future.done():
        check()
        wait([future], POLL)
    return future.result()
