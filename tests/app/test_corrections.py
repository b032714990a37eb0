"""What was found in a media is corrected by its owner, and the next vlog is made with it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from internal.ports import Services
from tests.app.asking import ABSENT, STRANGER, Media, asked, uploaded, work


@pytest.fixture
def looked_at(services: Services, media: Media) -> str:
    """The id of media of which a vlog was made."""
    media_id = uploaded(services, media)
    work(services, asked(services, [media_id]))
    return media_id


def correct(client: FlaskClient, media_id: str, given: Any) -> Any:
    return client.put(f"/api/media/{media_id}/analytics", json=given)


def test_what_is_given_takes_the_place_of_what_was_found_and_the_rest_stays(
    client: FlaskClient, looked_at: str
) -> None:
    before = client.get(f"/api/media/{looked_at}/analytics").json
    better = {
        "caption": "Kuro at the sea <海>",
        "activities": ["swimming"],
        "taken_at": "2026-11-22T09:30:00",
        "latitude": 35.3,
        "longitude": 139.48,
    }
    answer = correct(client, looked_at, better)
    assert (answer.status_code, answer.json) == (200, {**before, **better})
    assert client.get(f"/api/media/{looked_at}/analytics").json == answer.json
    assert correct(client, looked_at, {"caption": ""}).json == {**answer.json, "caption": ""}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_next_vlog_is_made_with_it(client: FlaskClient, services: Services, looked_at: str, language: str) -> None:
    """Also in a language in which nobody has looked at it yet."""
    correct(client, looked_at, {"caption": "Kuro swims"})
    vlog_id = asked(services, [looked_at], language=language)
    work(services, vlog_id)
    story = services.store.story(vlog_id)
    assert story
    assert "Kuro swims" in [card.caption for card in story.cards]


def test_a_strange_correction_is_refused_and_changes_nothing(client: FlaskClient, looked_at: str) -> None:
    before = client.get(f"/api/media/{looked_at}/analytics").json
    wrong: list[Any] = [
        {"caption": "x" * 121},
        {"caption": "a\nb"},
        {"caption": "\ud800"},
        {"caption": None},
        {"objects": ["x"] * 21},
        {"objects": [""]},
        {"objects": "dog"},
        {"taken_at": "yesterday"},
        {"taken_at": 1700000000},
        {"taken_at": "0001-01-01T00:00:00+14:00"},
        {"taken_at": "9999-12-31T23:59:59-14:00"},
        {"latitude": 35.0},
        {"latitude": 35.0, "longitude": None},
        {"latitude": 91, "longitude": 0},
        {"latitude": "35", "longitude": 0},
        {"sharpness": 1},
        {"facts": {}},
        [],
    ]
    for given in wrong:
        assert correct(client, looked_at, given).status_code == 400, given
    assert client.get(f"/api/media/{looked_at}/analytics").json == before


def test_only_what_was_looked_at_can_be_corrected_and_only_by_its_owner(
    client: FlaskClient, services: Services, media: Media
) -> None:
    assert correct(client, uploaded(services, media, "tiny.mp4"), {"caption": "x"}).status_code == 409
    theirs = uploaded(services, media, owner_id=STRANGER)
    answers = [correct(client, one, {"caption": "x"}) for one in (theirs, ABSENT, "x")]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.data for answer in answers}) == 1
