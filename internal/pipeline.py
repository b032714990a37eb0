"""What a pipeline is: named steps, run in order, each leaving a checkpoint."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from internal.jobs import Job
from internal.ports import JobTx, Services


@dataclass(frozen=True)
class Done:
    """The step has finished; `output` is its checkpoint, as JSON."""

    output: Any = None


@dataclass(frozen=True)
class Wait:
    """Not ready yet: run this step again after `delay`. None: once a person has acted."""

    delay: timedelta | None


class Run(Protocol):
    """What a step is given: the job as leased, the ports, and a hold on the delivery it runs in."""

    @property
    def job(self) -> Job: ...

    @property
    def services(self) -> Services: ...

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Checkpoints of the steps before this one, by step name."""
        ...

    @property
    def folder(self) -> Path:
        """An empty folder of this delivery's own, removed when it ends."""
        ...

    def progress(self, fraction: float, message: str = "") -> None:
        """Show how far this step is, 0 to 1. Raises Stopped."""
        ...

    def check(self) -> None:
        """Call often. Raises Stopped when this delivery must end: cancelled, lease lost, shutting down, or
        too little time left."""
        ...

    def hold(self, length: timedelta) -> None:
        """Make sure that nobody else can take the job for so long. Raises Stopped, TemporaryFailure."""
        ...

    def rest(self, seconds: float) -> None:
        """Sleep, but stop when told to."""
        ...

    def write(self) -> AbstractContextManager[JobTx]:
        """A transaction that only the lease's holder can commit. Raises LeaseLost."""
        ...


def _always(_run: Run, _output: Any) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """`weight` is its share of the job's progress; raise `edition` when its output for equal input changes.
    `holds` is asked before a checkpoint is reused: whether the objects that its output names are still there."""

    name: str
    run: Callable[[Run], Done | Wait]
    weight: float = 1.0
    edition: int = 1
    holds: Callable[[Run, Any], bool] = _always


@dataclass(frozen=True)
class Outcome:
    """What came of the job, as JSON; partial when part of what was asked for is missing."""

    result: dict[str, Any]
    partial: bool = False


@dataclass(frozen=True)
class Pipeline:
    kind: str
    steps: tuple[Step, ...]
    finish: Callable[[Mapping[str, Any]], Outcome]
