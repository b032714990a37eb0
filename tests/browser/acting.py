"""What people do on the pages, as the tests do it."""

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, expect

from app.client import Client

#: where pictures of pages are kept, to be looked at
ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts"
#: milliseconds for a vlog to be made
MAKING = 120_000


def choose(page: Page, files: Sequence[Path]) -> None:
    page.set_input_files("#files", files)


def wait_ready(page: Page, count: int) -> None:
    expect(page.locator("#chosen [data-state=ready]")).to_have_count(count, timeout=60_000)


def screenshot(page: Page, name: str) -> None:
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


def wait_until(page: Page, expression: str, tries: int = 200) -> None:
    """Asked from outside: the page's policy allows no strings as scripts."""
    while not page.evaluate(expression):
        tries -= 1
        assert tries, f"never true: {expression}"
        page.wait_for_timeout(100)


def create(page: Page, media: Sequence[Path], title: str) -> None:
    page.goto("/")
    choose(page, media)
    page.fill("[name=title]", title)
    page.fill("[name=duration]", "10")
    wait_ready(page, len(media))
    page.click("#create")
    page.wait_for_url("**/vlogs/*")


def ask(daylog: str, media_ids: Sequence[str], **wishes: str) -> str:
    """Of the API, as fast as can be; returns the vlog's id."""
    return Client(daylog).create_vlog(media_ids, {"duration": "20", **wishes})


def ask_and_wait(daylog: str, media_ids: Sequence[str], **wishes: str) -> str:
    """As `ask`, once the film is made."""
    vlog_id = ask(daylog, media_ids, **wishes)
    *_, last = Client(daylog).watch(vlog_id, live=True)
    assert last["status"] == "completed"
    return vlog_id
