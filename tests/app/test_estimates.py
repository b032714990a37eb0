"""What a vlog would cost is told before anything starts, and asking changes nothing."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.bootstrap import generator
from app.settings import Settings
from internal.media import Facts
from internal.paid import Limits, PaidCall
from internal.ports import MediaAnalyst, Services
from tests.app.asking import ABSENT, OWNER, STRANGER, Media, asked, stored, uploaded

GENERATED = {"style": "generated", "theme": "relaxing", "duration": 30}


@pytest.fixture(scope="module")
def with_veo(settings: Settings, services: Services) -> Services:
    """Veo's real prices: $0.20 for 4 seconds, $0.30 for 6."""
    veo = settings.model_copy(update={"generator": "veo", "google_project": "none"})
    return replace(
        services,
        generator=generator(veo, services.composer, services.work),
        limits=Limits(vlog=1000, owner_day=1e6, service_day=1e6),
    )


def serving(settings: Settings, services: Services) -> FlaskClient:
    return create_app(settings, services).test_client()


@pytest.fixture(scope="module")
def veo(settings: Settings, with_veo: Services) -> FlaskClient:
    return serving(settings, with_veo)


def ask(client: FlaskClient, **wishes: Any) -> TestResponse:
    return client.post("/api/vlogs/estimate", json=wishes)


def told(client: FlaskClient, **wishes: Any) -> Mapping[str, Any]:
    answer = ask(client, **wishes)
    assert answer.status_code == 200, answer.json
    body: Mapping[str, Any] = answer.json
    assert body["low"] <= body["high"]
    assert body["reasons"]
    return body


def test_a_range_is_told_with_its_reasons(veo: FlaskClient) -> None:
    assert told(veo, **GENERATED, photos=20, clips=1) == {
        "low": 0.6,
        "high": 2.7,
        "currency": "USD",
        "scenes": {"low": 3, "high": 9, "price": {"low": 0.2, "high": 0.3}},
        "reasons": [
            "3 to 9 of 20 photos can be shown in 30 seconds.",
            "To bring one to life costs $0.20 to $0.30.",
            "What was made of the same photos and clips before is used again, and costs nothing.",
        ],
    }


def test_footage_costs_nothing_where_nobody_is_asked_what_is_in_it(veo: FlaskClient) -> None:
    body = told(veo, photos=20)
    assert (body["low"], body["high"], body["scenes"]["high"]) == (0, 0, 0)
    assert body["reasons"] == ["Style footage brings no photo to life."]


def test_where_photos_are_brought_to_life_by_panning_they_cost_nothing(client: FlaskClient) -> None:
    body = told(client, **GENERATED, photos=3)
    assert (body["low"], body["high"], body["scenes"]["low"]) == (0, 0, 3)
    assert "They are brought to life at no cost." in body["reasons"]


@pytest.mark.parametrize(
    ("wishes", "scenes", "high"),
    [
        ({"photos": 2}, (2, 2), 0.6),
        ({"photos": 20, "resolution": "1080p"}, (5, 9), 4.32),
        ({"photos": 60, "duration": 180}, (38, 57), 17.1),
        ({"photos": 20, "theme": "adventure"}, (6, 11), 3.3),
        ({"photos": 1, "clips": 99}, (0, 1), 0.3),
        ({"clips": 4}, (0, 0), 0),
    ],
)
def test_the_range_follows_from_media_length_pace_and_resolution(
    veo: FlaskClient, wishes: dict[str, Any], scenes: tuple[int, int], high: float
) -> None:
    body = told(veo, **(GENERATED | wishes))
    assert (body["scenes"]["low"], body["scenes"]["high"]) == scenes
    assert body["high"] == pytest.approx(high)


def test_the_users_own_limit_is_not_exceeded(veo: FlaskClient) -> None:
    body = told(veo, **GENERATED, photos=20, maxCost=0.75)
    assert (body["scenes"]["high"], body["low"], body["high"]) == (3, 0.6, 0.75)
    assert "The limit of $0.75 for this vlog is reached. The photos beyond that are panned over." in body["reasons"]
    assert told(veo, **GENERATED, photos=20, maxCost=0)["high"] == 0


def test_what_was_spent_today_counts(settings: Settings, with_veo: Services, media: Media) -> None:
    vlog_id = asked(with_veo, [uploaded(with_veo, media)])
    with with_veo.store.write(vlog_id) as tx:
        call = PaidCall(OWNER, vlog_id, 1, 1, vlog_id, 1, 8.0, 1.0)
        tx.add_paid_call(call.intended(tx.now, timedelta(minutes=20)))
    spent = with_veo.store.spent(OWNER)
    for limits, words in (
        (Limits(vlog=1000, owner_day=spent.owner + 0.5, service_day=1e6), "a day is reached"),
        (Limits(vlog=1000, owner_day=1e6, service_day=spent.service + 0.5), "this service may spend"),
    ):
        body = told(serving(settings, replace(with_veo, limits=limits)), **GENERATED, photos=20)
        assert body["scenes"]["high"] == 2
        assert any(words in reason for reason in body["reasons"])


def test_media_are_looked_up(veo: FlaskClient, services: Services, media: Media) -> None:
    ids = [uploaded(services, media), uploaded(services, media), uploaded(services, media, "tiny.mp4")]
    song = uploaded(services, media, "song.m4a")
    body = told(veo, **GENERATED, mediaIds=[*ids, ids[0]], musicId=song)
    assert body["scenes"]["high"] == 2
    refused = ask(veo, mediaIds=[song])
    assert (refused.status_code, refused.json["field"]) == (400, "files")


@pytest.mark.parametrize("wish", ["mediaIds", "musicId"])
def test_anothers_media_and_absent_ones_are_not_found(
    veo: FlaskClient, services: Services, media: Media, wish: str
) -> None:
    theirs = uploaded(services, media, owner_id=STRANGER)
    mine = uploaded(services, media)
    for media_id in (theirs, ABSENT, "1", "../other/x", "a\x00b", "\ud800"):
        answer = ask(veo, **{"mediaIds": [mine], wish: media_id if wish == "musicId" else [mine, media_id]})
        assert (answer.status_code, answer.json["detail"]) == (404, f"There is no such media: {media_id}.")


def test_asking_makes_and_reserves_nothing(veo: FlaskClient, services: Services, media: Media) -> None:
    photo = uploaded(services, media)
    before = stored(services), services.store.vlogs(OWNER, 1, 0)[1], services.store.spent(OWNER)
    told(veo, **GENERATED, mediaIds=[photo])
    assert (stored(services), services.store.vlogs(OWNER, 1, 0)[1], services.store.spent(OWNER)) == before


class DearAnalyst:
    """Asks a cent for each second of a clip, and one for a photo."""

    def price(self, facts: Facts) -> float:
        return 0.01 * max(1.0, facts.seconds)


def test_having_media_described_is_part_of_the_cost(settings: Settings, with_veo: Services) -> None:
    analyst: MediaAnalyst = DearAnalyst()  # type: ignore[assignment]  # nothing but its price is asked for
    client = serving(settings, replace(with_veo, analyst=analyst))
    footage = told(client, photos=5, clips=1)
    assert footage["low"] == footage["high"] == pytest.approx(0.25)
    assert "To have 6 photos and clips described costs about $0.25." in footage["reasons"]
    generated = told(client, **GENERATED, photos=5, clips=1, maxCost=0.5)
    assert (generated["low"], generated["high"], generated["scenes"]["high"]) == (0.45, 0.5, 1)


def test_nobody_describes_media_for_more_than_may_be_spent(settings: Settings, with_veo: Services) -> None:
    analyst: MediaAnalyst = DearAnalyst()  # type: ignore[assignment]  # nothing but its price is asked for
    body = told(serving(settings, replace(with_veo, analyst=analyst)), photos=5, clips=1, maxCost=0.1)
    assert (body["low"], body["high"]) == (0.1, 0.1)
    limited = "The limit of $0.10 for this vlog is reached. Photos and clips beyond that are only measured."
    assert limited in body["reasons"]


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({}, "mediaIds"),
        ({"mediaIds": []}, "mediaIds"),
        ({"mediaIds": [ABSENT], "photos": 1}, "mediaIds"),
        ({"mediaIds": ABSENT}, "mediaIds"),
        ({"mediaIds": [ABSENT] * 101}, "mediaIds"),
        ({"mediaIds": [5]}, "mediaIds.0"),
        ({"mediaIds": [["a"]]}, "mediaIds.0"),
        ({"photos": 1, "travelDate": "2025-13-01"}, "travelDate"),
        ({"photos": 1, "travelDate": "17.5.2025"}, "travelDate"),
        ({"photos": 101}, "photos"),
        ({"photos": 60, "clips": 60}, "photos"),
        ({"photos": -1}, "photos"),
        ({"photos": True}, "photos"),
        ({"photos": "3"}, "photos"),
        ({"photos": 1.5}, "photos"),
        ({"photos": 10**400}, "photos"),
        ({"photos": 1, "duration": "60"}, "duration"),
        ({"photos": 1, "duration": 9}, "duration"),
        ({"photos": 1, "captions": 1}, "captions"),
        ({"photos": 1, "travelDate": 1700000000}, "travelDate"),
        ({"photos": 1, "transition": "wipe"}, "transition"),
        ({"photos": 1, "maxCost": -1}, "maxCost"),
        ({"photos": 1, "style": "painted"}, "style"),
        ({"photos": 1, "title": "a\x00b"}, "title"),
        ({"photos": 1, "title": "\ud800"}, "title"),
        ({"photos": 1, "owner_id": "x"}, "owner_id"),
        ({"photos": 1, "media_ids": []}, "media_ids"),
    ],
)
def test_a_wrong_field_is_named(veo: FlaskClient, wishes: dict[str, Any], field: str) -> None:
    answer = ask(veo, **wishes)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.json["field"] == field


def test_the_settings_are_those_of_a_vlog(veo: FlaskClient, app: Flask) -> None:
    described = app.test_client().get("/openapi.json").json["components"]["schemas"]
    beside = {"files", "files[]", "music", "mediaIds[]"}
    assert set(described["EstimateVlog"]["properties"]) == set(described["CreateVlog"]["properties"]) - beside | {
        "photos",
        "clips",
    }
    told(veo, photos=1, travelDate="2025-05-17", transition="slide", musicMood="none", musicEnd=3.5, language="ja")


ASKED = """
import sys
from app import create_app
answer = create_app().test_client().post("/api/vlogs/estimate", json={"style": "generated", "photos": 3, "clips": 1})
assert answer.status_code == 200 and answer.json["low"] > 0, answer.data
print([name for name in ("google.genai", "google.cloud.storage", "boto3", "av", "numpy", "PIL") if name in sys.modules])
"""


def test_who_tells_prices_needs_neither_sdk_nor_decoders(
    settings: Settings, services: Services, tmp_path: Path
) -> None:
    """A web process has half a second to start, and never decodes."""
    cloud = {"generator": "veo", "analyst": "gemini", "google_project": "none"}
    (tmp_path / "settings.json").write_text(settings.model_copy(update=cloud).model_dump_json(exclude_none=True))
    env = {**os.environ, "STATE": str(tmp_path), "SERVE": "web"}
    told = subprocess.run([sys.executable, "-c", ASKED], env=env, capture_output=True, text=True, check=False)
    assert told.stdout.strip() == "[]", told.stderr
