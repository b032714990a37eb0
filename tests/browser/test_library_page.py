"""All vlogs: found by title and state, followed while they are made, deleted and brought back."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from playwright.sync_api import Page, Route, expect

from tests.browser.acting import MAKING, ask, ask_and_wait, screenshot
from tests.browser.conftest import PHONE

LIST = re.compile(r"/api/vlogs\?")


@pytest.fixture(scope="module")
def odd(daylog: str, outing: list[str]) -> str:
    """A vlog with a title that would be a pattern or markup, if titles were."""
    return ask_and_wait(daylog, outing, title="50%_<b>off</b>")


def test_vlogs_are_found_by_title_and_state(page: Page, finished: str, odd: str) -> None:
    page.goto("/vlogs")
    titles = page.locator("#recent-list .name")
    expect(titles.filter(has_text="A morning at the harbour").first).to_be_visible()
    page.fill("[name=q]", "50%_")
    expect(titles).to_have_text(["50%_<b>off</b>"])
    expect(page).to_have_url(re.compile(r"\?q=50%25_$"))
    page.reload()
    expect(titles).to_have_text(["50%_<b>off</b>"])
    expect(page.locator("#found")).to_have_text("1 vlog")
    page.get_by_label("Not made").check()
    expect(page.locator("#no-match")).to_be_visible()
    screenshot(page, "library-no-match")
    page.click("#all")
    expect(titles.filter(has_text="A morning").first).to_be_visible()
    page.get_by_label("In the making").check()
    expect(titles.filter(has_text="A morning")).to_have_count(0)
    page.get_by_label("Finished").check()
    expect(titles.filter(has_text="A morning").first).to_be_visible()
    screenshot(page, "library")


def test_a_deleted_vlog_can_be_brought_back(page: Page, daylog: str, odd: str) -> None:
    page.goto("/vlogs?q=50%25_")
    tiles = page.locator("#recent-list li")
    expect(tiles).to_have_count(1)
    page.get_by_role("button", name="Delete “50%_<b>off</b>”").press("Enter")
    expect(tiles).to_have_count(0)
    expect(page.locator("#library-heading")).to_be_focused()
    assert requests.get(f"{daylog}/api/vlogs/{odd}", timeout=30).status_code == 404
    expect(page.locator(".toast")).to_contain_text("deleted")
    screenshot(page, "library-undo")
    page.click(".toast button")
    expect(tiles).to_have_count(1)
    expect(tiles.locator("a")).to_be_focused()

    page.goto(f"/vlogs/{odd}")
    page.click("#delete")
    page.keyboard.press("Escape")
    expect(page.locator("#delete")).to_be_focused()
    page.keyboard.press("Enter")
    page.click("#sure-yes")
    page.wait_for_url("**/vlogs")
    page.click(".toast button")
    expect(page.locator("#recent-list .name").filter(has_text="50%_")).to_be_visible()
    assert requests.get(f"{daylog}/api/vlogs/{odd}", timeout=30).status_code == 200


def test_what_is_being_made_is_followed_by_one_question(page: Page, daylog: str, outing: list[str]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path) if "/api/" in request.url else None)
    vlog_id = ask(daylog, outing, title="Followed")
    page.goto("/vlogs")
    tile = page.locator("#recent-list li").filter(has_text="Followed")
    expect(tile.locator("img")).to_be_visible(timeout=MAKING)
    expect(tile.locator(".state")).to_be_empty()
    assert f"/api/vlogs/{vlog_id}" not in asked
    assert asked.count("/api/vlogs") > 1


def test_more_than_a_page_is_shown_as_it_is_asked_for(page: Page, daylog: str, finished: str) -> None:
    vlog = requests.get(f"{daylog}/api/vlogs/{finished}", timeout=30).json()
    states = [{}, {"needs": "review", "status": "processing"}, {"status": "failed"}, {"error_code": "partial"}]
    vlogs = [vlog | {"id": str(number), "title": f"Day {number}"} | states[number % 4] for number in range(30)]

    def tell(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        offset, limit = int(query["offset"][0]), int(query["limit"][0])
        route.fulfill(json={"items": vlogs[offset : offset + limit], "total": len(vlogs)})

    page.route(LIST, tell)
    page.set_viewport_size(PHONE)
    page.goto("/vlogs")
    tiles = page.locator("#recent-list li")
    expect(tiles).to_have_count(24)
    page.click("#more")
    expect(tiles).to_have_count(30)
    expect(page.locator("#more")).to_be_hidden()
    expect(tiles.nth(24).locator("a")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    screenshot(page, "library-phone")


def test_who_has_no_vlogs_is_shown_the_way_to_the_first(page: Page) -> None:
    page.route(LIST, lambda route: route.fulfill(json={"items": [], "total": 0}))
    page.goto("/vlogs")
    expect(page.locator("#none")).to_be_visible()
    expect(page.locator("#find")).to_be_hidden()
    screenshot(page, "library-empty")
    page.locator("#none a").click()
    expect(page).to_have_url(re.compile("/$"))


def test_a_list_that_cannot_be_had_says_so(page: Page) -> None:
    problem = {"status": 500, "code": "unheard_of", "detail": "Something <i>went</i> wrong."}
    page.route(LIST, lambda route: route.fulfill(status=500, json=problem))
    page.goto("/vlogs")
    expect(page.locator("#library-problem")).to_have_text("Something <i>went</i> wrong.")
