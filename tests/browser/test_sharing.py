"""A film is shared by a link: watched by somebody signed out, and by nobody once it is taken back."""

import re

import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.acting import screenshot, wait_until
from tests.browser.conftest import PHONE


def test_a_link_is_made_watched_by_a_stranger_and_taken_back(
    page: Page, chromium: Browser, daylog: str, finished: str
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/vlogs/{finished}")
    page.click("#share")
    page.select_option("#share-days", "7")
    page.click("#share-create")
    expect(page.locator("#share-status")).to_have_text("The link is ready.")
    expect(page.locator("#share-days option:checked")).to_have_text(re.compile(r"^until \w+ \d+, \d{4} at"))
    page.click("#share-copy")
    expect(page.locator("#share-status")).to_have_text("Copied.")
    url = page.input_value("#share-url")
    assert page.evaluate("navigator.clipboard.readText()") == url
    page.select_option("#share-days", "")
    expect(page.locator("#share-status")).to_have_text("Changed.")
    assert page.input_value("#share-url") == url
    screenshot(page, "sharing")
    page.click("#share-close")
    page.reload()
    page.click("#share")
    expect(page.locator("#share-url")).to_have_value(url)

    watched_by_a_stranger(chromium, url)

    page.click("#share-revoke")
    page.click("#sure-yes")
    expect(page.locator("#share-status")).to_have_text("The link does not work any more.")
    expect(page.locator("#share-create")).to_be_focused()
    gone = requests.get(url, headers={"Accept": "text/html"}, timeout=30)
    assert gone.status_code == 410
    assert "This is no longer here" in gone.text


def watched_by_a_stranger(chromium: Browser, url: str) -> None:
    """With subtitles, from any point, on a phone, and told nothing of where it was made."""
    with chromium.new_context(viewport=PHONE) as context:
        stranger = context.new_page()
        ranges: list[str] = []
        stranger.on("response", lambda response: ranges.append(response.headers.get("content-range", "")))
        stranger.goto(url)
        expect(stranger.locator("h1")).to_have_text("A morning at the harbour")
        wait_until(stranger, "film.readyState >= 3")
        stranger.evaluate("film.textTracks[0].mode = 'showing'; film.currentTime = film.duration - 1")
        wait_until(stranger, "film.textTracks[0].cues?.length > 0 && !film.seeking && film.readyState >= 3")
        assert any(re.match(r"bytes \d+-\d+/\d+", told) for told in ranges)
        page = stranger.content()
        assert not re.search(r"35\.3|139\.4|/api/|analytics|\.jpg\"", page)
        assert stranger.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        screenshot(stranger, "shared-phone")


def test_sharing_that_is_refused_says_why(page: Page, finished: str) -> None:
    refusal = {"status": 409, "code": "odd", "detail": "It <b>cannot</b> be shared."}
    page.route("**/share", lambda route: route.fulfill(status=409, json=refusal))
    page.goto(f"/vlogs/{finished}")
    page.click("#share")
    page.click("#share-create")
    expect(page.locator("#share-problem")).to_have_text("It <b>cannot</b> be shared.")
    page.keyboard.press("Escape")
    expect(page.locator("#sharing")).to_be_hidden()
    expect(page.locator("#share")).to_be_focused()
