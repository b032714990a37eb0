"""What Gemini is asked, and what it is shown with it."""

import io
import json
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from infra.analyst.gemini import GeminiAnalyst
from infra.analyst.measured import MeasuredAnalyst
from infra.work_store.gcs import GcsWorkStore
from internal.errors import UnreadableMedia
from internal.ports import Usage
from tests.contracts.gemini.given import ORDER, SAID, TOWN, told
from tests.contracts.looks import look, spent
from tests.contracts.questions import Keeping, bodies, gemini, parts, picture, scripted
from tests.contracts.small_films import nothing, write_tone
from tests.media.clips import Take, write_clip
from tests.media.reels import Coding, Part, write_reel
from tests.media.sounds import waves
from tests.media.voice import talk
from tests.vertex import Vertex


def test_it_says_what_the_model_said_and_what_that_cost(analyst: GeminiAnalyst, stand_in: Vertex, photo: Path) -> None:
    scripted(stand_in, text=json.dumps(SAID))
    usages: list[Usage] = []
    found = analyst.analyze(photo, "en", nothing, usages.append)
    assert {name: getattr(found, name) for name in SAID} == {
        name: tuple(said) if isinstance(said, list) else said for name, said in SAID.items()
    }
    assert found.undescribed == ""
    (usage,) = usages
    assert usage.model == "gemini-3.5-flash-lite"
    assert usage.usd == pytest.approx((usage.tokens_in * 0.30 + usage.tokens_out * 2.50) / 1e6)
    assert min(usage.tokens_in, usage.tokens_out) > 0


def test_a_question_has_all_that_the_api_wants_and_nothing_that_it_does_not_know(
    analyst: GeminiAnalyst, stand_in: Vertex, photo: Path, clip: Path
) -> None:
    for path, language in ((photo, "ja"), (clip, "en")):
        analyst.analyze(path, language, nothing, spent)
    of_photo, of_clip = bodies(stand_in)
    assert stand_in.refused == []
    assert set(of_photo["generationConfig"]) == {
        *("responseMimeType", "responseJsonSchema", "maxOutputTokens", "mediaResolution", "thinkingConfig")
    }
    assert of_photo["labels"] == {"product": "daylog", "purpose": "describe"}
    assert len(of_photo["safetySettings"]) == 4
    assert '"Japanese"' in of_photo["systemInstruction"]["parts"][0]["text"]
    assert '"English"' in of_clip["systemInstruction"]["parts"][0]["text"]


def test_a_photo_is_shown_small_and_upright(analyst: GeminiAnalyst, stand_in: Vertex, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (2000, 1000), "green").save(tmp_path / "p.jpg", exif=exif)
    look(analyst, tmp_path / "p.jpg")
    with Image.open(io.BytesIO(picture(bodies(stand_in)[0]))) as shown:
        assert (shown.format, shown.size) == ("JPEG", (768, 1536))


def test_nothing_that_is_written_beside_a_photo_is_told(
    analyst: GeminiAnalyst, stand_in: Vertex, tmp_path: Path
) -> None:
    exif = Image.Exif()
    for tag in (0x010E, 0x013B, 0x8298, 0x9C9B):  # description, artist, copyright, title
        exif[tag] = ORDER.encode("utf-16-le") if tag == 0x9C9B else ORDER
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 41.0, 0.0), 3: "E", 4: (135.0, 31.0, 0.0)})
    path = tmp_path / f"{ORDER}.jpg"
    Image.new("RGB", (640, 360), "red").save(path, exif=exif, comment=ORDER.encode(), xmp=f"<x>{ORDER}</x>".encode())
    found = look(analyst, path)
    assert found.latitude == pytest.approx(34.683, abs=0.01)
    (body,) = bodies(stand_in)
    shown = picture(body)
    assert b"Ignore" not in shown
    assert b"I\0g\0n\0o\0r\0e" not in shown
    assert not [mark for mark in (b"Exif", b"ns.adobe.com", b"ICC_PROFILE") if mark in shown]
    assert [part["text"] for part in parts(body)[1:]] == ['{"moments": []}']
    assert "Ignore" not in json.dumps(body)
    assert "34.6" not in json.dumps(body)


def test_a_clip_is_lent_small_and_bare_for_as_long_as_the_question_lasts(
    work: GcsWorkStore, stand_in: Vertex, tmp_path: Path
) -> None:
    store = Keeping(work)
    take = Take(2.0, 720, 1280, fps=10, sound=waves(2.0, 1), rotation=90)
    path = told(write_clip(tmp_path / "c.mp4", TOWN, take), tmp_path / "told.mp4")
    assert b"135.5262" in path.read_bytes()
    look(gemini(store, stand_in.url), path)
    ((key, proxy),) = store.kept.items()
    assert parts(bodies(stand_in)[0])[0] == {"fileData": {"file_uri": work.uri(key), "mime_type": "video/mp4"}}
    assert work.info(key) is None
    assert not {mark for mark in (b"Ignore", b"135.5262", b"Lavf", b"Lavc") if mark in proxy}
    with av.open(io.BytesIO(proxy)) as shown:
        assert [stream.type for stream in shown.streams] == ["video"]
        assert (shown.streams.video[0].width, shown.streams.video[0].height) == (480, 854)
        assert float(shown.duration or 0) / 1e6 == pytest.approx(2.0, abs=0.2)


def test_what_somebody_says_is_heard(work: GcsWorkStore, stand_in: Vertex, tmp_path: Path) -> None:
    store = Keeping(work)
    path = write_clip(tmp_path / "c.mp4", TOWN, Take(3.0, 160, 90, fps=10, sound=talk("aieuoaieaiueoo")))
    look(gemini(store, stand_in.url), path)
    (proxy,) = store.kept.values()
    with av.open(io.BytesIO(proxy)) as shown:
        loudest = max(float(np.abs(frame.to_ndarray()).max()) for frame in shown.decode(audio=0))
    assert loudest > 0.1


def test_of_a_long_clip_the_best_half_minute_is_shown(work: GcsWorkStore, stand_in: Vertex, tmp_path: Path) -> None:
    store = Keeping(work)
    found = look(gemini(store, stand_in.url), write_reel(tmp_path / "c.mp4", [Part(TOWN, 50.0, pan=1)], Coding(5)))
    (proxy,) = store.kept.values()
    with av.open(io.BytesIO(proxy)) as shown:
        seconds = float(shown.duration or 0) / 1e6
    asked = json.loads(parts(bodies(stand_in)[0])[1]["text"])["moments"]
    assert len(found.best) > len(asked) >= 7
    assert asked[0]["from"] == 0.0
    assert asked[-1]["to"] <= seconds + 0.001 <= 30.3


def write_brightening(path: Path, seconds: int) -> Path:
    """Grey frames, each as bright as its time says: four levels a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=4, options={"crf": "10", "g": "30"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(seconds * 4):
            frame = av.VideoFrame.from_ndarray(np.full((72, 64), 128, np.uint8), format="yuv420p")
            np.frombuffer(memoryview(frame.planes[0]), np.uint8)[:] = 20 + number
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_a_moment_is_shown_when_the_question_says(work: GcsWorkStore, stand_in: Vertex, tmp_path: Path) -> None:
    path, store = write_brightening(tmp_path / "c.mp4", 50), Keeping(work)
    look(gemini(store, stand_in.url), path)
    (proxy,) = store.kept.values()
    asked = json.loads(parts(bodies(stand_in)[0])[1]["text"])["moments"]
    assert asked == sorted(asked, key=lambda said: said["from"])  # what came first is shown first
    best = MeasuredAnalyst().measure(path, nothing).best[: len(asked)]
    with av.open(io.BytesIO(proxy)) as shown:
        levels = [float(frame.to_ndarray(format="gray").mean()) for frame in shown.decode(video=0)]
    for said, moment in zip(asked, sorted(best, key=lambda one: one.start), strict=True):
        assert said["to"] - said["from"] == pytest.approx(moment.end - moment.start, abs=0.002)
        for at in (0.5, 2.0, 3.5):
            level = 16 + levels[round((said["from"] + at) * 5)] * 219 / 255
            assert level == pytest.approx(20 + 4 * (moment.start + at), abs=2.5)


def test_how_much_a_moment_is_worth_is_for_the_model_to_say_too(
    analyst: GeminiAnalyst, stand_in: Vertex, clip: Path
) -> None:
    before = MeasuredAnalyst().measure(clip, nothing).best
    by_time = sorted(before, key=lambda moment: moment.start)
    worst = by_time.index(before[-1])
    scores = [{"id": f"m{number}", "score": float(number == worst + 1)} for number in range(1, len(before) + 1)]
    scripted(stand_in, text=json.dumps({**SAID, "moments": scores}))
    best = look(analyst, clip).best
    assert len(best) == 3
    assert best[0].start == before[-1].start
    assert {(moment.start, moment.end) for moment in best} == {(moment.start, moment.end) for moment in before}
    assert [moment.score for moment in best] == sorted((moment.score for moment in best), reverse=True)


def test_nobody_is_asked_about_music_or_shown_what_cannot_be_read(
    analyst: GeminiAnalyst, stand_in: Vertex, tmp_path: Path
) -> None:
    assert look(analyst, write_tone(tmp_path / "m.m4a", 1.0)).undescribed == ""
    (tmp_path / "p.jpg").write_bytes(b"\xff\xd8\xff" + bytes(1000))
    with pytest.raises(UnreadableMedia):
        look(analyst, tmp_path / "p.jpg")
    assert stand_in.asked == []
