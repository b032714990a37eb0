"""Browsers sign in by a trip to the issuer and back: who is let in, and where they go next."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from internal.accounts import Role
from internal.ports import Services
from tests.app.signing_in import browser_of, come_back, cookie, me
from tests.issuer import LocalIssuer, claims_of


def test_who_comes_back_is_signed_in_and_where_they_wanted_to_be(browser: FlaskClient, issuer: LocalIssuer) -> None:
    asked = browser.get("/vlogs?state=made")
    assert asked.status_code == 303
    page = browser.get(asked.headers["Location"])
    assert page.status_code == 200
    assert "/sign-in/google?next=%2Fvlogs%3Fstate%3Dmade" in page.text
    answer = come_back(browser, "/vlogs?state=made")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vlogs?state=made")
    assert browser.get("/vlogs").status_code == 200
    told = me(browser).json["user"]
    assert (told["email"], told["name"], told["role"]) == ("ana@example.org", "Ana", "user")


@pytest.mark.parametrize("wish", ["/", "/vlogs", "/vlogs/5d0c7a52-6f4e-4d7e-9a55-0f5f1f5d4a11"])
def test_pages_lead_to_the_sign_in(browser: FlaskClient, wish: str) -> None:
    answer = browser.get(wish)
    assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (303, "/sign-in")
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"next": [wish]}


def test_who_is_signed_in_needs_no_sign_in_page(guarded: Flask, issuer: LocalIssuer) -> None:
    answer = browser_of(guarded, issuer, "ana@example.org").get("/sign-in?next=/vlogs")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vlogs")


@pytest.mark.parametrize("language", ["en", "ja", "zh-Hant"])
def test_the_sign_in_page_speaks_their_language_and_loads_nothing_from_elsewhere(
    browser: FlaskClient, language: str
) -> None:
    page = browser.get("/sign-in", headers={"Accept-Language": language})
    assert f'<html lang="{language}">' in page.text
    assert "<script src" not in page.text
    assert "https://" not in page.text.replace("https://accounts", "")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_one_name_of_the_laptop_leads_to_the_one_that_the_way_back_has(browser: FlaskClient) -> None:
    answer = browser.get("/sign-in/google?next=/vlogs", headers={"Host": "127.0.0.1"})
    assert answer.headers["Location"] == "http://localhost/sign-in/google?next=%2Fvlogs"


def test_where_nobody_signs_in_there_is_nothing_to_do(client: FlaskClient) -> None:
    assert client.get("/sign-in?next=/vlogs").headers["Location"] == "/vlogs"
    assert [client.get(f"/sign-in/{way}").status_code for way in ("google", "callback")] == [409, 409]
    assert me(client).json["user"]["role"] == "admin"
    assert client.post("/sign-out").headers["Location"] == "/sign-in"


STRANGERS = [
    "ana@example.com",
    "ana@sub.example.org",
    "ana@example.org.evil.test",
    "ana@notexample.org",
    "ana@evil.test@example.org",
    "guest@example.org.",
    "xguest@example.com",
    "guest+x@example.com",
    "gueſt@example.com",  # a long s, which upper-cases to S
    "ana@eKample.org",  # a Kelvin sign
]


@pytest.mark.parametrize("email", STRANGERS)
def test_who_is_not_on_the_list_stays_out(
    browser: FlaskClient, issuer: LocalIssuer, services: Services, email: str
) -> None:
    issuer.person = claims_of(email)
    answer = come_back(browser)
    assert answer.status_code == 403
    assert "not on the list" in answer.text
    assert cookie(browser) == ""
    assert email not in {user.email for user in services.store.users()}


def test_why_somebody_stays_out_can_be_read_in_another_language(browser: FlaskClient, issuer: LocalIssuer) -> None:
    """Without another try to redeem a code that is used up."""
    issuer.person = claims_of("stranger@example.com")
    page = come_back(browser).text
    assert "<noscript>" not in page
    offered = next(address for address in re.findall(r'href="([^"]*)"', page) if address.endswith("lang=ja"))
    answer = browser.get(unescape(offered), follow_redirects=True)
    assert "利用者リストにありません" in answer.text
    assert 'role="alert"' not in browser.get("/sign-in?problem=invented").text


@pytest.mark.parametrize("email", ["Guest@Example.COM", "Ana@EXAMPLE.org"])
def test_addresses_differ_not_by_their_capitals(browser: FlaskClient, issuer: LocalIssuer, email: str) -> None:
    issuer.person = claims_of(email)
    assert come_back(browser).status_code == 303


def test_a_role_comes_from_an_operator_and_never_from_the_token(
    browser: FlaskClient, issuer: LocalIssuer, services: Services, email: str
) -> None:
    issuer.person = claims_of(email, role="admin", roles=["admin"], admin=True)
    come_back(browser)
    told = me(browser).json["user"]
    assert told["role"] == "user"
    services.store.set_role(told["id"], Role.ADMIN)
    assert me(browser).json["user"]["role"] == "admin"


def test_a_name_is_shown_as_text(browser: FlaskClient, issuer: LocalIssuer) -> None:
    issuer.person = claims_of("ana@example.org", name="<script>alert(1)</script>")
    come_back(browser)
    page = browser.get("/").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


ELSEWHERE = [
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "https://evil.test",
    "https:evil.test",
    "javascript:alert(1)",
    " //evil.test",
    "evil.test",
    "@evil.test",
    "/%0d%0aSet-Cookie: a=b\r\nX: y",
    "/" + "x" * 3000,
    "\x00/",
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_a_link_to_the_sign_in_leads_to_no_other_site(
    guarded: Flask, browser: FlaskClient, issuer: LocalIssuer, wanted: str
) -> None:
    answer = come_back(browser, wanted)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert browser.get("/sign-in", query_string={"next": wanted}).headers["Location"] == "/"


@pytest.mark.parametrize("wanted", ["/vlogs", "/vlogs?q=a%20b&state=made", "/?lang=ja"])
def test_it_leads_to_our_own_pages(browser: FlaskClient, issuer: LocalIssuer, wanted: str) -> None:
    assert come_back(browser, wanted).headers["Location"] == wanted
