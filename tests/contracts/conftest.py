"""What several contracts need: the store on a real PostgreSQL, brought to our schema; analysts; composers, and media
for them."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.analyst.measured import MeasuredAnalyst
from infra.composer.pyav import PyavComposer
from infra.generator.veo import VeoGenerator
from infra.media_store.r2 import R2MediaStore
from infra.postgres.migrate import migrate
from infra.postgres.store import PostgresStore
from infra.work_store.gcs import GcsWorkStore
from internal.film import Film
from internal.ports import Composer, MediaAnalyst, Order
from internal.times import Times
from tests.contracts.hearing import Play
from tests.contracts.orders import draw_photo, order_of, veo
from tests.contracts.small_films import nothing, write_flat, write_ramp, write_tone
from tests.stack import ObjectServer
from tests.vertex import Vertex, vertex


@pytest.fixture(scope="session")
def store(postgres_url: str) -> Iterator[PostgresStore]:
    migrate(postgres_url)
    made = PostgresStore(postgres_url, Times())
    yield made
    made.close()


@pytest.fixture
def owner() -> str:
    """A new one for each test: the database is shared."""
    return f"owner-{uuid.uuid4()}"


@pytest.fixture
def stand_in(work: GcsWorkStore, fake_gcs: ObjectServer) -> Iterator[Vertex]:
    """For Vertex AI, of its own for each test: its clips are small, and what it was asked is this test's."""
    with vertex(work, fake_gcs.bucket, short_side=90) as server:
        yield server


@pytest.fixture
def order(tmp_path: Path) -> Order:
    return order_of(draw_photo(tmp_path / "photo.jpg"))


@pytest.fixture
def generator(work: GcsWorkStore, stand_in: Vertex) -> VeoGenerator:
    """Veo; the contract of all generators has its own fixture."""
    return veo(work, stand_in.url)


@pytest.fixture(params=[MeasuredAnalyst], ids=["measured"])
def analyst(request: pytest.FixtureRequest) -> MediaAnalyst:
    made: MediaAnalyst = request.param()
    return made


@pytest.fixture(params=[PyavComposer], ids=["pyav"])
def composer(request: pytest.FixtureRequest) -> Composer:
    made: Composer = request.param()
    return made


@pytest.fixture
def day(tmp_path: Path) -> dict[str, Path]:
    """A red photo, a ramp with a tone, a blue photo, and music."""
    return {
        "red": write_flat(tmp_path / "red.jpg", "red"),
        "ramp": write_ramp(tmp_path / "ramp.mp4", [n / 30 for n in range(60)], loud=True),
        "blue": write_flat(tmp_path / "blue.jpg", "blue"),
        "music": write_tone(tmp_path / "music.m4a", 0.7),
    }


@pytest.fixture(scope="module")
def chunks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sound changes no picture: films of the same scenes share their chunks here."""
    return tmp_path_factory.mktemp("chunks")


@pytest.fixture
def play(composer: Composer, chunks: Path, tmp_path: Path) -> Play:
    """The film of these media; "grey" is a photo."""

    def made(film: Film, media: dict[str, Path]) -> Path:
        media = {"grey": write_flat(tmp_path / "grey.jpg", "grey"), **media}
        files = {piece.name: chunks / f"{piece.name}.mp4" for piece in film.pieces}
        missing = [chunk for chunk in film.chunks if not files[chunk.name].exists()]
        wanted = [film.soundtrack, *missing]  # its media are other ones by the same name in each test
        assert {piece.name for piece, _ in composer.render(wanted, media, chunks, nothing)} <= set(files)
        composer.join(film, files, tmp_path / "film.mp4", nothing)
        return tmp_path / "film.mp4"

    return made


@pytest.fixture
def media(r2: ObjectServer) -> Iterator[R2MediaStore]:
    store = R2MediaStore(r2.endpoint, r2.bucket, r2.access_key, r2.secret_key)
    yield store
    store.close()


@pytest.fixture
def key() -> str:
    """Of an object that is not there yet."""
    return f"media/{uuid.uuid4()}"
