"""Containers of the image serve: each role its own, the migration, and the function for events."""

import json
import re

import requests
from sqlalchemy import create_engine, inspect

from tests.image.cloud import Cloud
from tests.image.containers import Container, said

USER = 10001
#: as Terraform has it (`terraform/events.tf`)
FUNCTION = ("functions-framework", "--target", "object_finalized", "--source", "app/events.py")


def status(container: Container, path: str, method: str = "GET", **more: object) -> int:
    url = f"{container.url}{path}"
    return requests.request(method, url, allow_redirects=False, timeout=10, **more).status_code  # type: ignore[arg-type]  # by name


def test_the_web_is_well_and_ready_and_takes_no_deliveries(web: Container) -> None:
    assert (status(web, "/healthz"), status(web, "/ready")) == (200, 200)
    assert status(web, "/static/daylog.js") == 200
    assert status(web, "/internal/tasks/reconcile", "POST") == 404


def test_the_worker_is_well_and_ready_and_has_no_pages(worker: Container) -> None:
    assert (status(worker, "/healthz"), status(worker, "/ready")) == (200, 200)
    assert status(worker, "/static/daylog.js") == 404
    assert status(worker, "/internal/tasks/reconcile", "POST") == 401


def test_neither_has_more_rights_than_the_user_of_the_image(web: Container, worker: Container) -> None:
    for process in [*web.family(), *worker.family()]:
        assert set(process.uids()) | set(process.gids()) == {USER}


def test_they_log_one_object_a_line(worker: Container) -> None:
    lines = worker.log.read_text().splitlines()
    assert [line for line in lines if not isinstance(json.loads(line), dict)] == []


def test_they_listen_where_cloud_run_says(cloud: Cloud) -> None:
    env = {**cloud.settings("web"), "PORT": "8123"}
    told = said(cloud.image, *cloud.image.command, "--print-config", env=env)
    assert re.search(r"^bind\s+= \['0\.0\.0\.0:8123'\]$", told, re.MULTILINE)


def test_threads_are_those_of_the_role(cloud: Cloud) -> None:
    for role, threads in (("web", 1000), ("worker", 16)):
        told = said(cloud.image, *cloud.image.command, "--print-config", env=cloud.settings(role))
        assert re.search(rf"^threads\s+= {threads}$", told, re.MULTILINE)


def test_it_brings_an_empty_database_to_the_newest_schema(cloud: Cloud, empty_database_url: str) -> None:
    said(cloud.image, "python", "-m", "app.migrate", env={**cloud.settings("web"), "DATABASE_URL": empty_database_url})
    engine = create_engine(empty_database_url)
    tables = inspect(engine).get_table_names()
    engine.dispose()
    assert {"job", "vlog", "alembic_version"} <= set(tables)


def test_the_function_for_events_runs_in_it(cloud: Cloud) -> None:
    with cloud.serving("worker", command=FUNCTION) as function:
        told = {"ce-id": "1", "ce-source": "//storage", "ce-specversion": "1.0"}
        headers = {**told, "ce-type": "google.cloud.storage.object.v1.finalized"}
        of_nobody = {"bucket": cloud.settings("worker")["WORK_BUCKET"], "name": "chunks/pyav/a.mp4"}
        assert status(function, "/", "POST", json=of_nobody, headers=headers) == 204
        assert status(function, "/", "POST", json={}) == 400
