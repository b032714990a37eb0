"""What the cloud is to containers, played by the laptop's servers: rows, queue, stores, and who signs in."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import requests

from app.client import Client
from tests.faults.house import House
from tests.image.building import Image
from tests.image.containers import Container, serving
from tests.issuer import LocalIssuer


class Cloud:
    def __init__(self, image: Image, house: House, issuer: LocalIssuer) -> None:
        self.image = image
        self.house = house
        self._issuer = issuer
        # the image's user may not read our files
        self._certificate = Path(shutil.copy(house.settings.work_certificate or "", house.state / "shown.pem"))
        self._certificate.chmod(0o644)
        self._numbers = count()

    def settings(self, role: str) -> dict[str, str]:
        """All that a container is told: the image itself says that it is in the cloud."""
        known = json.loads((self.house.state / "settings.json").read_text()) | self._issuer.settings()
        known["work_certificate"] = str(self._certificate)
        told = {name.upper(): value if isinstance(value, str) else json.dumps(value) for name, value in known.items()}
        return {**told, "SERVE": role}

    @contextmanager
    def serving(self, role: str, command: tuple[str, ...] = (), **settings: str) -> Iterator[Container]:
        """A container of that role."""
        env = {**self.settings(role), **settings}
        log = self.house.state / "logs" / f"{role}-container-{next(self._numbers)}.log"
        with serving(self.image, env, log, self._certificate, command=command) as container:
            yield container

    @contextmanager
    def worker(self, **settings: str) -> Iterator[Container]:
        """One that the queue's deliveries reach."""
        with self.serving("worker", **settings) as container:
            before, self.house.gate.target = self.house.gate.target, container.port
            try:
                yield container
            finally:
                self.house.gate.target = before

    def client(self, web: Container) -> Client:
        """Somebody who has signed in."""
        given = {"id_token": self._issuer.id_token()}
        answer = requests.post(f"{web.url}/api/auth/token", json=given, timeout=10)
        assert answer.ok, answer.text
        return Client(web.url, token=answer.json()["access_token"])
