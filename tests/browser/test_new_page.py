"""The page where a vlog begins, and the whole way from it to the film."""

import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, Route, expect

from tests.browser.acting import MAKING, choose, screenshot, wait_ready, wait_until
from tests.browser.conftest import PHONE
from tests.media import make_day, make_hostile
from tests.media.sounds import write_music


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
    page.goto("/vlogs")
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
    page.wait_for_url("**/vlogs/*")


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
    page.goto("/vlogs")
    expect(page.locator("#recent-list .name").first).to_have_text(attack)
    assert page.locator("img[src=x]").count() == 0


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
    shown = {"/": "#new", f"/vlogs/{finished}": "#film[src]", "/vlogs": "#recent-list img"}
    for address, part in shown.items():
        page.goto(address)
        expect(page.locator(part).first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        screenshot(page, f"6-phone-{part.strip('#').partition(' ')[0]}-{scheme}")


def test_the_page_allows_nothing_inline_and_nothing_from_elsewhere(daylog: str) -> None:
    policy = requests.get(daylog, timeout=5).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
