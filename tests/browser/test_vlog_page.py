"""The page of one vlog, while it is made and when it is over."""

import json
import re
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, Route, expect

from internal.media import Reason
from internal.notes import Note, left_out, no_room, panned, undescribed, weeded, without_music
from tests.browser.acting import MAKING, ask, screenshot, wait_until
from tests.browser.scripted import ScriptedVlog
from tests.browser.test_languages import speak

LIMITED = panned(["1.jpg"], Reason(code="unheard_of", text="A <b>limit</b> is reached."))
STATES: dict[str, dict[str, Any]] = {
    "queued": {"status": "pending", "step": "", "progress": 0.0},
    "making": {"status": "processing", "step": "compose", "progress": 0.7, "message": "Rendered 3 of 9 pieces"},
    "failed": {"status": "failed", "error_code": "unheard_of", "error_message": "<b>a.jpg</b>: It is empty."},
    "cancelled": {"status": "failed", "error_code": "cancelled", "error_message": "Cancelled on request."},
    "partial": {"error_code": "partial", "notes": [LIMITED.model_dump(mode="json")]},
}


@pytest.fixture
def body(daylog: str, finished: str) -> dict[str, Any]:
    """Of a vlog that is complete, as the API tells it."""
    found: dict[str, Any] = requests.get(f"{daylog}/api/vlogs/{finished}", timeout=30).json()
    return found


def test_a_reload_in_the_middle_loses_nothing(page: Page, daylog: str, outing: list[str]) -> None:
    vlog_id = ask(daylog, outing, title="Reloaded")
    page.goto(f"/vlogs/{vlog_id}")
    expect(page.locator("#vlog-title")).to_have_text("Reloaded")
    page.reload()
    expect(page.locator("#vlog-title")).to_have_text("Reloaded")
    expect(page.locator("#made")).to_be_visible(timeout=MAKING)
    expect(page).to_have_title("Reloaded – Daylog")


def test_a_cancelled_vlog_says_so_and_can_be_tried_again(page: Page, daylog: str, outing: list[str]) -> None:
    page.goto(f"/vlogs/{ask(daylog, outing, resolution='1080p')}")
    page.click("#cancel")
    expect(page.locator("#vlog-problem")).to_have_text("You cancelled this vlog.", timeout=MAKING)
    page.click("#retry")
    expect(page.locator("#made")).to_be_visible(timeout=MAKING)


def test_every_state_is_told_in_words(page: Page, body: dict[str, Any]) -> None:
    vlog = ScriptedVlog(page, body, title="<i>A day</i>")
    told = {
        "queued": ("#advice", "It begins as soon as there is room for it."),
        "making": ("#message", "3 of 9 pieces"),
        "failed": ("#vlog-problem", "<b>a.jpg</b>: It is empty."),
        "cancelled": ("#remedy", "Your photos and clips are still here."),
        "partial": ("#warnings", "A <b>limit</b> is reached."),
    }
    for state, changes in STATES.items():
        vlog.body = body | {"title": vlog.body["title"]}
        vlog.becomes(**changes)
        page.goto(f"/vlogs/{body['id']}")
        expect(page.locator(told[state][0])).to_contain_text(told[state][1])
        expect(page.locator("#retry")).to_be_visible(visible=state in ("failed", "cancelled", "partial"))
        expect(page.locator("#cancel")).to_be_visible(visible=state in ("queued", "making"))
        expect(page.locator("#vlog-title")).to_have_text("<i>A day</i>")


def test_what_was_left_out_is_told_in_the_language_of_the_page(page: Page, daylog: str, body: dict[str, Any]) -> None:
    """What has no words yet is told as the service says it."""
    limit = Reason(code="cost_limit", text="The limit of $0.30 for this vlog is reached.", usd=0.3)
    told = [
        (
            left_out("a.jpg", Reason(code="broken_media", text="It is empty.")),
            "a.jpg：使いませんでした。ファイルが空か、壊れているか、途中で切れています。元の場所からもう一度コピーしてください。",
        ),
        (
            without_music(Reason(code="no_sound", text="There is no sound in it.")),
            "音楽は付いていません。音声が入っていません。別のファイルを選んでください。",
        ),
        (
            panned([f"{number}.jpg" for number in range(9)], limit),
            "0.jpg、1.jpg、2.jpg ほか6件：AIで動かさず、ゆっくりパンで見せています。"
            "このVlogの費用の上限（$0.30）に達しました。",
        ),
        (
            undescribed(["b.jpg"], Reason(code="declined", text="Declined.")),
            "b.jpg：くわしく見ていません。AIが説明を控えました。",
        ),
        (weeded({"duplicates": 2, "screens": 1}), "使わなかったもの：似たショット2件、スクリーンショット1件。"),
        (no_room(1, 4, 10), "10秒に収めるため、4件中1件は使いませんでした。"),
        (
            left_out("c.jpg", Reason(code="unheard_of", text="<b>New</b> reason.")),
            "c.jpg：使いませんでした。<b>New</b> reason.",
        ),
        (Note.model_validate("d.jpg: An older film's sentence."), "d.jpg: An older film's sentence."),
    ]
    speak(page, daylog, "ja")
    ScriptedVlog(page, body, notes=[note.model_dump(mode="json") for note, _ in told])
    page.goto(f"/vlogs/{body['id']}")
    expect(page.locator("#warnings li")).to_have_text([words for _, words in told])


def test_each_step_is_done_under_way_or_to_come(page: Page, body: dict[str, Any]) -> None:
    vlog = ScriptedVlog(page, body, status="processing", step="storyboard", progress=0.25)
    page.goto(f"/vlogs/{body['id']}")
    steps = page.locator("#steps li")
    expect(steps).to_have_count(4)
    expect(page.locator("#steps [aria-current=step]")).to_contain_text("Telling the story")
    expect(page).to_have_title("25% · A morning at the harbour – Daylog")
    vlog.becomes(step="transfer", progress=0.95)
    expect(page.locator("#steps [data-state=done]")).to_have_count(3)
    expect(page.locator("#step")).to_have_text("Handing it over")
    vlog.becomes(status="completed")
    expect(page.locator("#film[src]")).to_be_visible()


def test_time_left_never_goes_back(page: Page, finished: str) -> None:
    """(seconds of the clock, progress, the service's guess) while the film is made, and what is said."""
    seen = [(0, 0.60, 2), (2, 0.61, 2), (8, 0.65, 9), (12, 0.70, 30), (14, 0.72, 26), (16, 0.74, 27), (60, 0.75, 400)]
    page.goto(f"/vlogs/{finished}")
    told = page.evaluate(
        """async (seen) => {
          const { TimeLeft } = await import("/static/time-left.js");
          const left = new TimeLeft();
          const vlog = (progress, eta) => ({ step: "compose", progress, eta_seconds: eta });
          return seen.map(([now, progress, eta]) => left.of(vlog(progress, eta), now));
        }""",
        seen,
    )
    assert told == [
        "",
        "",
        "about 40 s left",
        "about 30 s left",
        "about 30 s left",
        "about 30 s left",
        "a little longer than expected",
    ]


def test_what_cannot_be_done_is_said_in_the_language_of_the_page(page: Page, daylog: str, body: dict[str, Any]) -> None:
    speak(page, daylog, "ja")
    ScriptedVlog(page, body, **STATES["failed"])
    page.route("**/retry", lambda route: route.continue_())  # of one that is finished, whatever this page was told
    page.goto(f"/vlogs/{body['id']}")
    page.click("#retry")
    expect(page.locator("#refusal")).to_have_text(
        "この画面の内容は最新ではありません。ページを再読み込みしてください。"
    )


def test_a_film_has_its_shape_before_anything_of_it_has_come(page: Page, body: dict[str, Any]) -> None:
    page.route(re.compile(r"/(video|thumbnail)"), lambda _route: None)  # never answered
    vlog = ScriptedVlog(page, body)
    for aspect, shape in (("16:9", 16 / 9), ("9:16", 9 / 16), ("1:1", 1)):
        vlog.becomes(settings=body["settings"] | {"aspect": aspect})
        page.goto(f"/vlogs/{body['id']}")
        expect(page.locator("#film[src]")).to_be_visible()
        box = page.locator("#film").bounding_box()
        assert box is not None
        assert box["height"] > 300
        assert box["width"] / box["height"] == pytest.approx(shape, rel=0.01)


def test_a_film_that_lacks_something_can_be_tried_again(page: Page, body: dict[str, Any]) -> None:
    """A complete one cannot. While it is made again, the film that was there before is not shown."""
    page.goto(f"/vlogs/{body['id']}")
    expect(page.locator("#film[src]")).to_be_visible()
    expect(page.locator("#retry")).to_be_hidden()

    vlog = ScriptedVlog(page, body, **STATES["partial"])
    page.reload()
    expect(page.locator("#warnings")).to_be_visible()
    vlog.becomes(status="processing", step="generate", progress=0.4)
    page.click("#retry")
    expect(page.locator("#step")).to_have_text("Bringing photos to life")
    expect(page.locator("#film:not([src])")).to_be_hidden()
    vlog.becomes(status="completed", error_code=None)
    expect(page.locator("#film[src]")).to_be_visible()
    expect(page.locator("#retry")).to_be_hidden()


def test_subtitles_show_and_scenes_are_jumped_to(page: Page, daylog: str, finished: str) -> None:
    page.goto(f"/vlogs/{finished}")
    wait_until(page, "film.readyState >= 3")
    page.evaluate("film.textTracks[0].mode = 'showing'; film.muted = true")
    wait_until(page, "film.textTracks[0].cues?.length > 0")
    scenes = page.locator("#chapters button")
    expect(scenes).to_have_count(4)
    expect(page.locator("#chapters img")).to_have_count(4)
    page.evaluate("film.currentTime = film.textTracks[0].cues[0].startTime + 0.1")
    wait_until(page, "film.textTracks[0].activeCues.length > 0")
    scenes.nth(2).click()
    start = requests.get(f"{daylog}/api/vlogs/{finished}", timeout=30).json()["segments"][2]["start"]
    wait_until(page, f"Math.abs(film.currentTime - {start}) < 1.5")
    expect(scenes.nth(2)).to_have_attribute("aria-current", "true")
    page.evaluate("film.pause()")
    screenshot(page, "vlog-made")


def test_a_stream_that_is_cut_goes_on(page: Page, body: dict[str, Any]) -> None:
    """Each stream says one thing and breaks off; between them the page asks."""
    vlog = ScriptedVlog(page, body, status="processing", step="compose", progress=0.6)
    said = [
        (1001, {"progress": 0.7}),
        (1002, {"progress": 0.8}),
        (1000, {"progress": 0.1}),
        (1003, {"status": "completed"}),
    ]

    def speak(route: Route) -> None:
        version, changes = said.pop(0) if len(said) > 1 else said[0]
        data = json.dumps(vlog.body | changes)
        route.fulfill(content_type="text/event-stream", body=f"retry: 50\nid: {version}\ndata: {data}\n\n")

    page.route(f"**/api/vlogs/{body['id']}/stream", speak)
    page.add_init_script("""
      window.seen = [];
      document.addEventListener("DOMContentLoaded", () => {
        const bar = document.getElementById("bar");
        new MutationObserver(() => seen.push(bar.value)).observe(bar, { attributes: true });
      });""")
    page.goto(f"/vlogs/{body['id']}")
    expect(page.locator("#film[src]")).to_be_visible()
    seen = page.evaluate("seen")
    assert seen == sorted(seen)
    assert seen[-1] == 0.8


def test_without_a_network_the_page_says_so_and_goes_on(page: Page, body: dict[str, Any]) -> None:
    vlog = ScriptedVlog(page, body, status="processing", step="compose", progress=0.6)
    page.goto(f"/vlogs/{body['id']}")
    expect(page.locator("#making")).to_be_visible()
    page.route(f"**/api/vlogs/{body['id']}", lambda route: route.abort("internetdisconnected"))
    expect(page.locator("#connection")).to_be_visible()
    screenshot(page, "vlog-offline")
    page.unroute(f"**/api/vlogs/{body['id']}")
    vlog.becomes(progress=0.7)
    expect(page.locator("#connection")).to_be_hidden()
    expect(page.locator("#bar")).to_have_js_property("value", 0.7)


def test_an_address_without_a_vlog_says_so(page: Page) -> None:
    for absent in ("00000000-0000-4000-8000-000000000000", "x"):
        answer = page.goto(f"/vlogs/{absent}")
        assert answer
        assert answer.status == 404
        expect(page.locator("h1")).to_have_text("There is nothing here")


def test_a_vlog_deleted_elsewhere_is_gone_from_its_page(page: Page, daylog: str, outing: list[str]) -> None:
    vlog_id = ask(daylog, outing, review="true")
    page.goto(f"/vlogs/{vlog_id}")
    expect(page.locator("#cards li")).to_have_count(4)
    requests.delete(f"{daylog}/api/vlogs/{vlog_id}", timeout=30)
    expect(page.locator("#vlog-title")).to_have_text("No such vlog")
    expect(page.locator("#story")).to_be_hidden()
    expect(page.locator("#delete")).to_be_hidden()
