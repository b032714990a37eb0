"""A finished vlog is told again: its page leads to the new version, and each version to the others."""

import requests
from playwright.sync_api import Page, expect

from tests.browser.acting import MAKING, ask_and_wait, screenshot


def test_another_version_is_made_and_the_first_one_stays(page: Page, daylog: str, outing: list[str]) -> None:
    first = ask_and_wait(daylog, outing, title="First")
    page.goto(f"/vlogs/{first}")
    expect(page.locator("#versions")).to_be_hidden()
    page.click("#edit")
    expect(page.locator("#story-heading")).to_be_focused()
    page.fill("#story-title", "Second")
    page.select_option("#story-mood", "happy")
    page.locator("#cards .caption").nth(1).fill("Another caption")
    page.locator("#cards .leave").nth(3).click()
    screenshot(page, "version-editing")
    page.click("#story-make")
    page.wait_for_url(lambda address: first not in address)
    expect(page.locator("#film[src]")).to_be_visible(timeout=MAKING)
    expect(page.locator("#vlog-title")).to_have_text("Second")
    expect(page.locator("#version")).to_have_text("Version 2 of 2")
    second = requests.get(f"{daylog}/api/vlogs/{page.url.rpartition('/')[2]}", timeout=30).json()
    assert [segment["caption"] for segment in second["segments"]][1] == "Another caption"
    assert (len(second["segments"]), second["settings"]["musicMood"]) == (3, "happy")
    screenshot(page, "versions")
    page.locator("#versions a").first.click()
    expect(page.locator("#vlog-title")).to_have_text("First")
    expect(page.locator("#version")).to_have_text("Version 1 of 2")
    expect(page.locator("#versions [aria-current=page]")).to_have_text("Version 1")


def test_changes_that_were_not_sent_are_there_after_a_reload(page: Page, finished: str) -> None:
    page.goto(f"/vlogs/{finished}")
    page.click("#edit")
    page.locator("#cards .caption").first.fill("Not sent yet")
    page.reload()
    page.click("#edit")
    expect(page.locator("#cards .caption").first).to_have_value("Not sent yet")
    page.click("#story-close")
    expect(page.locator("#edit")).to_be_focused()
    expect(page.locator("#story")).to_be_hidden()
