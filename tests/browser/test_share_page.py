"""The page of a shared film, as somebody sees it who has only its link."""

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.acting import screenshot, wait_until
from tests.browser.conftest import DESKTOP, PHONE

LANGUAGES = {"en": "Download", "ja": "ダウンロード", "zh-Hant": "下載"}
#: of its first subtitle, while it is shown
SHOWN = "document.querySelector('track').track.activeCues?.[0]?.text ?? ''"


@pytest.fixture
def link(daylog: str, finished: str) -> Iterator[str]:
    made = requests.post(f"{daylog}/api/vlogs/{finished}/share", json={}, timeout=30)
    yield made.json()["url"]
    requests.delete(f"{daylog}/api/vlogs/{finished}/share", timeout=30)


def open_film(page: Page, link: str) -> None:
    """Until its first picture can be shown."""
    page.goto(link)
    wait_until(page, "document.querySelector('video').readyState >= 2")


def test_the_film_plays_seeks_by_ranges_and_shows_its_subtitles(page: Page, link: str) -> None:
    ranges: list[str] = []
    page.on("response", lambda answer: ranges.extend([answer.headers.get("content-range", "")]))
    open_film(page, link)
    page.evaluate("document.querySelector('track').track.mode = 'showing'")
    wait_until(page, "document.querySelector('track').readyState === 2")
    start = page.evaluate("document.querySelector('track').track.cues[0].startTime")
    page.evaluate("at => { document.querySelector('video').currentTime = at + 0.1 }", start)
    wait_until(page, f"({SHOWN}) !== ''")
    assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(start + 0.1)
    assert any(re.fullmatch(r"bytes \d+-\d+/\d+", one) for one in ranges)
    screenshot(page, "share-subtitles")


@pytest.mark.parametrize("size", [DESKTOP, PHONE, ViewportSize(width=360, height=640)], ids=["desktop", "phone", "360"])
def test_it_fits_its_window_in_every_language(page: Page, link: str, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    for language, download in LANGUAGES.items():
        open_film(page, f"{link}?lang={language}")
        assert page.url == link
        expect(page.get_by_role("link", name=download)).to_be_in_viewport()
        expect(page.locator("video")).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("(v => v.clientWidth / v.clientHeight)(document.querySelector('video'))") == pytest.approx(
            16 / 9, rel=0.02
        )
        screenshot(page, f"share-{size['width']}-{language}")


def test_it_works_without_a_script_and_names_no_page_of_the_owners(chromium: Browser, link: str) -> None:
    with chromium.new_context(java_script_enabled=False, viewport=PHONE) as context:
        page = context.new_page()
        page.goto(link)
        expect(page.get_by_role("heading", name="A morning at the harbour")).to_be_visible()
        expect(page.locator("video")).to_be_visible()
        assert page.get_by_role("link", name="My vlogs").count() == 0
        assert "/api/" not in page.content()
        with page.expect_download() as saved:
            page.get_by_role("link", name="Download").click()
        assert saved.value.suggested_filename == "A morning at the harbour.mp4"


def test_a_link_that_was_taken_back_says_so(page: Page, link: str, daylog: str, finished: str) -> None:
    open_film(page, link)
    requests.delete(f"{daylog}/api/vlogs/{finished}/share", timeout=30)
    answer = page.reload()
    assert answer
    assert answer.status == 410
    expect(page.get_by_role("heading", name="This is no longer here")).to_be_visible()
    screenshot(page, "share-gone")


def test_the_file_that_is_watched_says_nothing_of_where_or_by_whom(link: str) -> None:
    film = requests.get(f"{link}/video", timeout=30).content
    for tag in (b"\xa9xyz", b"loci", b"com.apple.quicktime", b"GPS"):
        assert tag not in film
