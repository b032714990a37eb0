"""What a program and all it starts take: seconds, CPU, memory at the most."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from subprocess import PIPE, Popen

import psutil

#: seconds between two looks at their memory
_LOOK = 0.1
MIB = 1024 * 1024


@dataclass(frozen=True)
class Taken:
    """What it printed, and its peaks in MiB: `rss` counts a page once for each process that has it, `pss` once."""

    printed: str
    rss: float
    pss: float


def watched(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Taken:
    """Run it to its end. Raises CalledProcessError as a check of its exit code."""
    with Popen(command, stdout=PIPE, text=True, env=environment) as program:
        rss = pss = 0.0
        tree = psutil.Process(program.pid)
        while program.poll() is None:
            sizes = list(_sizes(tree))
            rss, pss = max(rss, sum(size[0] for size in sizes)), max(pss, sum(size[1] for size in sizes))
            time.sleep(_LOOK)
        assert program.stdout is not None
        printed = program.stdout.read()
    if program.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {program.returncode}: {printed}")
    return Taken(printed, rss, pss)


def _sizes(tree: psutil.Process) -> list[tuple[float, float]]:
    """RSS and PSS in MiB; of what has ended meanwhile, nothing."""
    sizes = []
    with suppress(psutil.NoSuchProcess):
        for process in [tree, *tree.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                memory = process.memory_full_info()
                sizes.append((memory.rss / MIB, memory.pss / MIB))
    return sizes


def cpu_of_tree() -> float:
    """Seconds of CPU that this process, its living children, and their children took so far. The latter must be
    ending: they count once they have ended."""
    while any(child.children() for child in psutil.Process().children()):
        time.sleep(_LOOK / 10)
    return sum(sum(process.cpu_times()[:4]) for process in [psutil.Process(), *psutil.Process().children()])
