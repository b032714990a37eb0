"""Starts every part of the stack, watches, restarts and stops them."""

import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from infra.local import orphans, state
from infra.local.parts import Child, Part, StackError, rotate
from infra.local.stack import APP, SERVERS, STOP_ORDER, Stack

#: a part that dies within SOON seconds of its start died quickly; after QUICK_DEATHS of those in a row we give up
SOON = 10.0
QUICK_DEATHS = 5
#: seconds before a restart: doubled with each quick death
FIRST_WAIT, LONGEST_WAIT = 0.1, 3.0
#: seconds for all parts to be ready
PATIENCE = 60.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Someone asked us to stop."""


@dataclass
class Deaths:
    """The quick deaths of one part in a row, and when it may start again."""

    quick: int = 0
    again_at: float | None = None

    def one_more(self, lived: float, now: float) -> None:
        self.quick = self.quick + 1 if lived < SOON else 1
        self.again_at = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self.quick - 1))

    @property
    def too_many(self) -> bool:
        return self.quick > QUICK_DEATHS


class Supervisor:
    """Of one state folder. `announce` is called once, when every part is ready."""

    def __init__(self, folder: Path, port: int, with_app: bool, announce: Callable[[Stack], None]) -> None:
        self._folder = folder.resolve()
        self._port = port
        self._names = (*SERVERS, *APP) if with_app else SERVERS
        self._announce = announce
        self._children: dict[str, Child] = {}
        self._deaths: dict[str, Deaths] = {}
        self._asked = 0

    def run(self) -> None:
        """Until someone asks it to stop. Raises StackError."""
        for name in STOP_SIGNALS:
            signal.signal(name, self._ask)
        with state.claimed(self._folder):
            orphans.sweep(str(self._folder))
            watcher = orphans.Watcher(str(self._folder))
            try:
                with state.in_words(self._folder):
                    self._start()
                self._watch()
            except Interrupted:
                return
            finally:
                self._stop()
                watcher.close()

    def _start(self) -> None:
        fixed = {"web": self._port} if self._port else {}
        stack = Stack(self._folder, state.chosen_ports(self._folder, (*SERVERS, *APP), fixed))
        # PostgreSQL's first start works before it forks, so the others get going first
        self._begin(stack, sorted(SERVERS, key=lambda name: name == "postgres"))
        stack.fill()
        stack.write_settings()
        if self._names != SERVERS:
            self._run_to_end(stack.migration())
            self._begin(stack, APP)
        self._announce(stack)

    def _begin(self, stack: Stack, names: Sequence[str]) -> None:
        """Start them side by side and wait until all are ready."""
        for name in names:
            self._children[name] = self._child(stack.part(name))
        waiting = [self._children[name] for name in names]
        until = time.monotonic() + PATIENCE
        while waiting:
            for child in waiting:
                if child.ended or time.monotonic() > until:
                    raise StackError(child.failure())
            waiting = [child for child in waiting if not child.ready]
            self._pause(0.02)

    def _run_to_end(self, part: Part) -> None:
        child = self._children[part.name] = self._child(part)
        while not child.ended:
            self._pause(0.02)
        if child.status != 0:
            raise StackError(child.failure())
        del self._children[part.name]

    def _child(self, part: Part) -> Child:
        log = self._folder / "logs" / f"{part.name}.log"
        rotate(log)
        return Child(part, str(self._folder), log)

    def _watch(self) -> None:
        while True:
            self._pause(0.1)
            for name, child in list(self._children.items()):
                if child.ended:
                    self._mend(name, child)

    def _mend(self, name: str, child: Child) -> None:
        """Note a death; start the part again when its time has come, on its old port."""
        now, deaths = time.monotonic(), self._deaths.setdefault(name, Deaths())
        if deaths.again_at is None:
            deaths.one_more(now - child.started_at, now)
            if deaths.too_many:
                raise StackError(f"{name} keeps dying, so Daylog stops: {child.failure()}")
            say(f"{child.failure()} Starting it again.")
            orphans.sweep(str(self._folder), name)  # what it started still holds its port
        elif now >= deaths.again_at:
            deaths.again_at = None
            self._children[name] = self._child(child.part)

    def _stop(self) -> None:
        """Users first, servers after them, then whatever is left."""
        for group in (("migrate",), *STOP_ORDER):
            group_children = [self._children[name] for name in group if name in self._children]
            for child in group_children:
                child.ask_to_stop()
            for child in group_children:
                child.finish(0 if self._asked > 1 else None)
        orphans.sweep(str(self._folder))

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        """Asked twice, we stop by force."""
        self._asked += 1

    def _pause(self, seconds: float) -> None:
        if self._asked:
            raise Interrupted
        time.sleep(seconds)


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
