"""What a newer version of this code has written is used after a roll-back, and meanwhile by what still runs of this."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import JSON, Engine, create_engine, inspect, select, tuple_, update
from sqlmodel import SQLModel

from app import create_app
from app.settings import Settings
from infra.postgres.migrate import migrate
from infra.postgres.store import PostgresStore
from internal import vlogs
from internal.ports import Services
from tests.app.asking import OWNER, create, new_key, work
from tests.app.conftest import TIMES
from tests.app.routes import path_to
from tests.app.told_day import parked, shoot


def with_more(value: Any) -> Any:
    """With a field that nobody knows in each object of it."""
    match value:
        case dict():
            return {"newer": {"a": 1}, **{name: with_more(one) for name, one in value.items()}}
        case list():
            return [with_more(one) for one in value]
        case _:
            return value


def age(engine: Engine) -> None:
    """Each row of each table becomes one of a newer version."""
    with engine.begin() as connection:
        for table in SQLModel.metadata.sorted_tables:
            key = list(inspect(table).primary_key)
            for column in (one for one in table.columns if isinstance(one.type, JSON)):
                rows = connection.execute(select(*key, column).where(column.is_not(None))).all()
                for *at, kept in rows:
                    newer = update(table).where(tuple_(*key) == tuple_(*at)).values({column: with_more(kept)})
                    connection.execute(newer)


@pytest.fixture
def database(empty_database_url: str) -> Iterator[Engine]:
    migrate(empty_database_url)
    engine = create_engine(empty_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def here(database: Engine, services: Services) -> Iterator[Services]:
    store = PostgresStore(database.url.render_as_string(hide_password=False), TIMES)
    yield replace(services, store=store)
    store.close()


@pytest.fixture
def app_here(settings: Settings, here: Services) -> Flask:
    return create_app(settings, here)


def shown(app: Flask, vlog_id: str, media_id: str) -> Iterator[tuple[str, int]]:
    """Everything that can be looked at of them, and with what status it is answered; but a stream, which goes on, of
    what is shown elsewhere too."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "stream.show":
            continue
        if "GET" in (rule.methods or ()) and rule.arguments & {"vlog_id", "media_id"}:
            path = path_to(rule, media_id if "media_id" in rule.arguments else vlog_id)
            with app.test_client().get(path) as answer:
                yield path, answer.status_code


def test_a_vlog_is_made_shown_and_made_again_whatever_else_its_rows_hold(
    app_here: Flask, here: Services, database: Engine, tmp_path: Path
) -> None:
    media_ids = shoot(here, tmp_path, photos=2)
    vlog_id = parked(here, media_ids)
    age(database)
    vlogs.approve(here, OWNER, vlog_id)
    assert work(here, vlog_id) == "completed"
    age(database)
    assert {path: status for path, status in shown(app_here, vlog_id, media_ids[0]) if status not in (200, 302)} == {}
    client = app_here.test_client()
    assert client.get("/api/vlogs").json["total"] == 1
    again = client.post(f"/api/vlogs/{vlog_id}/versions", json={"settings": {"title": "Again"}})
    age(database)
    assert work(here, again.json["vlogId"]) == "completed"


def test_a_request_is_answered_as_before_and_a_failure_told_whatever_else_their_rows_hold(
    app_here: Flask, here: Services, database: Engine, tmp_path: Path
) -> None:
    client: FlaskClient = app_here.test_client()
    form = {"mediaIds": shoot(here, tmp_path, photos=1)}
    key = new_key()
    first = create(client, form, key)
    assert client.post(f"/api/vlogs/{first.json['vlogId']}/cancel").status_code == 200
    age(database)
    assert create(client, form, key).json == first.json
    assert client.get(f"/api/vlogs/{first.json['vlogId']}").json["error_code"] == "cancelled"
