"""Every page and state that people may see: how to get there, and how its picture is called.

A new page or state joins by a function here; pictures in all languages and sizes, and the checks for
words, glyphs, width and accessibility come by themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.acting import choose, wait_ready

#: the narrowest phone that we promise anything to, and a desk
SIZES = {"phone": ViewportSize(width=360, height=780), "desk": ViewportSize(width=1440, height=900)}


@dataclass(frozen=True)
class Things:
    """What states are made of."""

    media: list[Path]
    #: the id of a vlog that is complete
    finished: str


Opener = Callable[[Page, Things], None]
STATES: dict[str, Opener] = {}


def state(opener: Opener) -> Opener:
    """Joins the gallery under its own name. It ends only when there is nothing more to come."""
    STATES[opener.__name__] = opener
    return opener


@state
def new(page: Page, _things: Things) -> None:
    page.goto("/")
    expect(page.locator("#new")).to_be_visible()


def _with_files(page: Page, things: Things) -> None:
    """Those of an earlier state are still there: a reload loses nothing."""
    page.goto("/")
    expect(page.locator("#new")).to_be_visible()
    if not page.locator("#chosen li").count():
        choose(page, things.media)
    wait_ready(page, len(things.media))


@state
def new_filled(page: Page, things: Things) -> None:
    """With files, a shape, and all wishes unfolded."""
    _with_files(page, things)
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    page.check("[name=style][value=generated]")
    page.check("[name=aspect][value='9:16']")
    expect(page.locator("#estimate")).to_be_visible()
    expect(page.locator("#preview .picture[src]")).to_be_visible()


@state
def new_wrong(page: Page, things: Things) -> None:
    """With a wish that cannot be."""
    _with_files(page, things)
    page.locator("details").last.evaluate("one => { one.open = true; }")
    page.check("[name=style][value=generated]")
    page.fill("[name=maxCost]", "5000")
    page.click("#create")
    expect(page.locator("#wrong-maxCost")).to_be_visible()


@state
def languages(page: Page, _things: Things) -> None:
    page.goto("/vlogs")
    page.click("[popovertarget=languages]")
    expect(page.locator("#languages")).to_be_visible()


@state
def library(page: Page, _things: Things) -> None:
    page.goto("/vlogs")
    expect(page.locator("#recent-list img").first).to_be_visible()


@state
def vlog(page: Page, things: Things) -> None:
    page.goto(f"/vlogs/{things.finished}")
    expect(page.locator("#film[src]")).to_be_visible()


@state
def missing(page: Page, _things: Things) -> None:
    page.goto("/nothing/here")
    expect(page.locator("h1")).to_be_visible()
