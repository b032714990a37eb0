"""What is swept away, and when: every object has its time."""

import uuid
from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import cast

import pytest

from infra.work_store.gcs import GcsWorkStore
from internal.ports import MediaStore, Services
from internal.reaper import sweep

MINUTE = timedelta(minutes=1)


def nothing(_prefix: str) -> tuple[()]:
    """Is in the media store."""
    return ()


@pytest.mark.parametrize(
    ("prefix", "kept"),
    [("proxies/", 1), ("chunks/", 30), ("films/", 30), ("veo/", 30)],
)
def test_an_object_of_the_work_store_goes_when_its_days_are_over(work: GcsWorkStore, prefix: str, kept: int) -> None:
    key = f"{prefix}{uuid.uuid4()}"
    work.put(key, BytesIO(b"it"), "video/mp4")
    media = cast(MediaStore, SimpleNamespace(list=nothing, uploads=nothing))
    now, end = datetime.now(UTC), timedelta(days=kept)
    for age, there in ((end - MINUTE, True), (end + MINUTE, False)):
        services = SimpleNamespace(work=work, media=media, clock=lambda age=age: now + age)
        sweep(cast(Services, services))
        assert (work.info(key) is not None) == there
