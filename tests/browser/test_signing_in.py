"""Signing in with a real browser, on a whole Daylog where people do; and what other sites can do with its cookie."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.acting import choose, screenshot, wait_ready
from tests.browser.conftest import DESKTOP
from tests.browser.gallery import SIZES
from tests.browser.test_accessibility import findings
from tests.browser.test_languages import LANGUAGES, MISSING, speak
from tests.issuer import LocalIssuer, claims_of, local_issuer
from tests.stack import open_folder
from tests.whole import whole_daylog


@pytest.fixture(scope="module")
def shared_issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalIssuer]:
    with local_issuer(tmp_path_factory.mktemp("issuer")) as issuer:
        yield issuer


@pytest.fixture(scope="module")
def guarded(shared_issuer: LocalIssuer) -> Iterator[str]:
    """The address of a whole Daylog where people sign in."""
    known = shared_issuer.settings()
    settings = {**known, "allowed": json.dumps(known["allowed"])}
    with open_folder() as folder, whole_daylog(folder / "state", **settings) as url:
        yield url


@pytest.fixture
def issuer(shared_issuer: LocalIssuer) -> LocalIssuer:
    shared_issuer.person = claims_of("ana@example.org", name="Ana 愛奈")
    return shared_issuer


@pytest.fixture
def visitor(chromium: Browser, guarded: str) -> Iterator[Page]:
    """A browser that was never here; its console must stay without complaints."""
    with chromium.new_context(base_url=guarded, viewport=DESKTOP) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        assert complaints == []


def sign_in(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Continue with Google").click()
    expect(page.locator("#new")).to_be_visible()


def test_somebody_signs_in_sends_a_photo_and_signs_out(
    visitor: Page, issuer: LocalIssuer, guarded: str, media: list[Path]
) -> None:
    visitor.goto("/vlogs?q=harbour")
    expect(visitor).to_have_url(f"{guarded}/sign-in?next=%2Fvlogs%3Fq%3Dharbour")
    visitor.get_by_role("link", name="Continue with Google").click()
    expect(visitor).to_have_url(f"{guarded}/vlogs?q=harbour")
    visitor.goto("/")
    choose(visitor, media[:1])
    wait_ready(visitor, 1)
    visitor.get_by_role("button", name="Signed in as Ana 愛奈").click()
    expect(visitor.get_by_text("ana@example.org")).to_be_visible()
    screenshot(visitor, "signed-in")
    visitor.get_by_role("button", name="Sign out").click()
    expect(visitor).to_have_url(f"{guarded}/sign-in")
    visitor.goto("/vlogs")
    expect(visitor).to_have_url(f"{guarded}/sign-in?next=%2Fvlogs")
    assert visitor.evaluate("fetch('/api/vlogs').then((answer) => answer.status)") == 401


def test_a_session_that_ends_under_a_page_loses_nothing_and_shows_it_to_nobody_else(
    visitor: Page, issuer: LocalIssuer, guarded: str, media: list[Path]
) -> None:
    """Of two who share a browser, each finds their own chosen files; who signs out leaves nothing."""
    sign_in(visitor)
    visitor.fill("[name=title]", "Ana was here")
    choose(visitor, media[:1])
    wait_ready(visitor, 1)
    visitor.context.clear_cookies()
    choose(visitor, media[1:])
    expect(visitor).to_have_url(f"{guarded}/sign-in?next=%2F")
    visitor.get_by_role("link", name="Continue with Google").click()
    wait_ready(visitor, 2)
    expect(visitor.locator("[name=title]")).to_have_value("Ana was here")

    visitor.context.clear_cookies()
    issuer.person = claims_of("ben@example.org")
    sign_in(visitor)
    expect(visitor.locator("#chosen li")).to_have_count(0)
    expect(visitor.locator("[name=title]")).to_have_value("")
    visitor.locator("[popovertarget=person]").click()
    visitor.get_by_role("button", name="Sign out").click()
    expect(visitor).to_have_url(f"{guarded}/sign-in")
    assert visitor.evaluate("indexedDB.databases()") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sign_in_page_is_for_everybody(visitor: Page, issuer: LocalIssuer, guarded: str, language: str) -> None:
    """Also when it says why somebody may not come in."""
    issuer.person = claims_of("stranger@example.com")
    speak(visitor, guarded, language)
    for size, viewport in SIZES.items():
        visitor.set_viewport_size(viewport)
        for name, address in (("sign-in", "/sign-in"), ("sign-in-refused", "/sign-in/google")):
            visitor.goto(address)
            assert visitor.evaluate("document.documentElement.lang") == language
            assert visitor.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            assert visitor.evaluate(MISSING) == []
            screenshot(visitor, f"{name}-{language}-{size}")
    assert findings(visitor) == []


@pytest.mark.parametrize("elsewhere", ["http://evil.test/", "http://127.0.0.1:9/"], ids=["site", "port"])
def test_a_form_of_another_site_does_nothing_though_the_browser_is_signed_in(
    visitor: Page, issuer: LocalIssuer, guarded: str, elsewhere: str
) -> None:
    """To another port of this machine the cookie goes along: only we can tell."""
    sign_in(visitor)
    form = f'<form method="post" action="{guarded}/sign-out"><button>Win</button></form>'
    visitor.route(elsewhere, lambda route: route.fulfill(body=form, content_type="text/html"))
    visitor.goto(elsewhere)
    with visitor.expect_response(f"{guarded}/sign-out") as answer:
        visitor.get_by_role("button", name="Win").click()
    assert answer.value.status == 403
    visitor.goto(f"{guarded}/vlogs")
    expect(visitor).to_have_url(f"{guarded}/vlogs")
