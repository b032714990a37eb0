"""What a vlog is billed for while Veo works for two minutes, and so what a month of vlogs costs.

Run alone, `python -m tests.bench.billing`, it prints both tables.
"""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import requests

from app.client import Client
from app.patience import Patience
from internal.ports import Services
from tests.bench.prices import MILLION, Used, billed, instance, table
from tests.bench.rows import Row
from tests.bench.running import Stack
from tests.media import make_day
from tests.stack import open_folder
from tests.vertex import Answer, Rule
from tests.vertex.server import serving
from tests.vertex.store import Bucket, Laptop
from tests.whole import whole_daylog

#: seconds; the clip lies there a little before, so that drawing it is not billed to us
VEO, DRAWN = 120.0, 112.0
#: seconds, as in the cloud
POLLS = {"first_poll": 45, "poll_every": 15}


class Watched(Patience):
    """Notes how long each request to the web took, in seconds."""

    def __init__(self, web: str) -> None:
        super().__init__()
        self._web = web
        self.took: list[float] = []

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        began = time.monotonic()
        try:
            return super().request(method, url, **more)
        finally:
            if url.startswith(self._web):
                self.took.append(time.monotonic() - began)


def measure() -> tuple[list[Row], list[str]]:
    """Rows, and the lines of the table of costs."""
    footage, generated = one_vlog("footage"), one_vlog("generated")
    return list(_rows(generated)), list(table(footage, generated))


def _rows(used: Used) -> Iterator[Row]:
    first, *polls, last = used.deliveries
    waiting, work = billed(polls), billed([first, last])
    million = [instance(seconds) * MILLION for seconds in (waiting, VEO)]
    yield Row(
        f"billed while Veo works for {VEO:.0f} s",
        f"{waiting:.1f} s, {len(polls)} polls ({waiting / VEO:.3f} × holding the request);"
        f" for a million vlogs ${million[0]:,.0f} instead of ${million[1]:,.0f}",
        "≤ 0.1 ×",
    )
    yield Row(
        "the same vlog, its analysis and rendering too",
        f"{work + waiting:.1f} s against {work + VEO:.1f} s ({(work + waiting) / (work + VEO):.2f} ×)",
        "–",
    )


def one_vlog(style: str) -> Used:
    """Of the sample day, with all settings as they are when nobody changes them, by Gemini's and Veo's stand-in."""
    with open_folder() as folder, serving(Bucket(Laptop(folder / "state").opened)) as google:
        google.script.add(Rule(on="submit", answer=Answer(seconds=VEO, object_after=DRAWN)))
        models = {"analyst": "gemini", "generator": "veo", "google_project": "local", "vertex_endpoint": google.url}
        (day := folder / "day").mkdir()
        with whole_daylog(folder / "state", **models, **POLLS) as url:
            web = Watched(url)
            vlog = _made(Client(url, web), make_day(day), style)
            return _used(Stack(url, folder / "state"), vlog, tuple(web.took))


def _made(client: Client, day: Sequence[Path], style: str) -> dict[str, Any]:
    media = [client.upload(path)["id"] for path in day]
    *_, vlog = client.watch(client.create_vlog(media, {"title": "The bill", "style": style}))
    assert vlog["status"] == "completed", vlog
    return dict(vlog)


def _used(stack: Stack, vlog: dict[str, Any], web: tuple[float, ...]) -> Used:
    services = stack.services()
    veo = sum(call.charged for call in services.store.ledger(vlog["id"]))
    media, films = list(services.media.list("media/")), list(services.media.list("vlogs/"))
    work = list(services.work.list(""))
    return Used(
        deliveries=_deliveries(services, vlog["id"], stack.state / "logs" / "cloud_tasks.log"),
        web_requests=web,
        media=sum(one.size for one in media),
        film=sum(one.size for one in films),
        work=sum(one.size for one in work),
        media_objects=len(media) + len(films),
        work_objects=len(work),
        gemini=vlog["cost"] - veo,
        veo=veo,
    )


def _deliveries(services: Services, vlog_id: str, log: Path) -> tuple[float, ...]:
    """Seconds of each, as the queue saw them, in the order in which they ended. The last ends after its film is there
    to be seen."""
    many = sum(event.kind == "leased" for event in services.store.events(vlog_id))
    until = time.monotonic() + 20
    while time.monotonic() < until:
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        deliveries = [one for one in lines if str(one.get("url")).endswith("/create-vlog")]
        if len(deliveries) == many:
            assert {one["status"] for one in deliveries} == {200}, deliveries
            return tuple(one["ms"] / 1000 for one in deliveries)
        time.sleep(0.2)
    raise TimeoutError(f"the queue tells of {len(deliveries)} deliveries, and the job of {many}")


if __name__ == "__main__":
    rows, costs = measure()
    print(*rows, "", *costs, sep="\n")
