"""The first page, as people use it."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import ARTEFACTS, PHONE
from tests.media import make_day, make_hostile
from tests.media.sounds import write_music

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
    page.wait_for_url("**/?vlog=*")


def test_a_person_makes_plays_and_keeps_a_vlog(page: Page, tmp_path: Path) -> None:
    day = [path for path in make_day(tmp_path / "day") if path.stem[:4] in ("0615", "0905", "1112", "1350")]
    page.goto("/")
    screenshot(page, "1-empty")
    choose(page, day)
    page.set_input_files("#music", write_music(tmp_path / "tune.mp3", 4.0))
    page.fill("[name=title]", "A day by the sea")
    page.fill("[name=duration]", "12")
    wait_ready(page, len(day))
    expect(page.locator("#chosen-music [data-state=ready]")).to_have_count(1)
    screenshot(page, "2-chosen")
    page.click("#create")

    expect(page.locator("#step")).to_have_text(
        re.compile("^(Waiting to start|Looking at your media|Telling the story|Making the film|Handing it over)$")
    )
    assert 0 <= page.evaluate("bar.value") <= 1  # polled every 3 s: a small film may be made between two looks
    screenshot(page, "3-making")
    expect(page.locator("#made")).to_be_visible(timeout=MAKING)
    page.evaluate("film.muted = true; film.play()")
    wait_until(page, "film.readyState >= 3 && film.currentTime > 1")
    assert 6 < page.evaluate("film.duration") <= 12
    page.evaluate("film.pause()")
    screenshot(page, "4-made")

    with page.expect_download() as downloading:
        page.click("#download")
    assert downloading.value.suggested_filename == "A day by the sea.mp4"
    assert Path(downloading.value.path()).read_bytes()[4:8] == b"ftyp"
    expect(page.locator("#recent-list img").first).to_be_visible()


def test_a_file_that_cannot_be_used_says_why_and_the_others_go_on(
    page: Page, media: list[Path], tmp_path: Path
) -> None:
    bad = [path for path in make_hostile(tmp_path) if path.name in ("text.jpg", "huge.png", "empty.jpg")]
    page.goto("/")
    choose(page, [*bad, *media])
    wait_ready(page, len(media))
    refused = page.locator("#chosen [data-state=refused] .state")
    expect(refused).to_have_count(len(bad))
    assert all(len(words) > 10 and words.endswith(".") for words in refused.all_inner_texts())
    expect(page.locator("#create")).to_be_enabled()
    screenshot(page, "5-refused")


def test_without_one_usable_file_nothing_can_be_created(page: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("not a photo")
    page.goto("/")
    choose(page, [tmp_path / "notes.jpg"])
    expect(page.locator("#chosen [data-state=refused]")).to_have_count(1)
    expect(page.locator("#create")).to_be_disabled()


def test_a_wish_that_is_refused_is_answered_in_words(page: Page, media: list[Path]) -> None:
    page.goto("/")
    page.evaluate("document.querySelector('#new').noValidate = true")
    choose(page, media)
    wait_ready(page, len(media))
    page.fill("[name=duration]", "500")
    page.click("#create")
    expect(page.locator("#new-problem")).to_contain_text("duration")
    page.fill("[name=duration]", "10")
    page.click("#create")
    page.wait_for_url("**/?vlog=*")


def test_a_hostile_title_and_hostile_names_are_shown_as_text(page: Page, media: list[Path], tmp_path: Path) -> None:
    attack = "<img src=x onerror=alert(1)>"
    photo = tmp_path / "<script>alert(2)<&>.jpg".replace("/", "")
    photo.write_bytes(media[0].read_bytes())
    page.goto("/")
    choose(page, [photo])
    expect(page.locator("#chosen .name")).to_have_text(photo.name)
    page.fill("[name=title]", attack)
    wait_ready(page, 1)
    page.click("#create")
    expect(page.locator("#vlog-title")).to_have_text(attack)
    expect(page.locator("#made")).to_be_visible(timeout=MAKING)
    expect(page.locator("#recent-list .name").first).to_have_text(attack)
    assert page.locator("img[src=x]").count() == 0


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
    page.goto(f"/?vlog={finished}")
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
    expect(page.locator("#new")).to_be_visible()
    page.goto(address)
    expect(page.locator("#vlog-problem")).to_contain_text("no such vlog")


def test_a_part_lost_on_its_way_is_sent_again(page: Page, media: list[Path]) -> None:
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "PUT" and not lost:
            lost.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.goto("/")
    page.route("**/daylog-media/**", lose_the_first)
    choose(page, media[:1])
    wait_ready(page, 1)
    assert len(lost) == 1


def test_a_file_can_be_taken_off_the_list(page: Page, media: list[Path]) -> None:
    page.goto("/")
    choose(page, media)
    wait_ready(page, len(media))
    for _ in media:
        page.locator("#chosen .remove").first.click()
    expect(page.locator("#chosen li")).to_have_count(0)
    expect(page.locator("#create")).to_be_disabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_sticks_out(page: Page, finished: str, scheme: str) -> None:
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for name, address in (("form", "/"), ("vlog", f"/?vlog={finished}")):
        page.goto(address)
        expect(page.locator("#recent-list img").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        screenshot(page, f"6-phone-{name}-{scheme}")


def test_the_page_allows_nothing_inline_and_nothing_from_elsewhere(daylog: str) -> None:
    policy = requests.get(daylog, timeout=5).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
