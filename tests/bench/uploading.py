"""How fast a gigabyte gets from the page in a browser into the media store, beside curl with the same file."""

import subprocess
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
from playwright.sync_api import Page, expect, sync_playwright

from infra.media_store.r2 import CONFIG
from tests.bench.rows import Row
from tests.bench.running import Stack
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.media import make_tiny

SIZE = 1000 * 1000 * 1000
RUNS = 2
LIFETIME = timedelta(hours=1)
#: milliseconds
PATIENCE = 300_000


def measure(stack: Stack) -> Row:
    with TemporaryDirectory() as folder:
        file = _long_photo(Path(folder))
        runs = [(_by_curl(stack, file), *_by_the_page(stack, file)) for _ in range(RUNS)]
    curl, page, ready = (min(run[column] for run in runs) for column in range(3))
    return Row(
        "1 GB uploaded by the page",
        f"{curl / page:.2f} × the speed of `curl -T` ({SIZE / page / 1e6:.0f} against {SIZE / curl / 1e6:.0f} MB/s);"
        f" joined, looked at and ready {ready - page:.1f} s later",
        "≥ 0.8 ×",
    )


def _long_photo(folder: Path) -> Path:
    """A photo with nothing behind it: what it holds makes no difference on its way."""
    photo, *_ = make_tiny(folder)
    with photo.open("r+b") as file:
        file.truncate(SIZE)
    return photo


def _by_curl(stack: Stack, file: Path) -> float:
    """Seconds."""
    settings = stack.settings()
    client = boto3.client(
        "s3",
        endpoint_url=settings.media_endpoint,
        region_name="auto",
        aws_access_key_id=settings.media_access_key,
        aws_secret_access_key=settings.media_secret_key,
        config=CONFIG,
    )
    place = {"Bucket": settings.media_bucket, "Key": "curl"}
    url = client.generate_presigned_url("put_object", Params=place, ExpiresIn=int(LIFETIME.total_seconds()))
    began = time.monotonic()
    subprocess.run(["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "-T", file, url], check=True)
    seconds = time.monotonic() - began
    client.delete_object(**place)
    client.close()
    return seconds


def _by_the_page(stack: Stack, file: Path) -> tuple[float, float]:
    """Seconds from the choice until all of it has arrived, and until it can be used."""
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as browser:
        page = browser.new_page(base_url=stack.url)
        page.goto("/")
        expect(page.locator("#new")).to_be_visible()
        began = time.monotonic()
        page.set_input_files("#files", file)
        arrived = _seconds_until(page, "looking", began)
        ready = _seconds_until(page, "ready", began)
        page.click("#chosen .remove")
    return arrived, ready


def _seconds_until(page: Page, state: str, began: float) -> float:
    later = f"#chosen :is([data-state={state}], [data-state=ready])"
    expect(page.locator(later)).to_have_count(1, timeout=PATIENCE)
    return time.monotonic() - began
