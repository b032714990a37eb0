"""How tests sign in: as a browser does, by the issuer and back, or as a program does, by an ID token."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.issuer import LocalIssuer, claims_of

#: what a browser says of a request that our own page makes
OURS = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
SESSION, TRIP = "daylog", "daylog-trip"


def begun(client: FlaskClient, wanted: str = "/") -> str:
    """The address that the issuer sends the browser back to."""
    gone = client.get("/sign-in/google", query_string={"next": wanted})
    assert gone.status_code == 303, gone.text
    back = requests.get(gone.headers["Location"], allow_redirects=False, timeout=30).headers["Location"]
    return back.removeprefix("http://localhost")


def come_back(client: FlaskClient, wanted: str = "/") -> TestResponse:
    return client.get(begun(client, wanted))


def browser_of(app: Flask, issuer: LocalIssuer, email: str) -> FlaskClient:
    """A browser in which they are signed in."""
    client = app.test_client()
    issuer.person = claims_of(email)
    answer = come_back(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/"), answer.text
    return client


def token_of(app: Flask, issuer: LocalIssuer, email: str) -> str:
    """An access token of theirs."""
    given = {"id_token": issuer.id_token(**claims_of(email))}
    answer = app.test_client().post("/api/auth/token", json=given)
    assert answer.status_code == 200, answer.text
    return str(answer.json["access_token"])


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def me(client: FlaskClient, **asked: Any) -> TestResponse:
    return client.get("/api/v1/users/me", **asked)


def cookie(client: FlaskClient, name: str = SESSION) -> str:
    """Its value; nothing, if the browser has none."""
    found = client.get_cookie(name)
    return found.value if found else ""


def attributes(answer: TestResponse, name: str) -> Mapping[str, str]:
    """Of the cookie that this answer sets, by name in lower case; those without a value have an empty one."""
    (line,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}=")]
    pairs = [part.strip().partition("=") for part in line.split(";")[1:]]
    return {key.lower(): value for key, _, value in pairs}


def path_of(url: str) -> str:
    return urlsplit(url).path
