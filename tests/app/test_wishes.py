"""What a form wishes for where one field depends on another, or on what the browser says."""

import pytest
from flask.testing import FlaskClient

from internal.ports import Services
from tests.app.asking import OWNER, Media, create


def test_music_cannot_end_before_it_starts(client: FlaskClient, media: Media) -> None:
    answer = create(client, {"files": media.part("tiny.jpg"), "musicStart": "20", "musicEnd": "20"})
    assert (answer.status_code, answer.json["field"]) == (400, "musicEnd")
    assert "later than where the music starts" in answer.json["detail"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ja,en;q=0.8", "ja"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hant-HK", "zh-Hant"),
        ("de, ko;q=0.3", "ko"),
        ("de", "en"),
        ("", "en"),
        ("*;q=x,,;", "en"),
    ],
)
def test_the_films_language_is_the_browsers_unless_the_form_says(
    client: FlaskClient, services: Services, media: Media, header: str, language: str
) -> None:
    for form, expected in (({}, language), ({"language": "zh-Hans"}, "zh-Hans")):
        answer = create(client, {"files": media.part("tiny.jpg"), **form}, headers={"Accept-Language": header})
        assert services.store.vlog(OWNER, answer.json["vlogId"])[0].settings.language == expected
