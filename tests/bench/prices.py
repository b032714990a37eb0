"""What the cloud asks for what one vlog uses, and so what a month of them costs.

Prices are in US dollars, region us-central1, on demand, without tax, as the vendors' price pages
(cloud.google.com/run/pricing, /tasks/docs/pricing, /storage/pricing, /sql/pricing;
developers.cloudflare.com/r2/pricing)
or others that cite them had them in 2026. None was held against a bill; that of Cloud SQL's disk has no source. The
models' are where the product counts with them: `infra/analyst/prices.py`, `infra/generator/veo.py`.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

GB, MILLION = 1e9, 1e6
HOURS, MINUTES = 730, 43_800  # of a month


@dataclass(frozen=True)
class Price:
    """Of one unit; so many units of a month are free."""

    usd: float
    free: float = 0.0

    def of(self, units: float) -> float:
        return max(0.0, units - self.free) * self.usd


#: an API call, or a delivery
TASKS = Price(0.40 / MILLION, free=MILLION)
#: requests; seconds of a vCPU and of a GiB while requests are answered, each request in tenths of a second
REQUESTS = Price(0.40 / MILLION, free=2 * MILLION)
CPU, MEMORY = Price(0.000024, free=180_000), Price(0.0000025, free=360_000)
TENTH = 0.1
#: GB that leave Google for R2; the first price of several, the highest
EGRESS = Price(0.12, free=1)
#: GB for a month; operations that write or list, and that read
GCS_KEPT, GCS_WRITES, GCS_READS = Price(0.020), Price(5.00 / MILLION), Price(0.40 / MILLION)
R2_KEPT = Price(0.015, free=10)
R2_WRITES, R2_READS = Price(4.50 / MILLION, free=MILLION), Price(0.36 / MILLION, free=10 * MILLION)
#: hours of a vCPU and of a GB; GB of SSD for a month. Enterprise edition, one zone
SQL_CPU, SQL_MEMORY, SQL_DISK = Price(0.0413), Price(0.007), Price(0.17)

#: vCPU and GiB; files lie in memory there
WORKER, WEB = (2, 4), (1, 0.5)
#: up to so many vlogs a month: vCPU, GB of memory, GB of disk
DATABASES = {10_000: (1, 3.75, 10), 1_000_000: (2, 7.5, 100)}
VLOGS = (100, 1_000, 10_000, 1_000_000)


@dataclass(frozen=True)
class Used:
    """By one vlog, from its first upload to its film's last poll."""

    #: seconds of each
    deliveries: tuple[float, ...]
    web_requests: tuple[float, ...]
    #: bytes that are kept: what came in, what went out, what lies in the work store
    media: int
    film: int
    work: int
    #: objects
    media_objects: int
    work_objects: int
    #: US dollars
    gemini: float
    veo: float


def billed(seconds: Iterable[float]) -> float:
    """As Cloud Run counts requests that share an instance with no other."""
    return sum(math.ceil(round(one / TENTH, 6)) * TENTH for one in seconds)


def instance(seconds: float) -> float:
    """Of a worker's, beyond what is free."""
    return seconds * (WORKER[0] * CPU.usd + WORKER[1] * MEMORY.usd)


def tasks(used: Used, vlogs: int) -> float:
    """Each dispatch is created and delivered."""
    return TASKS.of(2 * len(used.deliveries) * vlogs)


def run(used: Used, vlogs: int) -> float:
    """With the reconciler, which the scheduler calls each minute."""
    worker = billed(used.deliveries) * vlogs + TENTH * MINUTES
    web = billed(used.web_requests) * vlogs
    requests = (len(used.deliveries) + len(used.web_requests)) * vlogs + MINUTES
    cpu, memory = (worker * WORKER[which] + web * WEB[which] for which in (0, 1))
    return CPU.of(cpu) + MEMORY.of(memory) + REQUESTS.of(requests)


def stores(used: Used, vlogs: int) -> float:
    """All of a month's media and films kept for a month, and pieces of them, too. A film leaves Google once; what is
    watched and uploaded costs nothing at R2. Each object is written, listed and read once, and again to be checked."""
    kept = R2_KEPT.of((used.media + used.film) * vlogs / GB) + GCS_KEPT.of(used.work * vlogs / GB)
    gcs = GCS_WRITES.of(2 * used.work_objects * vlogs) + GCS_READS.of(2 * used.work_objects * vlogs)
    r2 = R2_WRITES.of(2 * used.media_objects * vlogs) + R2_READS.of(2 * used.media_objects * vlogs)
    return kept + gcs + r2 + EGRESS.of(used.film * vlogs / GB)


def database(vlogs: int) -> float:
    cpus, memory, disk = next(size for most, size in DATABASES.items() if vlogs <= most)
    return SQL_CPU.of(cpus * HOURS) + SQL_MEMORY.of(memory * HOURS) + SQL_DISK.of(disk)


def table(footage: Used, generated: Used) -> Iterator[str]:
    """In the README's form."""
    heads = "vlogs a month", "Cloud Tasks", "Cloud Run", "stores", "Cloud SQL", "Gemini", "**footage**", "Veo"
    yield _row(*heads, "**generated**")
    yield _row(*["---:"] * 9)
    for vlogs in VLOGS:
        gemini, veo = footage.gemini * vlogs, generated.veo * vlogs
        parts = tasks(footage, vlogs), run(footage, vlogs), stores(footage, vlogs), database(vlogs), gemini
        others = tasks(generated, vlogs) + run(generated, vlogs) + stores(generated, vlogs) + database(vlogs)
        shown = *parts, sum(parts), veo, others + generated.gemini * vlogs + veo
        yield _row(f"{vlogs:,}", *(f"${usd:,.2f}" for usd in shown))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
