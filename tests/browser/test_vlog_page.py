"""The page of one vlog, while it is made and when it is over."""

import re
from pathlib import Path

import requests
from playwright.sync_api import Page, expect

from tests.browser.acting import MAKING, create


def test_a_reload_in_the_middle_loses_nothing(page: Page, media: list[Path]) -> None:
    create(page, media, "Reloaded")
    address = page.url
    page.reload()
    expect(page.locator("#vlog-title")).to_have_text("Reloaded")
    expect(page.locator("#made")).to_be_visible(timeout=MAKING)
    assert page.url == address


def test_a_cancelled_vlog_says_so_and_can_be_tried_again(page: Page, media: list[Path]) -> None:
    create(page, media, "Cancelled")
    page.click("#cancel")
    expect(page.locator("#vlog-problem")).to_contain_text("Cancelled", timeout=MAKING)
    page.click("#retry")
    expect(page.locator("#made")).to_be_visible(timeout=MAKING)


def test_a_film_that_lacks_something_can_be_tried_again(page: Page, daylog: str, finished: str) -> None:
    """A complete one cannot. While it is made again, the film that was there before is not shown."""
    vlog = requests.get(f"{daylog}/api/vlogs/{finished}", timeout=5).json()
    page.goto(f"/vlogs/{finished}")
    expect(page.locator("#film[src]")).to_be_visible()
    expect(page.locator("#retry")).to_be_hidden()

    vlog |= {"error_code": "partial", "warnings": ["1.jpg: shown as a photo. Your limit of $1.00 a day is reached."]}
    page.route(re.compile(f"/api/vlogs/{finished}(/retry)?$"), lambda route: route.fulfill(json=vlog))
    page.reload()
    expect(page.locator("#warnings")).to_contain_text("a day is reached")
    vlog |= {"status": "processing", "step": "generate"}
    page.click("#retry")
    expect(page.locator("#step")).to_have_text("Bringing photos to life")
    expect(page.locator("#film:not([src])")).to_be_hidden()
    vlog |= {"status": "completed", "error_code": None}
    expect(page.locator("#film[src]")).to_be_visible()
    expect(page.locator("#retry")).to_be_hidden()


def test_a_deleted_vlog_is_gone(page: Page, media: list[Path]) -> None:
    create(page, media, "Deleted")
    address = page.url
    expect(page.locator("#made")).to_be_visible(timeout=MAKING)
    page.click("#delete")
    page.wait_for_url("**/vlogs")
    page.goto(address)
    expect(page.locator("#vlog-problem")).to_contain_text("no such vlog")
