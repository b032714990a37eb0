"""One stack for all tests that take parts of it away."""

from collections.abc import Iterator

import pytest

from tests.faults.house import House
from tests.stack import open_folder


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    with open_folder() as folder:
        made = House(folder)
        try:
            yield made
        finally:
            made.close()
