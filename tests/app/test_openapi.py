"""The API's description is valid, complete, and true of real answers."""

import json
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from werkzeug.test import TestResponse

from app.server_sent import server_sent
from internal.ports import Services
from tests.app.asking import ABSENT, Media, asked, completed, create, failed, leased, uploaded, work
from tests.app.signing_in import bearing, token_of
from tests.app.told_day import finished, parked
from tests.issuer import LocalIssuer


@pytest.fixture(scope="module")
def described(app: Flask) -> dict[str, Any]:
    return app.test_client().get("/openapi.json").json


def test_it_is_valid_openapi(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    validate(described)


def test_every_route_of_the_api_is_described(app: Flask, described: dict[str, Any]) -> None:
    served = {
        (method.lower(), rule.rule.count("<"), rule.rule.split("<")[0])
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    told = {
        (method, path.count("{"), path.split("{")[0])
        for path, methods in described["paths"].items()
        for method in methods
    }
    assert served == told


def test_no_operation_goes_without_words_or_shares_its_id(described: dict[str, Any]) -> None:
    operations = [operation for methods in described["paths"].values() for operation in methods.values()]
    assert all(operation["summary"] for operation in operations)
    assert len({operation["operationId"] for operation in operations}) == len(operations)


def check(described: dict[str, Any], method: str, path: str, answer: TestResponse) -> None:
    """The answer's status is described, and its body fits the schema given for it."""
    responses = described["paths"][path][method]["responses"]
    assert str(answer.status_code) in responses, (method, path, answer.status_code)
    content = responses[str(answer.status_code)].get("content")
    if content is None:
        assert not answer.data
        return
    schema = {**content[answer.content_type]["schema"], "components": described["components"]}
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(answer.json)


@pytest.mark.parametrize("state", ["pending", "leased", "completed", "partial", "failed", "worked"])
def test_vlogs_in_every_state_fit_it(
    client: FlaskClient, services: Services, media: Media, described: dict[str, Any], state: str
) -> None:
    vlog_id = asked(services, [uploaded(services, media)])
    match state:
        case "leased":
            leased(services, vlog_id)
        case "failed":
            failed(services, vlog_id)
        case "worked":
            work(services, vlog_id)
        case "completed" | "partial":
            completed(services, vlog_id, partial=state == "partial")
    for method, route in (("get", ""), ("post", "/approve"), ("post", "/cancel"), ("post", "/retry"), ("delete", "")):
        answer = client.open(f"/api/vlogs/{vlog_id}{route}", method=method.upper())
        check(described, method, f"/api/vlogs/{{vlog_id}}{route}", answer)
    check(described, "post", "/api/vlogs/{vlog_id}/restore", client.post(f"/api/vlogs/{vlog_id}/restore"))
    check(described, "get", "/api/vlogs", client.get("/api/vlogs"))


def test_sharing_fits_it(client: FlaskClient, services: Services, media: Media, described: dict[str, Any]) -> None:
    vlog_id = asked(services, [uploaded(services, media)])
    path, here = "/api/vlogs/{vlog_id}/share", f"/api/vlogs/{vlog_id}/share"
    check(described, "post", path, client.post(here, json={}))
    completed(services, vlog_id)
    for wish in ({"days": 7}, {}, {"days": 0}):
        check(described, "post", path, client.post(here, json=wish))
    check(described, "get", "/api/vlogs/{vlog_id}", client.get(f"/api/vlogs/{vlog_id}"))
    check(described, "delete", path, client.delete(here))


def test_streams_fit_it(client: FlaskClient, services: Services, media: Media, described: dict[str, Any]) -> None:
    vlog_id = asked(services, [uploaded(services, media)])
    version = completed(services, vlog_id).version
    path, here = "/api/vlogs/{vlog_id}/stream", f"/api/vlogs/{vlog_id}/stream"
    content = described["paths"][path]["get"]["responses"]["200"]["content"]
    (event,) = server_sent(client.get(here).text.split("\n"))
    schema = {**content["text/event-stream"]["schema"], "components": described["components"]}
    Draft202012Validator(schema).validate(json.loads(event.data))
    check(described, "get", path, client.get(here, headers={"Last-Event-ID": str(version)}))
    check(described, "get", path, client.get(f"/api/vlogs/{ABSENT}/stream"))


def test_films_fit_it(client: FlaskClient, services: Services, media: Media, described: dict[str, Any]) -> None:
    vlog_id = asked(services, [uploaded(services, media)])
    path = "/api/vlogs/{vlog_id}/{file}"
    check(described, "get", path, client.get(f"/api/vlogs/{vlog_id}/video"))
    completed(services, vlog_id)
    check(described, "get", path, client.get(f"/api/vlogs/{vlog_id}/video"))
    check(described, "get", path, client.get(f"/api/vlogs/{vlog_id}/video?download=x"))


def test_stories_and_versions_fit_it(
    client: FlaskClient, services: Services, media: Media, described: dict[str, Any]
) -> None:
    media_ids = [uploaded(services, media)]
    for vlog_id in (asked(services, media_ids), parked(services, media_ids), finished(services, media_ids)):
        here, there = f"/api/vlogs/{vlog_id}", "/api/vlogs/{vlog_id}"
        told = client.get(f"{here}/storyboard")
        check(described, "get", f"{there}/storyboard", told)
        for etag in (told.headers.get("ETag", "*"), '"old"', None):
            headers = {"If-Match": etag} if etag else {}
            for scenes in ([{"id": 1, "caption": "Here"}], [{"id": 2}]):
                changed = client.put(f"{here}/storyboard", json={"scenes": scenes}, headers=headers)
                check(described, "put", f"{there}/storyboard", changed)
        for scene in (1, 2):
            picture = client.get(f"{here}/scenes/{scene}/picture")
            check(described, "get", f"{there}/scenes/{{scene_id}}/picture", picture)
        for wish in ({}, {"settings": {"style": "generated"}}, {"scenes": 1}):
            check(described, "post", f"{there}/versions", client.post(f"{here}/versions", json=wish))
        check(described, "get", f"{there}/versions", client.get(f"{here}/versions"))


def test_creating_fits_it(client: FlaskClient, media: Media, described: dict[str, Any]) -> None:
    path = "/api/agent/create-vlog"
    forms: list[dict[str, Any]] = [
        {"files": media.part("tiny.jpg")},
        {"files": media.part("text.jpg")},
        {"duration": "x"},
        {"mediaIds": ABSENT},
    ]
    for form in forms:
        check(described, "post", path, create(client, form))
    check(described, "post", path, client.post(path, json={}))


def test_uploads_and_media_fit_it(
    client: FlaskClient, services: Services, media: Media, described: dict[str, Any]
) -> None:
    upload = client.post("/api/uploads", json={"name": "a.mp4", "size": 5})
    check(described, "post", "/api/uploads", upload)
    check(described, "post", "/api/uploads", client.post("/api/uploads", json={"size": "x"}))
    here = upload.headers["Location"]
    check(described, "get", "/api/uploads/{upload_id}", client.get(here))
    check(described, "post", "/api/uploads/{upload_id}/complete", client.post(f"{here}/complete"))
    check(described, "delete", "/api/uploads/{upload_id}", client.delete(here))
    ready = f"/api/media/{uploaded(services, media)}"
    check(described, "get", "/api/media", client.get("/api/media"))
    check(described, "get", "/api/media/{media_id}", client.get(ready))
    check(described, "get", "/api/media/{media_id}/analytics", client.get(f"{ready}/analytics"))
    check(described, "put", "/api/media/{media_id}/analytics", client.put(f"{ready}/analytics", json={"mood": "calm"}))
    check(described, "delete", "/api/media/{media_id}", client.delete(ready))


def test_signing_in_fits_it(guarded: Flask, issuer: LocalIssuer, described: dict[str, Any]) -> None:
    program = guarded.test_client()
    path = "/api/auth/token"
    for token in (issuer.id_token(), issuer.id_token(aud="other"), issuer.id_token(email="a@example.com"), 7):
        answer = program.post(path, json={"id_token": token})
        check(described, "post", path, answer)
    headers = bearing(token_of(guarded, issuer, "ana@example.org"))
    check(described, "get", "/api/v1/users/me", program.get("/api/v1/users/me", headers=headers))
    for _ in range(2):
        check(described, "post", "/api/auth/logout", program.post("/api/auth/logout", headers=headers))
    check(described, "get", "/api/v1/users/me", program.get("/api/v1/users/me"))


class Links(HTMLParser):
    """Everything a page loads or leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "iframe", "style")
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "action")]


def test_the_docs_page_loads_nothing_from_elsewhere(client: FlaskClient, described: dict[str, Any]) -> None:
    page = client.get("/docs")
    links = Links()
    links.feed(page.text)
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in links.found)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for path in described["paths"]:
        assert f"<code>{path}</code>" in page.text
    sheet = client.get("/docs/docs.css")
    assert (sheet.status_code, sheet.content_type.partition(";")[0]) == (200, "text/css")
    sheet.close()
