"""The image, built once, and what is the cloud to its containers."""

from collections.abc import Iterator

import pytest

from tests.faults.house import House
from tests.image import building, tool
from tests.image.cloud import Cloud
from tests.image.containers import Container
from tests.issuer import local_issuer
from tests.stack import open_folder


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> building.Image:
    if reason := tool.why_not():
        pytest.skip(reason)
    return building.built(building.checkout(tmp_path_factory.mktemp("checkout")))


@pytest.fixture(scope="session")
def cloud(image: building.Image) -> Iterator[Cloud]:
    with open_folder() as folder, local_issuer(folder / "issuer") as issuer:
        house = House(folder)
        try:
            yield Cloud(image, house, issuer)
        finally:
            house.close()


@pytest.fixture(scope="session")
def web(cloud: Cloud) -> Iterator[Container]:
    with cloud.serving("web") as container:
        yield container


@pytest.fixture(scope="session")
def worker(cloud: Cloud) -> Iterator[Container]:
    with cloud.worker() as container:
        yield container
