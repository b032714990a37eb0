"""One stack for all tests that take parts of it away."""

from collections.abc import Iterator

import pytest

from tests.faults.house import House
from tests.faults.ordering import Ordering
from tests.stack import open_folder
from tests.vertex import vertex


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    with open_folder() as folder:
        made = House(folder)
        try:
            yield made
        finally:
            made.close()


@pytest.fixture(scope="session")
def ordering(house: House) -> Iterator[Ordering]:
    with vertex(house.connect().work, house.settings.work_bucket, short_side=90) as stand_in:
        yield Ordering(house, stand_in)
