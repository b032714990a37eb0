"""The page where a vlog begins, and the whole way from it to the film."""

from pathlib import Path
from shutil import copy

import pytest
import requests
from playwright.sync_api import Page, Route, expect

from tests.browser.acting import MAKING, choose, screenshot, wait_ready, wait_until
from tests.media import make_day
from tests.media.sounds import write_music


def unfold(page: Page) -> None:
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Photos and a clip of the sample day, of every kind."""
    made = make_day(tmp_path_factory.mktemp("day"))
    return [path for path in made if path.stem[:4] in ("0615", "0905", "1112", "1350")]


def test_a_person_makes_plays_and_keeps_a_vlog(page: Page, day: list[Path], tmp_path: Path) -> None:
    page.goto("/")
    choose(page, day)
    unfold(page)
    page.set_input_files("#music", write_music(tmp_path / "tune.mp3", 4.0))
    page.fill("[name=title]", "A day by the sea")
    page.fill("[name=duration]", "15")
    wait_ready(page, len(day))
    expect(page.locator("#chosen-music [data-state=ready]")).to_have_count(1)
    expect(page.locator("[name=travelDate]")).to_have_value("2025-05-17")
    expect(page.locator("#guessed")).to_be_visible()
    expect(page.locator("#preview .picture[src]")).to_be_visible()
    expect(page.locator("#preview-title")).to_have_text("A day by the sea")
    page.fill("[name=musicStart]", "1")
    screenshot(page, "journey-1-chosen")
    page.click("#create")

    page.wait_for_url("**/vlogs/*")
    expect(page.locator("#vlog-title")).to_have_text("A day by the sea")
    screenshot(page, "journey-2-making")
    expect(page.locator("#made")).to_be_visible(timeout=MAKING)
    page.evaluate("film.muted = true; film.play()")
    wait_until(page, "film.readyState >= 3 && film.currentTime > 1")
    assert 6 < page.evaluate("film.duration") <= 15
    page.evaluate("film.pause()")
    screenshot(page, "journey-3-made")
    vlog = requests.get(page.url.replace("/vlogs/", "/api/vlogs/"), timeout=30).json()
    assert vlog["settings"]["musicStart"] == 1
    assert vlog["settings"]["travelDate"] == "2025-05-17"

    with page.expect_download() as downloading:
        page.click("#download")
    assert downloading.value.suggested_filename == "A day by the sea.mp4"
    assert Path(downloading.value.path()).read_bytes()[4:8] == b"ftyp"
    page.goto("/vlogs")
    expect(page.locator("#recent-list .name", has_text="A day by the sea")).to_be_visible()
    page.goto("/")
    expect(page.locator("#new")).to_be_visible()
    expect(page.locator("#chosen li")).to_have_count(0)
    expect(page.locator("[name=title]")).to_have_value("")


def test_wishes_outlive_a_reload_and_a_guess_overwrites_none_of_them(page: Page, media: list[Path]) -> None:
    page.goto("/")
    page.fill("[name=travelDate]", "2024-02-29")
    choose(page, media)
    wait_ready(page, len(media))
    unfold(page)
    page.fill("[name=title]", "Leap day")
    page.fill("[name=duration]", "45")
    page.check("[name=theme][value=family]")
    page.check("[name=aspect][value='1:1']")
    page.check("[name=musicMood][value=tender]")
    page.uncheck("[name=captions]")
    page.select_option("[name=language]", "ko")
    page.reload()
    expect(page.locator("#new")).to_be_visible()
    expect(page.locator("[name=travelDate]")).to_have_value("2024-02-29")
    expect(page.locator("#guessed")).to_be_hidden()
    expect(page.locator("[name=title]")).to_have_value("Leap day")
    expect(page.locator("[name=duration]")).to_have_attribute("aria-valuetext", "0:45")
    expect(page.locator("[name=theme]:checked")).to_have_value("family")
    expect(page.locator("#preview")).to_have_attribute("data-aspect", "1:1")
    expect(page.locator("#sound-told")).to_have_text("Tender")
    expect(page.locator("[name=captions]")).not_to_be_checked()
    expect(page.locator("[name=language]")).to_have_value("ko")


def test_the_day_is_read_from_every_kind_of_photo_and_from_no_broken_one(
    page: Page, day: list[Path], tmp_path: Path
) -> None:
    kinds = {"0615": "2025-05-17", "0905": "2025-05-17", "1350": "2025-05-17"}
    good = [path for path in day if path.stem[:4] in kinds]
    assert {path.suffix for path in good} == {".jpg", ".heic", ".webp"}
    page.goto("/")
    # a field beside the form: nothing is sent
    field = "{ type: 'file', multiple: true, id: 'looked-at' }"
    page.evaluate(f"document.body.append(Object.assign(document.createElement('input'), {field}))")
    days = """() => import("/static/taken.js").then(({ takenOn }) =>
        Promise.all([...document.getElementById("looked-at").files].map(takenOn)))"""
    page.set_input_files("#looked-at", good)
    assert page.evaluate(days) == list(kinds.values())
    bad = [tmp_path / "cut.jpg", tmp_path / "empty.jpg"]
    bad[0].write_bytes(good[0].read_bytes()[:60])
    bad[1].write_bytes(b"")
    page.set_input_files("#looked-at", bad)
    assert page.evaluate(days) == [None, None]


def test_a_day_that_a_camera_wrote_outweighs_the_days_of_copies(page: Page, media: list[Path], tmp_path: Path) -> None:
    """What is copied has the date of the copy."""
    photo, clip = media
    page.goto("/")
    choose(page, [photo, *(Path(copy(clip, tmp_path / name)) for name in ("1.mp4", "2.mp4"))])
    expect(page.locator("[name=travelDate]")).to_have_value("2025-05-17")


def test_music_is_heard_before_it_is_chosen_and_never_two_at_once(page: Page) -> None:
    page.goto("/")
    unfold(page)
    calm, happy = page.locator("[data-mood=calm]"), page.locator("[data-mood=happy]")
    with page.expect_response("**/music/calm/1") as heard:
        calm.click()
    assert heard.value.status in (200, 206)
    expect(calm).to_have_attribute("aria-pressed", "true")
    with page.expect_response("**/music/happy/1"):
        happy.click()
    expect(calm).to_have_attribute("aria-pressed", "false")
    happy.click()
    expect(happy).to_have_attribute("aria-pressed", "false")
    with page.expect_request("**/music/happy/2"):
        happy.click()
    expect(page.locator("#silent")).to_be_hidden()


def test_a_wish_that_is_refused_is_complained_of_at_its_field(page: Page, media: list[Path]) -> None:
    page.goto("/")
    choose(page, media)
    wait_ready(page, len(media))
    page.locator("[name=title]").evaluate("field => { field.maxLength = 500; }")
    page.fill("[name=title]", "x" * 121)
    page.click("#create")
    expect(page.locator("[name=title]")).to_be_focused()
    expect(page.locator("[name=title]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#wrong-title")).to_contain_text("120 characters")
    page.fill("[name=title]", "Short")
    expect(page.locator("#wrong-title")).to_be_hidden()
    expect(page.locator("[name=title]")).not_to_have_attribute("aria-invalid", "true")
    page.click("#create")
    page.wait_for_url("**/vlogs/*")


def test_a_vlog_is_made_once_though_its_answer_was_lost(page: Page, daylog: str, media: list[Path]) -> None:
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        answer = route.fetch()
        lost.append(answer.status)
        if len(lost) == 1:
            route.abort("connectionreset")
        else:
            route.fulfill(response=answer)

    page.route("**/api/agent/create-vlog", lose_the_first)
    page.goto("/")
    choose(page, media[:1])
    page.fill("[name=title]", "Only once")
    wait_ready(page, 1)
    page.locator("#create").dblclick()
    page.wait_for_url("**/vlogs/*")
    assert lost == [202, 202]
    found = requests.get(f"{daylog}/api/vlogs?limit=100", timeout=30).json()["items"]
    assert [vlog["title"] for vlog in found].count("Only once") == 1


def test_a_hostile_title_and_hostile_names_are_shown_as_text(page: Page, media: list[Path], tmp_path: Path) -> None:
    attack = "<img src=x onerror=alert(1)>"
    photo = tmp_path / "<script>alert(2)<&>.jpg"
    photo.write_bytes(media[0].read_bytes())
    page.goto("/")
    choose(page, [photo])
    expect(page.locator("#chosen .name")).to_have_text(photo.name)
    page.fill("[name=title]", attack)
    expect(page.locator("#preview-title")).to_have_text(attack)
    wait_ready(page, 1)
    page.click("#create")
    expect(page.locator("#vlog-title")).to_have_text(attack)
    page.goto("/vlogs")
    expect(page.locator("#recent-list .name").first).to_have_text(attack)
    assert page.locator("img[src=x]").count() == 0
