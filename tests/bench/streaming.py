"""Hundreds who listen and hundreds who poll, against one instance, while the vlogs they watch change.

`python -m tests.bench.streaming SECONDS` measures this alone.
"""

import asyncio
import random
import re
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import quantiles
from urllib.parse import urlsplit

import psutil

from internal.jobs import Job
from internal.media import Media, MediaState
from internal.ports import Services
from internal.times import Times
from internal.vlog import Vlog, VlogSettings
from tests.bench.rows import Row
from tests.bench.running import Stack, whole_stack

STREAMS, POLLERS, POLL_EVERY, SECONDS = 800, 300, 3.0, 120.0
#: watched by two streams each; and how many of their rows change in a second
VLOGS, CHANGES = 400, 40
MIB = 1024 * 1024
#: whoever works on the vlogs here has all the time there is
TIMES = Times(lease=timedelta(hours=6))
ETAG = re.compile(rb'ETag: W/"(\d+)"', re.IGNORECASE)
LENGTH = re.compile(rb"Content-Length: (\d+)", re.IGNORECASE)


@dataclass
class Seen:
    """What the clients met; times in seconds."""

    polls: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    rss: float = 0.0


class Changes:
    """Of the vlogs' rows: made in a thread, each noted once it is committed."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._media = Media(str(uuid.uuid4()), "local", f"media/local/{uuid.uuid4()}", "m.jpg", 1, MediaState.READY)
        with services.store.begin() as tx:
            tx.add_media(self._media, 1 << 40)
        self.jobs = [self._add(number) for number in range(VLOGS)]
        #: when each version of each vlog was committed, on the monotonic clock
        self.at: dict[str, dict[int, float]] = {job.id: {} for job in self.jobs}

    def _add(self, number: int) -> Job:
        vlog = Vlog(str(uuid.uuid4()), "local", VlogSettings(title=f"Bench {number}"), (self._media.id,))
        params = {"settings": vlog.settings.model_dump(mode="json"), "media": list(vlog.media_ids)}
        with self._services.store.begin() as tx:
            job = Job(vlog.id, "vlog", "local", params).created(tx.now).lease(tx.now, TIMES)
            tx.add_job(job)
            tx.add_vlog(vlog)
        return job

    @contextmanager
    def made(self) -> Iterator[None]:
        ended = threading.Event()
        thread = threading.Thread(target=self._make, args=(ended,))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _make(self, ended: threading.Event) -> None:
        while not ended.wait(1 / CHANGES):
            self._change(random.choice(self.jobs).id)

    def _change(self, vlog_id: str) -> None:
        with self._services.store.write(vlog_id) as tx:
            progress = tx.job.progress + (1 - tx.job.progress) / 50
            saved = tx.save(tx.job.advance("compose", progress, f"Scene {random.randint(1, 40)}"), "progress")
        self.at[vlog_id][saved.version] = time.monotonic()

    def newest(self, vlog_id: str) -> int:
        return max(self.at[vlog_id], default=1)


class Listener:
    """One stream; `version` is the last it was told."""

    def __init__(self, stack: Stack, vlog_id: str, changes: Changes, seen: Seen) -> None:
        self._address = urlsplit(stack.url)
        self.vlog_id = vlog_id
        self._changes = changes
        self._seen = seen
        self.version = 0

    async def run(self) -> None:
        reader, writer = await asyncio.open_connection(self._address.hostname, self._address.port)
        try:
            path = f"/api/vlogs/{self.vlog_id}/stream"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._address.netloc}\r\n\r\n".encode())
            status = await reader.readline()
            if b" 200 " not in status:
                self._seen.errors.append(f"a stream was answered {status!r}")
            async for line in reader:
                if line.startswith(b"id: "):
                    self._told(int(line[4:]))
            self._seen.errors.append("a stream ended")
        except OSError as error:
            self._seen.errors.append(f"a stream: {error!r}")
        finally:
            writer.close()

    def _told(self, version: int) -> None:
        """Its lag is that of the oldest change it tells of: several may be told as one."""
        if version <= self.version:
            self._seen.errors.append("a stream went back")
        committed = self._changes.at[self.vlog_id].get(self.version + 1) if self.version else None
        if committed:
            self._seen.lags.append(time.monotonic() - committed)
        self.version = version


async def poll(stack: Stack, vlog_id: str, seen: Seen) -> None:
    """For ever, with the ETag of the last answer, on one connection."""
    address, version = urlsplit(stack.url), 0
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        await asyncio.sleep(random.uniform(0, POLL_EVERY))
        while True:
            asked_at = time.monotonic()
            head = [f"GET /api/vlogs/{vlog_id} HTTP/1.1", f"Host: {address.netloc}", f'If-None-Match: W/"{version}"']
            writer.write("\r\n".join([*head, "", ""]).encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            if length := LENGTH.search(answer):
                await reader.readexactly(int(length[1]))
            seen.polls.append(time.monotonic() - asked_at)
            told = ETAG.search(answer)
            if not told or int(told[1]) < version:
                seen.errors.append(f"a poll was answered {answer[:40]!r}")
                return
            version = int(told[1])
            await asyncio.sleep(POLL_EVERY)
    except (OSError, EOFError) as error:
        seen.errors.append(f"a poll: {error!r}")
    finally:
        writer.close()


async def load(stack: Stack, changes: Changes, seen: Seen, seconds: float) -> None:
    """All of them at once, and then what was changed last must arrive everywhere."""
    ids = [job.id for job in changes.jobs]
    listeners = [Listener(stack, ids[number % VLOGS], changes, seen) for number in range(STREAMS)]
    clients = [asyncio.create_task(listener.run()) for listener in listeners]
    while not all(listener.version or client.done() for listener, client in zip(listeners, clients, strict=True)):
        await asyncio.sleep(0.1)
    clients += [asyncio.create_task(poll(stack, random.choice(ids), seen)) for _ in range(POLLERS)]
    until = time.monotonic() + seconds
    with changes.made():
        while time.monotonic() < until:
            seen.rss = max(seen.rss, rss_of_web(stack))
            await asyncio.sleep(1)
    await asyncio.sleep(2)
    late = [listener for listener in listeners if listener.version < changes.newest(listener.vlog_id)]
    seen.errors += ["a change did not arrive"] * len(late)
    for client in clients:
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)


def rss_of_web(stack: Stack) -> float:
    """MiB, of gunicorn's two processes."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        environment = process.info["environ"] or {}
        if environment.get("STATE") == str(stack.state) and environment.get("SERVE") == "web":
            found.append(process.memory_info().rss)
    return sum(found) / MIB


def measure(stack: Stack, seconds: float = SECONDS) -> Row:
    seen = Seen()
    asyncio.run(load(stack, Changes(stack.services()), seen, seconds))
    for error in sorted(set(seen.errors)):
        print(f"{seen.errors.count(error)} × {error}", file=sys.stderr)
    polls, lags = quantiles(seen.polls, n=100), quantiles(seen.lags, n=100)
    return Row(
        f"{STREAMS} streams, {POLLERS} pollers ({POLL_EVERY:.0f} s), {CHANGES} changes a second, for {seconds:.0f} s",
        f"polls: p99 {polls[-1] * 1000:.0f} ms, worst {max(seen.polls) * 1000:.0f} ms of {len(seen.polls)}; "
        f"events: p99 {lags[-1]:.2f} s, worst {max(seen.lags):.2f} s of {len(seen.lags)}; "
        f"RSS at most {seen.rss:.0f} MiB; {len(seen.errors)} errors",
        "polls p99 < 300 ms, events < 1 s, < 512 MB, 0 errors",
    )


if __name__ == "__main__":
    with whole_stack(streams_per_user=STREAMS) as running:
        print(measure(running, float(sys.argv[1])))
