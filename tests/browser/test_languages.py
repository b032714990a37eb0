"""Every page and state in every language and size: all its characters drawn, nothing sticking out, its picture kept."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import screenshot
from tests.browser.gallery import SIZES, STATES, Things

LANGUAGES = ("en", "ja", "zh-Hant")
#: what fonts that draw the shared characters as they are written there have in their names
DRAWN_AS = {"ja": "JP", "zh-Hant": "TC"}
#: characters of the page that look like one that no font has, in the font of the element they are in
MISSING = """() => {
  const pen = new OffscreenCanvas(32, 32).getContext("2d", { willReadFrequently: true });
  const drawn = (text, font) => {
    pen.clearRect(0, 0, 32, 32);
    pen.font = font;
    pen.fillText(text, 4, 24);
    return pen.getImageData(0, 0, 32, 32).data.join();
  };
  const seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest("script, template")) continue;
    const font = `20px ${getComputedStyle(parent).fontFamily}`;
    for (const one of walker.currentNode.textContent) if (one.trim()) seen.add(`${one}${font}`);
  }
  const nothing = {};
  return [...seen].filter((entry) => {
    const [one] = entry;
    const font = entry.slice(one.length);
    nothing[font] ??= drawn("\\u{10FFFF}", font);
    return drawn(one, font) === nothing[font];
  });
}"""

#: what stays in sight while the page is scrolled is drawn anew where it belongs before a picture is taken
FROM_THE_TOP = """() => {
  scrollTo({ top: 0, behavior: "instant" });
  return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}"""


def speak(page: Page, daylog: str, language: str) -> None:
    page.context.add_cookies([{"name": "lang", "value": language, "url": daylog}])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_is_all_there(page: Page, daylog: str, things: Things, language: str) -> None:
    """Opened on a phone, and then turned into a desk's window: what a page is made of is the same in both."""
    speak(page, daylog, language)
    for name, open_state in STATES.items():
        page.set_viewport_size(SIZES["phone"])
        open_state(page, things)
        assert page.evaluate("document.documentElement.lang") == language
        assert page.evaluate(MISSING) == [], name
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            page.evaluate(FROM_THE_TOP)
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name
            screenshot(page, f"{name}-{language}-{size}")


@pytest.mark.parametrize("language", DRAWN_AS)
def test_shared_characters_are_drawn_as_they_are_written_there(page: Page, daylog: str, language: str) -> None:
    speak(page, daylog, language)
    page.goto("/vlogs")
    with_fonts = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        with_fonts.send(f"{domain}.enable")
    root = with_fonts.send("DOM.getDocument")["root"]["nodeId"]
    heading = with_fonts.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = with_fonts.send("CSS.getPlatformFontsForNode", {"nodeId": heading})["fonts"]
    assert any(DRAWN_AS[language] in font["familyName"] for font in fonts), fonts


def test_a_language_that_was_chosen_stays(page: Page) -> None:
    page.goto("/vlogs")
    page.click("[popovertarget=languages]")
    page.click("#languages [lang=ja]")
    expect(page.locator("h1")).to_have_text("マイVlog")
    page.goto("/")
    expect(page.locator("h1")).to_have_text("新しいVlogを作る")
    expect(page.locator("[name=language]")).to_have_value("ja")
