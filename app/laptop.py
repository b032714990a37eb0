"""The laptop's stack as a command needs it: the one that runs already, else one of its own that ends with it."""

import fcntl
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[1]
#: seconds for a stack that someone else is starting, and for ours to stop
STARTING, STOPPING = 60.0, 60.0


class StackFailed(Exception):
    """The message is one sentence for the person at the keyboard."""


@contextmanager
def running_stack(state: Path) -> Iterator[str]:
    """The address of the service on this state folder. Raises StackFailed."""
    if _is_claimed(state):
        yield _address_of_another(state)
        return
    stack = _start(state)
    try:
        yield _announced(stack)
    finally:
        _stop(stack)


def _is_claimed(state: Path) -> bool:
    """A supervisor locks this file for as long as it lives."""
    try:
        with (state / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False  # never used, or not ours to read: the supervisor will say so
    return False


def _address_of_another(state: Path) -> str:
    """It may be starting just now."""
    until = time.monotonic() + STARTING
    while time.monotonic() < until:
        with suppress(OSError, ValueError, KeyError):  # nothing written yet, or nobody answering yet
            url = str(json.loads((state / "settings.json").read_text())["public_url"])
            if requests.get(f"{url}/ready", timeout=5).ok:
                return url
        time.sleep(0.2)
    raise StackFailed(f"Daylog runs on {state} but does not answer: see the logs in {state / 'logs'}.")


def _start(state: Path) -> subprocess.Popen[str]:
    """In a session of its own: a Ctrl-C is ours to hear, and then to hand on."""
    command = [sys.executable, "-m", "infra.local", "--state", str(state.resolve()), "--once-ready-print-json"]
    return subprocess.Popen(
        [*_dies_with_us(), *command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _dies_with_us() -> Sequence[str]:
    """Where the kernel can do it (Linux), being killed without a word stops the stack, too."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _announced(stack: subprocess.Popen[str]) -> str:
    """What it says on standard output once ready; on standard error, why it is not."""
    assert stack.stdout
    assert stack.stderr
    line = stack.stdout.readline()
    if not line:
        said = stack.stderr.read().strip().splitlines()
        raise StackFailed(said[-1] if said else "Daylog did not start.")
    # it goes on reporting what it mends: read, so that it never waits for us
    threading.Thread(target=_pass_on, args=(stack,), daemon=True).start()
    return str(json.loads(line)["public_url"])


def _pass_on(stack: subprocess.Popen[str]) -> None:
    assert stack.stderr
    for line in stack.stderr:
        print(line, end="", file=sys.stderr, flush=True)


def _stop(stack: subprocess.Popen[str]) -> None:
    """Asked again (a second Ctrl-C), it stops by force."""
    stack.terminate()
    try:
        stack.wait(STOPPING)
    except BaseException:
        stack.terminate()
        stack.wait(STOPPING)
        raise
