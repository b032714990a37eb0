"""The story as cards: its owner reviews it before it is rendered."""

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import FloatRect, Locator, Page, expect

from app.client import Client
from tests.browser.acting import MAKING, ask, screenshot, wait_until
from tests.browser.conftest import PHONE


@pytest.fixture
def parked(daylog: str, outing: list[str]) -> str:
    """The id of a vlog that waits for its owner's review."""
    vlog_id = ask(daylog, outing, title="Reviewed", review="true")
    for vlog in Client(daylog).watch(vlog_id, live=True):
        if vlog["needs"] == "review":
            return vlog_id
    raise AssertionError("it was never parked")


@pytest.fixture
def cards(page: Page, parked: str) -> Iterator[Locator]:
    """Of that vlog's page, which is open."""
    page.goto(f"/vlogs/{parked}")
    cards = page.locator("#cards > li")
    expect(cards).to_have_count(4)
    yield cards
    assert page.locator("img[src=x]").count() == 0


def names(cards: Locator) -> list[str]:
    return cards.locator(".name").all_inner_texts()


def box(element: Locator) -> FloatRect:
    found = element.bounding_box()
    assert found
    return found


def drag(page: Page, card: Locator, onto: Locator) -> None:
    card.scroll_into_view_if_needed()
    grip, to = box(card.locator(".grip")), box(onto)
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(to["x"] + to["width"] / 2, to["y"] + to["height"] / 4, steps=6)
    page.mouse.up()


def test_a_story_is_changed_saved_and_filmed_as_it_was_left(
    page: Page, daylog: str, parked: str, cards: Locator
) -> None:
    assert names(cards) == ["1.jpg", "2.jpg", "3.jpg", "4.mp4"]
    wait_until(page, "[...document.querySelectorAll('#cards img')].every((image) => image.naturalWidth > 0)")
    told = requests.get(f"{daylog}/api/vlogs/{parked}/storyboard", timeout=30).json()
    expect(page.locator("#story-length")).to_contain_text(f"0:{round(told['seconds'])} of at most 0:20.")
    screenshot(page, "review")
    drag(page, cards.nth(2), onto=cards.nth(0))
    assert names(cards) == ["3.jpg", "1.jpg", "2.jpg", "4.mp4"]
    cards.nth(3).locator(".earlier").focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator("#story-said")).to_have_text("Now scene 3 of 4.")
    page.keyboard.press("Enter")
    assert names(cards) == ["3.jpg", "4.mp4", "1.jpg", "2.jpg"]
    expect(cards.nth(1).locator(".earlier")).to_be_focused()
    cards.nth(0).locator(".caption").fill("<img src=x onerror=alert(1)>")
    cards.nth(2).locator(".leave").click()
    expect(page.locator("#story-said")).to_have_text("Left out.")
    cards.nth(1).locator(".start").fill("1")
    expect(cards.nth(1).locator(".seconds")).to_have_js_property("max", "2")

    page.reload()
    expect(page.locator("#story-notice")).to_have_text("Your changes from before are back.")
    assert names(cards) == ["3.jpg", "4.mp4", "1.jpg", "2.jpg"]
    screenshot(page, "review-changed")
    page.click("#story-save")
    expect(page.locator("#story-notice")).to_contain_text("Saved.")
    page.click("#story-approve")
    expect(page.locator("#vlog-title")).to_be_focused()
    expect(page.locator("#film[src]")).to_be_visible(timeout=MAKING)
    expect(page.locator("#story")).to_be_hidden()
    segments = requests.get(f"{daylog}/api/vlogs/{parked}", timeout=30).json()["segments"]
    assert [segment["media"] for segment in segments] == ["3.jpg", "4.mp4", "2.jpg"]
    assert segments[0]["caption"] == "<img src=x onerror=alert(1)>"
    expect(page.locator("#chapters .words").first).to_have_text("<img src=x onerror=alert(1)>")


def test_what_was_changed_elsewhere_is_shown_before_it_is_overwritten(
    page: Page, daylog: str, parked: str, cards: Locator
) -> None:
    cards.nth(0).locator(".caption").fill("mine")
    address = f"{daylog}/api/vlogs/{parked}/storyboard"
    read = requests.get(address, timeout=30)
    scenes = [{"id": scene["id"], "caption": "theirs"} for scene in read.json()["scenes"]]
    requests.put(address, json={"scenes": scenes}, headers={"If-Match": read.headers["ETag"]}, timeout=30)
    page.click("#story-approve")
    expect(page.locator("#story-problem")).to_contain_text("changed elsewhere")
    expect(cards.nth(0).locator(".caption")).to_have_value("theirs")
    expect(page.locator("#story")).to_be_visible()


def test_a_story_that_cannot_be_filmed_says_why(page: Page, cards: Locator) -> None:
    """Too long, or nothing left; on a phone, where cards are moved by buttons."""
    page.set_viewport_size(PHONE)
    for number in range(3):
        cards.nth(number).locator(".seconds").fill("10")
    expect(page.locator("#story-length")).to_contain_text("too long: shorten a scene or leave one out.")
    expect(page.locator("#story-approve")).to_be_disabled()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    screenshot(page, "review-phone")
    for number in range(4):
        cards.nth(number).locator(".leave").click()
    expect(page.locator("#story-length")).to_contain_text("Nothing would be shown")
    expect(page.locator("#story-save")).to_be_disabled()
    cards.nth(0).locator(".leave").click()
    expect(page.locator("#story-approve")).to_be_enabled()
