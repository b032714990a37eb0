"""Secrets: in Secret Manager and nowhere else."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from infra.local.postgres import Postgres
from infra.postgres.connection import engine
from tests.terraform.offline import Terraform
from tests.terraform.plans import SECRETS, Plan
from tests.terraform.sockets import led_to

NOT_ASKING = ("-no-color", "-input=false", "-var-file=staging.tfvars")


def leaked(shown: str) -> Sequence[str]:
    """The names of the secrets in it."""
    return [name for name, value in SECRETS.items() if value in shown or json.dumps(value)[1:-1] in shown]


def vault(terraform: Terraform) -> Mapping[str, Sequence[str]]:
    """What was only written, by the type of resource."""
    kept: dict[str, list[str]] = defaultdict(list)
    for line in (terraform.plugins / "vault.jsonl").read_text().splitlines():
        written = json.loads(line)
        kept[written.pop("type")] += written.values()
    return kept


def test_no_secret_is_in_the_plan(plan: Plan) -> None:
    assert not leaked(plan.text())


def test_each_secret_has_a_version_whose_value_is_only_written(plan: Plan) -> None:
    versions = plan.all("secret_manager_secret_version").values()
    assert len(versions) == len(plan.all("secret_manager_secret")) == len(SECRETS)
    for one in versions:
        assert one["secret_data"] is None
        assert one["secret_data_wo"] is None
        assert one["secret_data_wo_version"] == "1"
    (user,) = plan.all("sql_user").values()
    assert (user["password"], user["password_wo"], user["password_wo_version"]) == (None, None, 1)


def test_every_secret_setting_comes_from_secret_manager(plan: Plan) -> None:
    secret = {"DATABASE_URL", "MEDIA_ACCESS_KEY", "MEDIA_SECRET_KEY", "SIGN_IN_CLIENT_SECRET", "SESSION_KEY"}
    for role in ("web", "worker", "events", "migrate"):
        given = plan.settings(role)
        assert {name for name in secret & given.keys() if not str(given[name]).startswith("daylog-")} == set()


@pytest.fixture(scope="module")
def applied(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    mine = terraform.copy(tmp_path_factory.mktemp("applied") / "daylog")
    ran = mine.run("apply", *NOT_ASKING, "-auto-approve", env={"TF_VAR_secrets": json.dumps(SECRETS)})
    assert ran.code == 0, ran.said
    assert not leaked(ran.said)
    return mine


def test_what_was_made_keeps_no_secret_in_its_state(applied: Terraform) -> None:
    assert not leaked((applied.folder / "terraform.tfstate").read_text())


def test_nothing_is_left_to_do_and_no_secret_need_be_given_again(applied: Terraform) -> None:
    again = applied.run("plan", *NOT_ASKING, "-detailed-exitcode")
    assert again.code == 0, again.said


def test_a_raised_version_writes_that_secret_alone(applied: Terraform) -> None:
    ran = applied.run("plan", *NOT_ASKING, "-out=rotated.bin", '-var=secret_versions={"session_key":2}')
    assert ran.code == 0, ran.said
    changes = applied.run("show", "-json", "rotated.bin").json()["resource_changes"]
    changed = [one["address"] for one in changes if one["change"]["actions"] != ["no-op"]]
    assert changed == ['google_secret_manager_secret_version.value["session-key"]']


def test_secrets_arrive_as_they_were_given(applied: Terraform) -> None:
    kept = vault(applied)
    for name in ("media_access_key", "media_secret_key", "sign_in_client_secret", "session_key"):
        assert SECRETS[name] in kept["google_secret_manager_secret_version"]
    assert kept["google_sql_user"] == [SECRETS["database_password"]]


def test_the_services_reach_the_database_by_the_url_that_they_are_given(
    applied: Terraform, postgres_server: Postgres, tmp_path: Path
) -> None:
    """By the socket that Cloud Run would mount, here one of ours that leads to a real server."""
    (given,) = [one for one in vault(applied)["google_secret_manager_secret_version"] if one.startswith("postgresql")]
    url = make_url(given)
    assert url.query == {"unix_sock": "/cloudsql/daylog-example:us-central1:daylog/.s.PGSQL.5432"}
    assert (url.username, url.password, url.database) == ("daylog", SECRETS["database_password"], "daylog")
    real = make_url(postgres_server.url())
    with led_to((str(real.host), int(real.port or 0)), tmp_path / "socket") as socket:
        here = url.set(username=real.username, password=real.password, database="postgres", query={"unix_sock": socket})
        database = engine(here.render_as_string(hide_password=False), 1, 60)
        with database.connect() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1
        database.dispose()


def test_a_weak_secret_is_refused_without_being_shown(terraform: Terraform) -> None:
    weak = SECRETS | {"session_key": "leak-short"}
    ran = terraform.run("plan", *NOT_ASKING, env={"TF_VAR_secrets": json.dumps(weak)})
    assert ran.code != 0
    assert "Give session_key 32 characters or more" in ran.said
    assert "leak-short" not in ran.said
