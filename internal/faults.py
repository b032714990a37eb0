"""Named points at which a test may kill this process, to see what survives.

Unarmed, `crash_point` is an empty function. `arm` is called by the composition root when
`CRASH_AT` is set, which the cloud profile refuses.
"""

import os
import signal
from collections.abc import Callable

#: every name that any job passes, as an undisturbed one first does; then those of the reconciler. The fault tests go
#: through all of them.
CRASH_POINTS = (
    "creating",
    "created",
    "enqueued",
    "leasing",
    "leased",
    "step started",
    "step done",
    "checkpoint kept",
    "chunk rendered",
    "chunk kept",
    "film joined",
    "film kept",
    "part copied",
    "copy verified",
    "copy final",
    "settling",
    "settled",
    "reconciled",
    "next enqueued",
)
#: those of a paid call, as a job whose photos are brought to life passes them: before the first "chunk rendered"
PAID_POINTS = ("intent kept", "order accepted", "operation kept", "clip known")


def _pass(_name: str) -> None:
    """Nothing is armed."""


_hook: Callable[[str], None] = _pass


def crash_point(name: str) -> None:
    _hook(name)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(where: str, strike: Callable[[], None] = _die) -> None:
    """`where` is "name" or "name:n" for the n-th time it is passed; `strike` is what happens there. Raises ValueError
    for an unknown name."""
    global _hook  # one switch for the process, thrown once at start
    name, _, count = where.partition(":")
    known = (*CRASH_POINTS, *PAID_POINTS)
    if name not in known:
        raise ValueError(f"CRASH_AT names {name!r}; it knows {', '.join(known)}")
    left = int(count or 1)

    def hook(passed: str) -> None:
        nonlocal left
        if passed == name:
            left -= 1
            if left == 0:
                strike()

    _hook = hook
