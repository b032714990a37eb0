"""Containers make films: asked for at one, rendered by another, and lost by none that is told to end."""

import json
from collections.abc import Sequence
from pathlib import Path

import av
import pytest

from app.client import Client
from internal.jobs import Status
from tests.faults.house import soon
from tests.image.cloud import Cloud
from tests.image.containers import Container, said
from tests.media import make_outing, make_tiny

#: seconds: Cloud Run gives ten
MOST = 8.0
TITLES = {
    "ja": "海辺の一日、江ノ島",
    "zh-Hant": "臺灣的夏天，龜山島",
    "en": "Żółw, Đà Nẵng & Crème brûlée — Ærøskøbing",
}
#: prints a number for each title: what it is wide, each of its letters drawn by a font that has it
SET = """
import json, sys
from infra.composer.words.fonts import font, letters
from infra.composer.words.typesetting import Style, setting
lost = {bytes(font(face, 40).getmask("\uffff")) for face in ("latin", "ja", "ko", "zh-Hans", "zh-Hant")}
for language, title in json.loads(sys.argv[1]).items():
    shown = letters(title, language)
    assert "".join(letter.text for letter in shown) == title
    assert not lost & {bytes(font(letter.face, 40).getmask(letter.text)) for letter in shown}
    print(setting(title, language, Style(0.1, 700, 0.02, 1.2, ((1.0, 3),)), 480, 800).width)
"""


@pytest.fixture(scope="module")
def client(cloud: Cloud, web: Container) -> Client:
    return cloud.client(web)


def asked(client: Client, media: Sequence[Path], **wishes: str) -> str:
    return client.create_vlog([client.upload(path)["id"] for path in media], wishes)


def test_a_vlog_is_made_from_upload_to_film(cloud: Cloud, worker: Container, client: Client, tmp_path: Path) -> None:
    vlog_id = asked(client, make_tiny(tmp_path), title="海辺の一日", language="ja", resolution="480p", duration="10")
    *_, vlog = client.watch(vlog_id)
    assert (vlog["status"], vlog["error_code"], vlog["warnings"]) == ("completed", None, [])
    (place,) = vlog["analytics"]["locations"]
    assert place["name"] == "江の島", "the gazetteer's file was not read"
    client.save(vlog_id, tmp_path / "film.mp4")
    with av.open(tmp_path / "film.mp4") as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert (picture.width, picture.height, picture.codec.name, sound.codec.name) == (854, 480, "h264", "aac")
        assert sum(1 for _ in film.decode(picture)) == round(vlog["duration"] * 30)


def test_a_title_has_all_its_letters(cloud: Cloud) -> None:
    widths = said(cloud.image, "python", "-c", SET, json.dumps(TITLES)).split()
    assert [float(width) > 200 for width in widths] == [True] * len(TITLES)


def test_a_worker_told_to_end_loses_nothing(cloud: Cloud, client: Client, tmp_path: Path) -> None:
    house = cloud.house
    with cloud.worker(RENDER_CORES="1") as first:
        before = house.chunks()
        vlog_id = asked(client, make_outing(tmp_path), title="An outing", resolution="1080p", duration="20")
        soon(lambda: len(house.chunks()) > len(before), seconds=60)
        with house.paused_queue():
            assert first.end() < MOST
            kept = house.chunks()
            let_go = house.row(vlog_id)
            assert (let_go.status, let_go.lease_until) == (Status.WAITING, None)
    with cloud.worker(RENDER_CORES="1"):
        job = house.complete(vlog_id, seconds=120)
    house.whole_film(job)
    after = house.chunks()
    assert {key: after[key] for key in kept} == kept, "what was rendered was rendered again"
    assert len(after) > len(kept), "it was over before it was told to end"
