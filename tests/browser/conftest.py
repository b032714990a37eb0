"""A real Chromium on the whole of Daylog."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect, sync_playwright

from app.client import Client
from tests.browser.gallery import Things
from tests.media import make_outing, make_tiny
from tests.stack import open_folder
from tests.whole import whole_daylog

CHROMIUM = Path("/usr/bin/chromium")
#: the sandbox cannot run as root; the others keep it from calling home
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]
#: milliseconds: a busy machine is no fault of the page
expect.set_options(timeout=30_000)
DESKTOP, PHONE = ViewportSize(width=1100, height=900), ViewportSize(width=390, height=844)


@pytest.fixture(scope="session")
def daylog() -> Iterator[str]:
    """The address of a whole Daylog that makes small films."""
    with open_folder() as folder, whole_daylog(folder / "state", short_side=180) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("tests/browser needs Chromium: run 'sudo make deps'")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, daylog: str) -> Iterator[Page]:
    """An empty page that must end without complaints, and without having asked anyone but us."""
    with chromium.new_context(base_url=daylog, viewport=DESKTOP, accept_downloads=True) as context:
        # listened to from the start: a chooser may open before one has begun to wait for it
        context.on("page", lambda opened: opened.on("filechooser", lambda chooser: None))
        page = context.new_page()
        page.set_default_timeout(20_000)
        complaints: list[str] = []
        strangers: set[str] = set()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.extend(_complaint(message)))
        page.on("dialog", lambda dialog: complaints.append(f"a dialog: {dialog.message}"))
        page.on("request", lambda request: strangers.update(_stranger(request.url)))
        yield page
        assert complaints == []
        assert strangers == set()


def _complaint(message: ConsoleMessage) -> list[str]:
    """What the console shows in red, but for answers with an error status, which pages must expect."""
    expected = message.text.startswith("Failed to load resource")
    return [message.text] if message.type == "error" and not expected else []


def _stranger(url: str) -> list[str]:
    return [] if re.match(r"(http://127\.0\.0\.1:|blob:|data:)", url) else [url]


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A small photo and a small clip."""
    return make_tiny(tmp_path_factory.mktemp("media"))


@pytest.fixture(scope="session")
def outing(daylog: str, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The ids of three photos and a clip of three seconds, all uploaded."""
    client = Client(daylog)
    return [client.upload(path)["id"] for path in make_outing(tmp_path_factory.mktemp("outing"))]


@pytest.fixture(scope="session")
def finished(daylog: str, outing: list[str]) -> str:
    """The id of a vlog of four scenes that is complete."""
    client = Client(daylog)
    vlog_id = client.create_vlog(outing, {"title": "A morning at the harbour", "duration": "20"})
    *_, last = client.watch(vlog_id, live=True)
    assert last["status"] == "completed"
    return vlog_id


@pytest.fixture(scope="session")
def things(media: list[Path], finished: str) -> Things:
    return Things(media, finished)
