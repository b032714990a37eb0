"""Containers of the image serve: each role its own, and as a user who may do nothing."""

import requests

from tests.image.cloud import Cloud
from tests.image.containers import Container, said

USER = 10001


def status(container: Container, path: str, method: str = "GET") -> int:
    return requests.request(method, f"{container.url}{path}", allow_redirects=False, timeout=10).status_code


def test_the_web_is_well_and_ready_and_takes_no_deliveries(web: Container) -> None:
    assert (status(web, "/healthz"), status(web, "/ready")) == (200, 200)
    assert status(web, "/static/daylog.js") == 200
    assert status(web, "/internal/tasks/reconcile", "POST") == 404


def test_the_worker_is_well_and_ready_and_has_no_pages(worker: Container) -> None:
    assert (status(worker, "/healthz"), status(worker, "/ready")) == (200, 200)
    assert status(worker, "/static/daylog.js") == 404
    assert status(worker, "/internal/tasks/reconcile", "POST") in (401, 403)
