"""What every SceneGenerator must do, each reached as in production: Veo over HTTP, by Google's own SDK."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from infra.composer.pyav import PyavComposer
from infra.generator.panned import PannedGenerator
from infra.work_store.gcs import GcsWorkStore
from internal.errors import PermanentFailure
from internal.ports import Made, NotMade, SceneGenerator
from tests.contracts.orders import a_prefix, draw_photo, made, order_of, veo
from tests.contracts.small_films import Pixels, frames

SHORT_SIDE = 90


@pytest.fixture(params=["panned", "veo"])
def generator(request: pytest.FixtureRequest, work: GcsWorkStore) -> SceneGenerator:
    makers: dict[str, Callable[[], SceneGenerator]] = {
        "panned": lambda: PannedGenerator(PyavComposer(cores=1), work, SHORT_SIDE),
        "veo": lambda: veo(work, request.getfixturevalue("stand_in").url),
    }
    return makers[request.param]()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return draw_photo(tmp_path / "photo.jpg")


def got(work: GcsWorkStore, key: str, folder: Path) -> Path:
    work.get(key, folder / "clip.mp4")
    return folder / "clip.mp4"


def keys(work: GcsWorkStore, prefix: str) -> list[str]:
    return [found.key for found in work.list(prefix)]


def test_the_clip_lies_under_its_prefix_and_nowhere_else(
    generator: SceneGenerator, work: GcsWorkStore, photo: Path
) -> None:
    before = set(keys(work, ""))
    prefix = a_prefix()
    key = made(generator, order_of(photo), prefix)
    assert key.startswith(prefix)
    assert key.endswith(".mp4")
    assert set(keys(work, "")) - before == {key}


@pytest.mark.parametrize(("aspect", "size"), [("16:9", (640, 360)), ("9:16", (360, 640))])
def test_the_clip_has_the_shape_that_was_asked_for_and_begins_with_the_photo(
    generator: SceneGenerator, work: GcsWorkStore, tmp_path: Path, aspect: str, size: tuple[int, int]
) -> None:
    photo = draw_photo(tmp_path / "photo.jpg", size)
    clip = got(work, made(generator, order_of(photo, aspect=aspect), a_prefix()), tmp_path)
    first = frames(clip)[0]
    height, width = first.shape[:2]
    assert abs(Fraction(width, height) - Fraction(aspect.replace(":", "/"))) < Fraction(1, 50)
    assert difference(first, photo) < 25


def difference(seen: Pixels, photo: Path) -> float:
    """Mean over pixels and colours; of pictures that have nothing in common it is more than 60."""
    with Image.open(photo) as image:
        expected = np.asarray(image.resize((seen.shape[1], seen.shape[0])), float)
    return float(abs(expected - seen).mean())


def test_the_clip_lasts_as_long_as_was_ordered(
    generator: SceneGenerator, work: GcsWorkStore, photo: Path, tmp_path: Path
) -> None:
    seconds = generator.seconds(5)
    clip = got(work, made(generator, order_of(photo, seconds=seconds), a_prefix()), tmp_path)
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        assert stream.frames / (stream.average_rate or 1) >= seconds


def test_equal_orders_make_equal_clips_each_at_its_own_place(
    generator: SceneGenerator, work: GcsWorkStore, photo: Path, tmp_path: Path
) -> None:
    one, other = made(generator, order_of(photo), a_prefix()), made(generator, order_of(photo), a_prefix())
    assert one != other
    assert got(work, one, tmp_path).read_bytes() == got(work, other, tmp_path).read_bytes()


def test_what_is_over_may_be_asked_about_again(generator: SceneGenerator, photo: Path) -> None:
    prefix = a_prefix()
    operation = generator.start(order_of(photo), prefix)
    while (first := generator.poll(operation)) is None:
        pass
    assert isinstance(first, Made)
    assert generator.poll(operation) == first


def test_an_unknown_operation_brings_nothing_and_never_will(generator: SceneGenerator) -> None:
    place = "projects/local/locations/us-central1/publishers/google/models/veo-3.1-lite-generate-001"
    standing = generator.poll(f"{place}/operations/nobody-knows-it")
    assert isinstance(standing, NotMade)
    assert (standing.reason.code, standing.again) == ("operation_lost", False)


def test_what_is_no_photo_is_refused_for_good_and_leaves_nothing(
    generator: SceneGenerator, work: GcsWorkStore, tmp_path: Path
) -> None:
    photo, prefix = tmp_path / "photo.jpg", a_prefix()
    photo.write_bytes(b"no photo at all")
    with pytest.raises(PermanentFailure) as refusal:
        generator.start(order_of(photo), prefix)
    assert refusal.value.code.isidentifier()
    assert keys(work, prefix) == []


@pytest.mark.parametrize("kind", ["panned", "veo"])
@given(least=st.floats(min_value=0.1, max_value=30))
def test_a_clip_is_no_longer_than_needed_and_costs_more_the_longer_it_is(kind: str, least: float) -> None:
    generator = plain(kind)
    offered = {generator.seconds(length) for length in range(40)}
    seconds = generator.seconds(least)
    assert seconds == min((length for length in offered if length >= least), default=max(offered))
    for resolution in ("720p", "1080p"):
        prices = [generator.price(length, resolution) for length in sorted(offered)]
        assert prices == sorted(prices)
        assert prices[0] >= 0


def plain(kind: str) -> SceneGenerator:
    """To be asked, not to be given orders."""
    nowhere = GcsWorkStore("http://127.0.0.1:1", "nowhere")
    return PannedGenerator(PyavComposer(), nowhere) if kind == "panned" else veo(nowhere, "http://127.0.0.1:1")
