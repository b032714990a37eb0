"""An order to Veo is sent once, in time or not at all."""

import os
import ssl
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.certificates import certificate
from infra.vertex.in_time import InTime, NeverSent, within
from infra.work_store.gcs import GcsWorkStore
from internal.errors import OutcomeUnknown, TemporaryFailure
from internal.ports import Order
from tests.contracts.orders import a_prefix, scripted, veo
from tests.contracts.wires import wire
from tests.vertex import Vertex

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("answer", [{"slow": 60}, {"delay": 5}], ids=["slow body", "late answer"])
def test_an_answer_that_is_not_whole_in_time_is_not_waited_for(
    work: GcsWorkStore, stand_in: Vertex, order: Order, answer: dict[str, Any]
) -> None:
    scripted(stand_in, "submit", **answer)
    with pytest.raises(OutcomeUnknown):
        veo(work, stand_in.url, limit=0.8).start(order, a_prefix())
    assert stand_in.requests["submit"] == 1


def test_nothing_is_sent_to_whom_it_cannot_reach(work: GcsWorkStore, order: Order) -> None:
    with pytest.raises(TemporaryFailure):
        veo(work, "http://127.0.0.1:1").start(order, a_prefix())


def test_nothing_is_sent_to_who_never_shakes_hands(work: GcsWorkStore, order: Order) -> None:
    with wire(None) as silent, pytest.raises(TemporaryFailure):
        veo(work, f"https://{silent.address}", limit=0.4).start(order, a_prefix())


NOBODY = """
import sys
from datetime import timedelta
from pathlib import Path
from infra.generator.veo import VeoGenerator
from infra.work_store.gcs import GcsWorkStore
from internal.errors import TemporaryFailure
from internal.ports import Order

generator = VeoGenerator("p", "us-central1", "veo-3.1-lite-generate-001", GcsWorkStore(None, "b"), timedelta(seconds=5))
try:
    generator.start(Order(Path(sys.argv[1]), "waves", 4, "16:9", "720p"), "veo/1/1/1/1/")
except TemporaryFailure as error:
    print(error)
"""


def test_nothing_is_sent_by_who_cannot_say_who_it_is(order: Order) -> None:
    nobody = {**os.environ, "GOOGLE_APPLICATION_CREDENTIALS": "/nowhere.json"}
    command = [sys.executable, "-c", NOBODY, str(order.photo)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=nobody)
    assert done.stdout.strip() == "Google does not say who we are."


def test_once_the_time_is_over_nothing_is_sent_any_more() -> None:
    with wire(b"HTTP/1.1 200 OK\r\n\r\n") as server, httpx.Client(transport=InTime()) as client:
        with within(timedelta(0)), pytest.raises(NeverSent):
            client.post(f"http://{server.address}/", content=b"an order")
        assert server.asked == 0


@pytest.mark.parametrize("answer", [None, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"], ids=["none", "half"])
def test_an_exchange_is_cut_in_time_beneath_its_encryption(tmp_path: Path, answer: bytes | None) -> None:
    shown, key = certificate(tmp_path)
    theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(shown))
    theirs.load_cert_chain(shown, key)
    with wire(answer, theirs) as server, httpx.Client(transport=InTime(ours), timeout=None) as client:
        with within(timedelta(seconds=0.3)), pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            client.post(f"https://{server.address}/", content=b"an order")
        assert server.asked == 1


def test_each_order_has_a_connection_of_its_own() -> None:
    """One kept open may be closed by the other side while it is idle."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    with wire(answer) as server, httpx.Client(transport=InTime()) as client:
        for _ in range(3):  # the server answers once on each connection
            assert client.post(f"http://{server.address}/").json() == {}
        assert server.asked == 3


def test_the_asynchronous_client_which_sends_twice_is_used_nowhere() -> None:
    sources = [path for folder in ("app", "internal", "infra") for path in (ROOT / folder).rglob("*.py")]
    assert [path for path in sources if ".aio." in path.read_text() or "import aiohttp" in path.read_text()] == []
