"""How fast a film gets from one store to the other, beside the vendors' own calls for it, and in how much memory."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
from boto3.s3.transfer import TransferConfig
from google.cloud.storage import transfer_manager

from infra.media_store.r2 import CONFIG
from infra.work_store.gcs import GcsWorkStore
from internal.uploads import PART
from tests.bench.rows import Row
from tests.big_objects import MIB, lay
from tests.stack import ObjectServer, one_fake_gcs, one_r2

SIZE = 2048 * MIB
SOURCE = "films/film.mp4"
#: how many at once: the vendors' calls are given the one that is best for them
TRIED = (2, 4)


def measure() -> Row:
    with one_fake_gcs() as work, one_r2() as media, TemporaryDirectory() as folder:
        lay(work, SOURCE, SIZE)
        film = Path(folder, "film.mp4")
        runs = [
            (*_ours(work, media), _seconds(_download, work, film, workers), _seconds(_upload, media, film, workers))
            for workers in TRIED
        ]
    ours, down, up = (min(run[column] for run in runs) for column in (0, 2, 3))
    peak = max(run[1] for run in runs)
    return Row(
        "2 GiB from the work store to the media store, checked",
        f"{(down + up) / ours:.2f} × the speed of download, then upload, by the SDKs alone"
        f" ({ours:.1f} against {down:.1f} + {up:.1f} s); RSS at most {peak * MIB / 1e6:.0f} MB",
        "≥ 0.8 ×, ≤ 100 MB",
    )


def _ours(work: ObjectServer, media: ObjectServer) -> tuple[float, float]:
    """Seconds, MiB."""
    where = [work.endpoint, work.bucket, str(work.certificate)]
    where += [media.endpoint, media.bucket, media.access_key, media.secret_key]
    command = [sys.executable, "-m", "tests.bench.handing_over", SOURCE, *where]
    seconds, peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(seconds), float(peak)


def _seconds(do: Callable[[ObjectServer, Path, int], None], server: ObjectServer, film: Path, workers: int) -> float:
    began = time.monotonic()
    do(server, film, workers)
    return time.monotonic() - began


def _download(work: ObjectServer, film: Path, workers: int) -> None:
    """By threads: processes of its own take longer here."""
    store = GcsWorkStore(work.endpoint, work.bucket, work.certificate)
    blob = store._bucket().get_blob(SOURCE)
    transfer_manager.download_chunks_concurrently(
        blob, str(film), chunk_size=PART, worker_type=transfer_manager.THREAD, max_workers=workers
    )
    assert film.stat().st_size == SIZE
    store.close()


def _upload(media: ObjectServer, film: Path, workers: int) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=media.endpoint,
        region_name="auto",
        aws_access_key_id=media.access_key,
        aws_secret_access_key=media.secret_key,
        config=CONFIG,
    )
    wishes = TransferConfig(multipart_chunksize=PART, max_concurrency=workers)
    client.upload_file(str(film), media.bucket, "film.mp4", Config=wishes)
    client.delete_object(Bucket=media.bucket, Key="film.mp4")
    client.close()
