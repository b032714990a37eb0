"""Containers of the image, with its own user and command, on this machine's loopback."""

import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from infra.local.parts import answers
from infra.local.ports import free_port
from tests.image.building import Image
from tests.image.tool import buildah
from tests.image.tool import command as of_buildah
from tests.queue_server import wait_until

#: seconds until it serves, and until it has ended: only a fault reaches them
PATIENCE = 60.0


@contextmanager
def made(image: Image) -> Iterator[str]:
    """The name of a container that does not run yet."""
    name = buildah("from", "--pull=never", image.id)
    try:
        yield name
    finally:
        buildah("rm", name)


def to_run(name: str, command: Sequence[str], env: Mapping[str, str], shared: Sequence[Path] = ()) -> list[str]:
    """The command line that starts it. `shared`: files of ours that it may read."""
    variables = [f"--env={key}={value}" for key, value in env.items()]
    files = [f"--volume={path}:{path}:ro" for path in shared]
    return of_buildah("run", "--isolation=chroot", *variables, *files, name, "--", *command)


def said(image: Image, *command: str, env: Mapping[str, str] | None = None) -> str:
    """What that command prints in a container of its own. Raises AssertionError with all of it when it fails."""
    with made(image) as name:
        done = subprocess.run(to_run(name, command, env or {}), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Container:
    """One that serves on `port`. `ready_after`: seconds from its start to its first answer."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path, *shared: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        # the image's servers listen to everybody, as Cloud Run wants it; here nobody else shall reach them
        alone = {"HOST": "127.0.0.1", "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{self.port}", "PORT": str(self.port)}
        started = time.monotonic()
        with log.open("w") as lines:
            self._run = subprocess.Popen(to_run(name, command, {**alone, **env}, shared), stdout=lines, stderr=lines)
        wait_until(lambda: self._run.poll() is not None or answers(f"{self.url}/healthz"), PATIENCE)
        self.ready_after = time.monotonic() - started
        assert self._run.poll() is None, log.read_text()

    @property
    def first(self) -> psutil.Process:
        """The process that a container runtime tells to end: here it is run by buildah's own."""
        process = psutil.Process(self._run.pid)
        while process.cmdline()[0].startswith("buildah"):
            process = process.children()[0]
        return process

    def family(self) -> list[psutil.Process]:
        return [self.first, *self.first.children(recursive=True)]

    def end(self) -> float:
        """As Cloud Run ends it; returns the seconds it took."""
        started = time.monotonic()
        self.first.send_signal(signal.SIGTERM)
        self._run.wait(PATIENCE)
        return time.monotonic() - started

    def close(self) -> None:
        """With all it started, by force what does not end by itself."""
        if self._run.poll() is None:
            family = self.family()
            family[0].terminate()
            for process in psutil.wait_procs(family, timeout=15)[1]:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        self._run.wait(PATIENCE)


@contextmanager
def serving(
    image: Image, env: Mapping[str, str], log: Path, *shared: Path, command: Sequence[str] = ()
) -> Iterator[Container]:
    """A container that answers, with the image's own command unless another is given."""
    with made(image) as name:
        container = Container(name, command or image.command, env, log, *shared)
        try:
            yield container
        finally:
            container.close()
