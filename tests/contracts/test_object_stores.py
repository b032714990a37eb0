"""What both object stores must do, run against each adapter and a real server."""

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.local.ports import free_port
from infra.media_store.r2 import R2MediaStore
from infra.work_store.gcs import GcsWorkStore
from internal.errors import InvalidInput, NotFound, StorageFull, TemporaryFailure
from internal.ports import ObjectStore
from tests.big_objects import lay
from tests.stack import ObjectServer

MIB = 1024 * 1024
Store = GcsWorkStore | R2MediaStore


def work_store(server: ObjectServer) -> GcsWorkStore:
    return GcsWorkStore(server.endpoint, server.bucket, server.certificate)


def media_store(server: ObjectServer) -> R2MediaStore:
    return R2MediaStore(server.endpoint, server.bucket, server.access_key, server.secret_key)


@pytest.fixture(params=["gcs", "r2"])
def store(request: pytest.FixtureRequest) -> Iterator[ObjectStore]:
    makers: dict[str, Callable[[], Store]] = {
        "gcs": lambda: work_store(request.getfixturevalue("fake_gcs")),
        "r2": lambda: media_store(request.getfixturevalue("r2")),
    }
    made = makers[request.param]()
    yield made
    made.close()


def put(store: ObjectStore, key: str, data: bytes) -> None:
    store.put(key, io.BytesIO(data), "application/octet-stream")


def got(store: ObjectStore, key: str, folder: Path) -> bytes:
    store.get(key, folder / "got")
    return (folder / "got").read_bytes()


@pytest.mark.parametrize("size", [0, 1, MIB + 1, 8 * MIB, 17 * MIB + 3])
def test_an_object_comes_back_as_it_was_put(store: ObjectStore, size: int, tmp_path: Path) -> None:
    data = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    put(store, "sizes/one", data)
    info = store.info("sizes/one")
    assert got(store, "sizes/one", tmp_path) == data
    assert info is not None
    assert (info.key, info.size) == ("sizes/one", size)
    assert abs(info.updated_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_second_put_replaces_the_first(store: ObjectStore, tmp_path: Path) -> None:
    put(store, "twice", b"a longer first")
    put(store, "twice", b"second")
    assert got(store, "twice", tmp_path) == b"second"


def test_an_unknown_key_is_not_found_and_leaves_no_file(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        store.get("nowhere", tmp_path / "file")
    assert store.info("nowhere") is None
    assert list(tmp_path.iterdir()) == []


def test_deleting_twice_is_success(store: ObjectStore) -> None:
    put(store, "gone", b"x")
    store.delete("gone")
    store.delete("gone")
    assert store.info("gone") is None


def test_a_list_holds_the_prefix_alone_in_order(store: ObjectStore) -> None:
    for key in ("lists/b", "lists/a", "lists/a.b/c", "listsother"):
        put(store, key, key.encode())
    assert [(item.key, item.size) for item in store.list("lists/")] == [
        ("lists/a", 7),
        ("lists/a.b/c", 11),
        ("lists/b", 7),
    ]
    assert list(store.list("no such prefix")) == []


def test_a_list_goes_on_past_one_page(store: ObjectStore) -> None:
    keys = [f"pages/{number:04}" for number in range(1010)]
    for key in keys:
        put(store, key, b"")
    assert [item.key for item in store.list("pages/")] == keys


@pytest.mark.parametrize("key", ["with space", "a+b,c", "q?x=1&y#z", "日本/写真 ä.jpg", "~'()*!,;:@$=", "l" * 200])
def test_odd_characters_are_part_of_the_key(store: ObjectStore, key: str, tmp_path: Path) -> None:
    put(store, f"odd/{key}", key.encode())
    assert got(store, f"odd/{key}", tmp_path) == key.encode()
    assert f"odd/{key}" in [item.key for item in store.list("odd/")]
    store.delete(f"odd/{key}")
    assert store.info(f"odd/{key}") is None


@pytest.mark.parametrize(
    "key", ["", "/abs", "../up", "a/../../up", "a//b", "a/.", "tail/", "a\nb", "a\\b", "a%2e", "é" * 600]
)
def test_a_hostile_key_is_refused_everywhere(store: ObjectStore, key: str, tmp_path: Path) -> None:
    for use in (
        lambda: put(store, key, b"x"),
        lambda: store.get(key, tmp_path / "x"),
        lambda: store.info(key),
        lambda: store.delete(key),
    ):
        with pytest.raises(InvalidInput):
            use()


class Breaking(io.BytesIO):
    """A stream that fails at its last byte."""

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if self.tell() == len(self.getbuffer()):
            raise ValueError("the stream broke")
        return data


@pytest.mark.parametrize("left", [100, 20 * MIB])
def test_a_put_cut_short_leaves_the_former_object(store: ObjectStore, left: int, tmp_path: Path) -> None:
    put(store, "whole", b"former")
    with pytest.raises(ValueError, match="the stream broke"):
        store.put("whole", Breaking(bytes(left)), "video/mp4")
    assert got(store, "whole", tmp_path) == b"former"


@pytest.mark.parametrize("name", ["gcs", "r2"])
def test_a_store_out_of_reach_is_a_temporary_failure(name: str, tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    store: Store = GcsWorkStore(nowhere, "b") if name == "gcs" else R2MediaStore(nowhere, "b", "k", "s")
    with pytest.raises(TemporaryFailure):
        store.get("key", tmp_path / "x")
    store.close()


def test_a_full_disk_here_is_storage_full(store: ObjectStore, tmp_path: Path) -> None:
    put(store, "for a full disk", b"x" * MIB)
    (tmp_path / "full.part").symlink_to("/dev/full")
    with pytest.raises(StorageFull):
        store.get("for a full disk", tmp_path / "full")


BIG = """
# runs in a process of its own: peak memory never goes down
import io, resource, sys
from pathlib import Path
from infra.media_store.r2 import R2MediaStore
from infra.work_store.gcs import GcsWorkStore

kind, folder, size, *where = sys.argv[1:]
store = (GcsWorkStore if kind == "gcs" else R2MediaStore)(*where)
store.put("warm", io.BytesIO(b"x" * 9_000_000), "video/mp4")
store.get("warm", Path(folder, "warm"))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if not store.info("big"):
    with Path(folder, "sparse").open("w+b") as file:
        file.truncate(int(size))
        store.put("big", file, "video/mp4")
store.get("big", Path(folder, "big"))
store.delete("big")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, Path(folder, "big").stat().st_size)
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What takes minutes is for long runs."""
    if "big" in metafunc.fixturenames:
        metafunc.parametrize("big", [200 * MIB, *([2048 * MIB] if metafunc.config.getoption("soak") else [])])


@pytest.mark.parametrize("name", ["gcs", "r2"])
def test_a_big_object_takes_little_memory(name: str, big: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    server: ObjectServer = request.getfixturevalue("fake_gcs" if name == "gcs" else "r2")
    if name == "gcs" and big > 200 * MIB:
        lay(server, "big", big)  # the local server would need six times as much memory to take it
    keys = [server.access_key, server.secret_key] if name == "r2" else [str(server.certificate)]
    where = [server.endpoint, server.bucket, *keys]
    command = [sys.executable, "-c", BIG, name, str(tmp_path), str(big), *where]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    grown, size = map(int, done.stdout.split())
    assert size == big
    assert grown * (1 if sys.platform == "darwin" else 1024) < 60 * MIB
