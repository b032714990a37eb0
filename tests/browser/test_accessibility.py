"""Every page and state for everybody: what axe finds, the keyboard alone, small to load, nothing from elsewhere."""

from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pytest
import requests
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.acting import wait_ready
from tests.browser.gallery import SIZES, STATES, Things

Json = dict[str, Any]
#: axe-core itself, as the package carries it
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: what is looked at by day, and what may be otherwise by night: colours alone
SCHEMES: tuple[tuple[Literal["light", "dark"], Json], ...] = (
    ("light", {"type": "tag", "values": RULES}),
    ("dark", {"type": "rule", "values": ["color-contrast"]}),
)
#: bytes over the wire for the first look at a page: itself, styles, scripts, words, icon
LIGHT = 100 * 1024


def findings(page: Page) -> list[tuple[str, str, str]]:
    """What is serious or critical by day or by night: when, the rule, and where."""
    # given from outside: the page's policy lets no page load it
    page.evaluate(AXE)
    found = []
    for scheme, rules in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += [(scheme, *one) for one in _findings(page, rules)]
    return found


def _findings(page: Page, rules: Json) -> list[tuple[str, str]]:
    # pictures that fade in are looked at when they are there
    result: Json = page.evaluate(
        """async (rules) => {
          const passing = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < Infinity);
          await Promise.allSettled(passing.map((one) => one.finished));
          return axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
        }""",
        rules,
    )
    return [
        (found["id"], node["target"][0])
        for found in result["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


def test_axe_finds_nothing_serious_by_day_or_by_night(page: Page, things: Things) -> None:
    page.set_viewport_size(SIZES["phone"])
    found = {}
    for name, open_state in STATES.items():
        open_state(page, things)
        found[name] = findings(page)
    assert {where: some for where, some in found.items() if some} == {}


def tab_to(page: Page, selector: str) -> None:
    """By the keyboard alone; what has the focus on the way can be seen."""
    for _ in range(80):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || document.activeElement.checkVisibility()")
        if page.locator(selector).evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not reach {selector}")


def test_a_vlog_is_asked_for_by_the_keyboard_alone(page: Page, media: list[Path]) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    tab_to(page, "#files")
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Space")
    asked.value.set_files(media)
    wait_ready(page, len(media))
    tab_to(page, "[name=title]")
    page.keyboard.type("By hand")
    tab_to(page, "[name=duration]")
    page.keyboard.press("Home")
    expect(page.locator("[name=duration]")).to_have_value("10")
    tab_to(page, "[name=theme]:checked")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=theme]:checked")).to_have_value("romantic")
    tab_to(page, "summary:has(#sound-told)")
    page.keyboard.press("Enter")
    tab_to(page, "[data-mood=calm]")
    page.keyboard.press("Space")
    expect(page.locator("[data-mood=calm]")).to_have_attribute("aria-pressed", "true")
    tab_to(page, "[name=aspect]:checked")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#preview")).to_have_attribute("data-aspect", "9:16")
    tab_to(page, "#create")
    page.keyboard.press("Enter")
    page.wait_for_url("**/vlogs/*")
    expect(page.locator("#vlog-title")).to_have_text("By hand")


class Scales:
    """Weighs what comes over the wire, headers too, but no media: those are no part of a page."""

    def __init__(self, wire: CDPSession) -> None:
        self.kinds: dict[str, str] = {}
        self.total = 0
        wire.on("Network.responseReceived", lambda told: self.kinds.update({told["requestId"]: told["type"]}))
        wire.on("Network.loadingFinished", self._add)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _add(self, told: dict[str, Any]) -> None:
        if self.kinds.get(told["requestId"]) not in ("Image", "Media", "TextTrack"):
            self.total += told["encodedDataLength"]


#: scripts that came, and scripts that the page itself names
CAME = "performance.getEntriesByType('resource').map((one) => one.name).filter((name) => name.endsWith('.js'))"
NAMED = "[...document.querySelectorAll('script[src], link[rel=modulepreload]')].map((one) => one.src || one.href)"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_first_look_at_a_page_is_small(page: Page, daylog: str, things: Things, language: str) -> None:
    page.context.add_cookies([{"name": "lang", "value": language, "url": daylog}])
    weights = {}
    for path in ("/", "/vlogs", f"/vlogs/{things.finished}"):
        page.goto("about:blank")
        scales = Scales(page.context.new_cdp_session(page))
        page.goto(path, wait_until="networkidle")
        weights[path] = scales.total
        assert set(page.evaluate(CAME)) == set(page.evaluate(NAMED)), "a script that is found late is fetched late"
    assert all(5_000 < weight <= LIGHT for weight in weights.values()), weights


@pytest.mark.parametrize("path", ["/", "/vlogs", "/nothing"])
def test_a_page_allows_nothing_inline_and_nothing_from_elsewhere_and_nobody_keeps_it(daylog: str, path: str) -> None:
    answer = requests.get(f"{daylog}{path}", headers={"Accept": "text/html"}, timeout=30)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
