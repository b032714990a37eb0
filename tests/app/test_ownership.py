"""What is somebody else's is to nobody else there: on every route, for two users who are both signed in.

The routes come from the app itself, so that none can be forgotten.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from internal.ports import Services
from tests.app.asking import ABSENT, Media, asked, completed, uploaded
from tests.app.routes import path_to
from tests.app.signing_in import bearing, me, token_of
from tests.issuer import LocalIssuer

#: what a route needs to get as far as asking whose it is, by endpoint; all others need nothing
GIVEN: Mapping[str, Mapping[str, Any]] = {
    "media.correct": {"json": {"caption": "Hers"}},
    "shares.share": {"json": {}},
    "storyboards.change": {"json": {"scenes": [{"id": 1}]}, "headers": {"If-Match": '"a"'}},
    "versions.make": {"json": {}},
}
#: for whoever comes; the way back from the sign-in is, too, but answers 401 to who never went
OPEN = {
    "accounts.token",
    "docs.openapi",
    "docs.page",
    "docs.static",
    "health.healthz",
    "health.ready",
    "pages.share.film",
    "pages.share.show",
    "pages.sign_in.ask",
    "pages.sign_in.go",
    "pages.sign_in.leave",
    "pages.static",
}


@dataclass(frozen=True)
class Asker:
    """Somebody signed in, with a token."""

    client: FlaskClient
    id: str
    headers: Mapping[str, str]

    def open(self, path: str, method: str = "GET", **given: Any) -> TestResponse:
        headers = {**self.headers, **given.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **given)


def asker(app: Flask, issuer: LocalIssuer) -> Asker:
    """Somebody new."""
    headers = bearing(token_of(app, issuer, f"{uuid.uuid4()}@example.org"))
    client = app.test_client(use_cookies=False)
    return Asker(client, me(client, headers=headers).json["user"]["id"], headers)


@pytest.fixture
def ana(guarded: Flask, issuer: LocalIssuer) -> Asker:
    return asker(guarded, issuer)


@pytest.fixture
def ben(guarded: Flask, issuer: LocalIssuer) -> Asker:
    return asker(guarded, issuer)


def served(app: Flask) -> list[tuple[str, Rule]]:
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if not rule.rule.startswith("/internal/")  # no user's: their own tests ask as others than the queue
    ]


def test_nobody_sees_anything_unasked(guarded: Flask) -> None:
    """Signed out, every route but the open ones answers 401, or leads to the sign-in."""
    nobody, found = guarded.test_client(), set()
    for method, rule in served(guarded):
        answer = nobody.open(path_to(rule, ABSENT), method=method, json=None)
        shut = answer.status_code == 401 or answer.headers.get("Location", "").startswith("/sign-in?next=")
        answer.close()
        if not shut:
            found.add(rule.endpoint)
    assert found == OPEN


# ---------------------------------------------------------------- one thing at a time


def vlog_of(asker: Asker, services: Services, media: Media) -> str:
    vlog_id = asked(services, [uploaded(services, media, owner_id=asker.id)], owner_id=asker.id)
    completed(services, vlog_id)
    return vlog_id


def media_of(asker: Asker, services: Services, media: Media) -> str:
    return uploaded(services, media, owner_id=asker.id)


def upload_of(asker: Asker, services: Services, media: Media) -> str:
    answer = asker.open("/api/uploads", "POST", json={"name": "a.mp4", "size": 9})
    return str(answer.json["uploadId"])


MADE: Mapping[str, Callable[[Asker, Services, Media], str]] = {
    "vlog_id": vlog_of,
    "media_id": media_of,
    "upload_id": upload_of,
}


def owned(app: Flask) -> list[tuple[str, Rule, str]]:
    """The routes that take the id of what is somebody's, and that part's name."""
    routes = [(method, rule) for method, rule in served(app) if rule.endpoint not in OPEN and rule.arguments]
    named = [(method, rule, sorted(rule.arguments & set(MADE))) for method, rule in routes]
    strange = {rule.rule for _, rule, names in named if not names}
    assert strange == {rule.rule for _, rule in routes if rule.endpoint == "pages.new.listen"}
    return [(method, rule, name) for method, rule, (name,) in ((m, r, n) for m, r, n in named if n)]


def test_what_is_anothers_is_not_there(
    guarded: Flask, ana: Asker, ben: Asker, services: Services, media: Media
) -> None:
    """Word for word the answer that an id gets which nobody has; and it is Ana's as before, for whom it is there."""
    for method, rule, name in owned(guarded):
        hers, given = MADE[name](ana, services, media), GIVEN.get(rule.endpoint, {})
        seen = shown(ana, name, hers)
        as_ben = ben.open(path_to(rule, hers), method, **given)
        absent = ben.open(path_to(rule, ABSENT), method, **given)
        assert as_ben.status_code == 404, (f"GIVEN must have what {rule.endpoint} needs, or", method, rule, as_ben.text)
        assert told(as_ben, hers) == told(absent, ABSENT), (method, rule.rule)
        assert shown(ana, name, hers) == seen, (method, rule.rule)
        as_ana = ana.open(path_to(rule, hers), method, **given)
        assert told(as_ana, hers) != told(absent, ABSENT), (method, rule.rule)
        assert as_ana.headers["Cache-Control"] == "no-store", (method, rule.rule)
        as_ana.close()


def shown(asker: Asker, name: str, some_id: str) -> bytes:
    kind = {"vlog_id": "vlogs", "media_id": "media", "upload_id": "uploads"}[name]
    return asker.open(f"/api/{kind}/{some_id}").data


def told(answer: TestResponse, some_id: str) -> tuple[int, str, list[tuple[str, str]]]:
    """All of it, also by which headers it comes; but for the id, which only they know who asked."""
    if answer.status_code == 200:
        return answer.status_code, "", []  # a stream goes on
    return (
        answer.status_code,
        answer.text.replace(some_id, "…"),
        sorted((name, value) for name, value in answer.headers),
    )


def test_lists_hold_only_what_is_ones_own(ana: Asker, ben: Asker, services: Services, media: Media) -> None:
    vlog_of(ana, services, media)
    for path in ("/api/vlogs", "/api/media"):
        assert (ana.open(path).json["total"], ben.open(path).json["total"]) == (1, 0)


# ---------------------------------------------------------------- ids within a request

Form = Callable[[str, str], Mapping[str, Any]]


def form(*ids: str, **fields: str) -> Mapping[str, Any]:
    return {"data": {"mediaIds": list(ids), **fields}, "content_type": "multipart/form-data"}


WITH_IDS: Mapping[str, tuple[str, Form]] = {
    "a vlog of it": ("/api/agent/create-vlog", lambda hers, his: form(hers)),
    "a vlog of it and one's own": ("/api/agent/create-vlog", lambda hers, his: form(his, hers)),
    "a vlog with its music": ("/api/agent/create-vlog", lambda hers, his: form(his, musicId=hers)),
    "an estimate of it": ("/api/vlogs/estimate", lambda hers, his: {"json": {"mediaIds": [his, hers]}}),
}


@pytest.mark.parametrize("name", WITH_IDS)
def test_nothing_is_made_of_anothers_media(ana: Asker, ben: Asker, services: Services, media: Media, name: str) -> None:
    path, given = WITH_IDS[name]
    hers, his = (media_of(one, services, media) for one in (ana, ben))
    as_ben = ben.open(path, "POST", **given(hers, his))
    absent = ben.open(path, "POST", **given(ABSENT, his))
    assert as_ben.status_code == 404, as_ben.text
    assert told(as_ben, hers) == told(absent, ABSENT)
    assert ben.open("/api/vlogs").json["total"] == 0


@pytest.mark.parametrize("odd", ["..%2f{}", "{}%2f..", "{}%00", "%20{}", "{}%0a", "' OR 1=1 --", "*", "%25"])
def test_no_other_spelling_of_an_id_leads_to_it(
    ana: Asker, ben: Asker, services: Services, media: Media, odd: str
) -> None:
    hers = vlog_of(ana, services, media)
    for asker_of_it in (ana, ben):
        assert asker_of_it.open(f"/api/vlogs/{odd.format(hers)}").status_code == 404
