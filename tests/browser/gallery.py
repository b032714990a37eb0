"""Every page and state that people may see: how to get there, and how its picture is called.

A new page or state joins by a function here; pictures in all languages and sizes, and the checks for
words, glyphs, width and accessibility come by themselves.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect

from internal.media import Reason
from internal.notes import panned
from tests.browser.acting import choose, wait_ready
from tests.browser.scripted import ScriptedVlog

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


def _as(page: Page, things: Things, **changes: object) -> None:
    """The page of the complete vlog, as if it stood otherwise."""
    page.unroute_all()
    body = page.request.get(f"/api/vlogs/{things.finished}").json()
    ScriptedVlog(page, body, **changes)
    page.goto(f"/vlogs/{things.finished}")


@state
def vlog_queued(page: Page, things: Things) -> None:
    _as(page, things, status="pending", step="", progress=0.0)
    expect(page.locator("#steps li").first).to_be_visible()


@state
def vlog_making(page: Page, things: Things) -> None:
    _as(page, things, status="processing", step="compose", progress=0.7, message="Rendered 3 of 9 pieces")
    expect(page.locator("#message")).to_have_text(re.compile("3.*9|9.*3"))


@state
def vlog_failed(page: Page, things: Things) -> None:
    _as(page, things, status="failed", error_code="internal_error", error_message="Something went wrong.")
    expect(page.locator("#retry")).to_be_visible()


@state
def vlog_cancelled(page: Page, things: Things) -> None:
    _as(page, things, status="failed", error_code="cancelled", error_message="Cancelled on request.")
    expect(page.locator("#remedy")).to_be_visible()


@state
def vlog_partial(page: Page, things: Things) -> None:
    """One of several versions."""
    limit = Reason(code="daily_limit", text="Your limit of $10.00 a day is reached.", usd=10.0)
    _as(page, things, error_code="partial", notes=[panned(["1.jpg"], limit).model_dump(mode="json")])
    versions = [
        {"id": one, "number": number, "title": "A day", "status": status, "created_at": "2026-11-22T09:00:00Z"}
        for number, (one, status) in enumerate(((things.finished, "completed"), ("another", "processing")), start=1)
    ]
    page.route("**/versions?*", lambda route: route.fulfill(json={"items": versions, "total": 2}))
    page.reload()
    expect(page.locator("#warnings")).to_be_visible()
    expect(page.locator("#versions li")).to_have_count(2)


@state
def vlog_review(page: Page, things: Things) -> None:
    """With a scene left out, and the others too long."""
    _as(page, things, status="processing", needs="review", step="storyboard", progress=0.3)
    page.locator("#cards .leave").last.click()
    for number in range(3):
        page.locator("#cards .seconds").nth(number).fill("10")
    expect(page.locator("#story-approve")).to_be_disabled()


@state
def vlog_version(page: Page, things: Things) -> None:
    """Another one is being told."""
    page.unroute_all()
    page.goto(f"/vlogs/{things.finished}")
    page.click("#edit")
    expect(page.locator("#cards li").first).to_be_visible()


@state
def vlog_sharing(page: Page, things: Things) -> None:
    link = {"url": "https://daylog.example/s/0123456789abcdef", "expires_at": "2026-12-01T09:00:00Z"}
    page.route("**/share", lambda route: route.fulfill(json=link))
    page.goto(f"/vlogs/{things.finished}")
    page.click("#share")
    page.click("#share-create")
    expect(page.locator("#share-copy")).to_be_focused()


def _with_vlogs(page: Page, vlogs: list[dict[str, object]]) -> None:
    page.unroute_all()
    page.route(re.compile(r"/api/vlogs\?"), lambda route: route.fulfill(json={"items": vlogs, "total": len(vlogs)}))
    page.route("**/api/vlogs/gone", lambda route: route.fulfill(status=204))
    page.goto("/vlogs")


@state
def library_states(page: Page, things: Things) -> None:
    """All that a vlog may be, and one that was deleted just now."""
    body = page.request.get(f"/api/vlogs/{things.finished}").json()
    without: dict[str, object] = {"thumbnail": None, "duration": None}
    kinds: list[dict[str, object]] = [
        {"id": "gone"},
        {"status": "pending", **without},
        {"status": "processing", "progress": 0.4, **without},
        {"status": "processing", "needs": "review", **without},
        {"status": "failed", "error_code": "crashed", **without},
        {"status": "failed", "error_code": "cancelled", **without},
        {"error_code": "partial"},
        {"version": 2},
    ]
    _with_vlogs(page, [body | {"id": str(number)} | kind for number, kind in enumerate(kinds)])
    page.locator(".tile .remove").first.click()
    expect(page.locator(".toast")).to_be_visible()


@state
def library_empty(page: Page, _things: Things) -> None:
    _with_vlogs(page, [])
    expect(page.locator("#none")).to_be_visible()


@state
def library_without_match(page: Page, _things: Things) -> None:
    _with_vlogs(page, [])
    page.goto("/vlogs?q=nothing")
    expect(page.locator("#no-match")).to_be_visible()
