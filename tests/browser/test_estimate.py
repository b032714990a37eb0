"""What a vlog would cost, as the page tells it while the form is being filled in."""

import json
from pathlib import Path

from playwright.sync_api import Page, Request, Route, expect

from tests.browser.acting import MAKING, choose, screenshot, wait_ready

ESTIMATE = "**/api/vlogs/estimate"


def begin(page: Page, media: list[Path]) -> None:
    page.goto("/")
    choose(page, media)
    wait_ready(page, len(media))
    page.get_by_text("Picture and words").click()


def bring_to_life(page: Page) -> None:
    page.check("[name=style][value=generated]")


def test_footage_is_told_no_price_and_asks_for_no_limit(page: Page, media: list[Path]) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if request.url.endswith("/estimate") else None)
    begin(page, media)
    page.fill("[name=duration]", "15")
    page.wait_for_timeout(500)
    expect(page.locator("#estimate")).to_be_hidden()
    expect(page.locator("#max-cost")).to_be_hidden()
    assert asked == []


def test_photos_are_brought_to_life_at_a_price_told_before(page: Page, media: list[Path]) -> None:
    begin(page, media)
    bring_to_life(page)
    expect(page.locator("#estimate")).to_have_text("At no cost. 1 photo comes to life.")
    expect(page.locator("#max-cost")).to_be_visible()
    page.fill("[name=duration]", "10")
    page.click("#create")
    expect(page.locator("#made")).to_be_visible(timeout=MAKING)


def test_the_range_and_its_reasons_follow_the_wishes(page: Page, media: list[Path]) -> None:
    def dear(route: Route) -> None:
        scenes = {"low": 4, "high": 9, "price": {"low": 0.2, "high": 0.3}}
        body = {"low": 0.8, "high": 2.7, "scenes": scenes, "reasons": []}
        route.fulfill(body=json.dumps(body), content_type="application/json")

    page.route(ESTIMATE, dear)
    begin(page, media)
    bring_to_life(page)
    told = "About $0.80 to $2.70. 4 to 9 photos come to life. Each costs $0.20 to $0.30."
    expect(page.locator("#estimate")).to_have_text(told)
    screenshot(page, "new-estimate")
    with page.expect_request(ESTIMATE) as asked:
        page.fill("[name=maxCost]", "1.5")
    wishes = asked.value.post_data_json
    assert len(wishes.pop("mediaIds")) == len(media)
    assert wishes.items() >= {"style": "generated", "maxCost": 1.5, "duration": 60, "captions": True}.items()


def test_a_wish_that_cannot_be_is_told_no_price(page: Page, media: list[Path]) -> None:
    begin(page, media)
    bring_to_life(page)
    expect(page.locator("#estimate")).to_contain_text("At no cost")
    page.fill("[name=maxCost]", "5000")
    expect(page.locator("#estimate")).to_be_hidden()
