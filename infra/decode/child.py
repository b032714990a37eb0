"""Running one function on hostile input in a child process with hard limits.

A child is forked from `infra.decode.forkserver`, which has the decoders imported, so it costs
milliseconds. Only JSON crosses back: whatever takes a child over can lie, but cannot make us run
anything. A child ends when its work does, when it passes a limit, when we say so, and by the
kernel when we are gone.
"""

import json
import logging
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Self

from infra.decode.messages import LONGEST_ANSWER, PID_BYTES, REFUSALS, Limits, Outcome
from infra.decode.spawn import FORKSERVER
from internal.errors import BrokenMedia, HeavyMedia, StorageFull, TemporaryFailure, UnreadableMedia

__all__ = ["Child", "Limits", "run"]

_log = logging.getLogger(__name__)
#: how often `check` is called while waiting, in seconds
POLL = 0.1
TOO_SLOW = "Decoding it takes longer than we allow. Make it shorter or smaller."
BROKEN = "It cannot be decoded: it is damaged, or made in a way we do not know."
DIED = "Decoding it broke the decoder or took more than we allow. It is damaged, or far too large."


def run(
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    limits: Limits,
    check: Callable[[], None] | None = None,
) -> Any:
    """What the function returns, its arguments and answer going through JSON. It must be importable by name.

    `check` is called about ten times a second; what it raises ends the child. Raises
    UnreadableMedia (raised by the function, or the child broke a limit, crashed or answered
    nonsense), TemporaryFailure and StorageFull as the function does.
    """
    with Child(function, arguments, limits) as child:
        while not child.finished():
            if check is not None:
                check()
            child.finished(POLL)
        return child.result()


class Child:
    """A running child; leaving its `with` block ends it and every process it started."""

    def __init__(self, function: Callable[..., Any], arguments: Mapping[str, Any], limits: Limits) -> None:
        """Raises TemporaryFailure when no process can be started."""
        self._until = time.monotonic() + limits.wall
        self._answer = b""
        self._over = False
        self._socket, self._lifeline = FORKSERVER.fork(function.__module__)
        try:
            self._pid = _receive_pid(self._socket)
            self._send(f"{function.__module__}:{function.__qualname__}", arguments, limits)
        except BaseException:
            self._close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def fileno(self) -> int:
        """For `select` over many children: readable when there is news for `finished`."""
        return self._socket.fileno()

    def finished(self, timeout: float = 0.0) -> bool:
        """Whether it has ended, waiting up to `timeout` seconds for that."""
        if not self._over and _readable(self._socket, timeout):
            self._receive()
        if not self._over and time.monotonic() > self._until:
            self._answer = json.dumps([Outcome.UNREADABLE, [HeavyMedia.code, TOO_SLOW, ""]]).encode()
            self.kill()
        return self._over

    def result(self) -> Any:
        """What the function returned, once finished. Raises as `run`."""
        outcome, value = _parse(self._answer)
        match outcome:
            case Outcome.DONE:
                return value
            case Outcome.TEMPORARY:
                raise TemporaryFailure(str(value))
            case Outcome.FULL:
                raise StorageFull(str(value))
            case Outcome.UNREADABLE:
                raise _refusal(value)
            case Outcome.BROKEN:
                _log.warning("a decoder raised what nobody foresaw", extra={"trace": str(value)})
                raise BrokenMedia(BROKEN)

    def kill(self) -> None:
        if self._socket.fileno() >= 0:
            self._over = True
            with suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGKILL)
            self._close()

    def _send(self, function: str, arguments: Mapping[str, Any], limits: Limits) -> None:
        request = {"function": function, "arguments": arguments, "limits": asdict(limits)}
        with suppress(BrokenPipeError):  # it died at once: `finished` and `result` will say so
            self._socket.sendall(json.dumps(request).encode())
            self._socket.shutdown(socket.SHUT_WR)

    def _receive(self) -> None:
        try:
            block = self._socket.recv(65536)
        except ConnectionResetError:
            block = b""
        self._answer += block
        if len(self._answer) > LONGEST_ANSWER:
            block = self._answer = b""
        if not block:
            self.kill()

    def _close(self) -> None:
        os.close(self._lifeline)
        self._socket.close()


def _readable(channel: socket.socket, timeout: float) -> bool:
    poller = select.poll()  # `select.select` fails past 1024 open files
    poller.register(channel, select.POLLIN)
    return bool(poller.poll(timeout * 1000))


def _receive_pid(channel: socket.socket) -> int:
    """Sent before anything hostile is read, so it can be believed."""
    pid = channel.recv(PID_BYTES, socket.MSG_WAITALL)
    if len(pid) < PID_BYTES:
        raise TemporaryFailure("No process for decoding can be started.")
    return int.from_bytes(pid, "big")


def _parse(answer: bytes) -> tuple[Outcome, Any]:
    try:
        outcome, value = json.loads(answer)
        return Outcome(outcome), value
    except (ValueError, TypeError, RecursionError):
        raise BrokenMedia(DIED) from None


def _refusal(value: Any) -> UnreadableMedia:
    """Of any shape, if the child was taken over."""
    try:
        code, reason, field = value
        return REFUSALS[code](str(reason), str(field) or None)
    except (ValueError, TypeError, KeyError):
        return BrokenMedia(DIED)
