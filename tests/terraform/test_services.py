"""The services: as large as was measured, as many as the database bears, and told all that they need."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from app.settings import Settings
from infra.postgres.store import PostgresStore
from internal.times import Times
from tests.terraform.offline import ROOT, Terraform
from tests.terraform.plans import Plan

#: GiB: the most that the processes of one worker took for 1080p, with two of them (README, "Measured")
MEASURED = 0.82
#: what Secret Manager would put in the place of each secret
VALUES = {
    "DATABASE_URL": "postgresql+pg8000://daylog:x@/daylog?unix_sock=/cloudsql/p:r:i/.s.PGSQL.5432",
    "MEDIA_ACCESS_KEY": "x",
    "MEDIA_SECRET_KEY": "x",
    "SIGN_IN_CLIENT_SECRET": "x",
    "SESSION_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz",
}
#: what reads them, of each role
READERS = {"web": "Settings", "worker": "Settings", "events": "EventSettings", "migrate": "DatabaseSettings"}
START = "from app import settings; print(settings.{}().model_dump_json())"


def template(plan: Plan, role: str) -> Mapping[str, Any]:
    (found,) = plan.one("cloud_run_v2_service", role)["template"]
    return found  # type: ignore[no-any-return]


def most_instances(plan: Plan, role: str) -> int:
    """Of one revision, and of all that serve."""
    (revision,) = template(plan, role)["scaling"]
    (service,) = plan.one("cloud_run_v2_service", role)["scaling"]
    assert revision["max_instance_count"] == service["max_instance_count"]
    return int(service["max_instance_count"])


def started(plan: Plan, role: str) -> Mapping[str, Any]:
    """The settings of a process that is given what the plan gives that role, and no more."""
    env = {name: VALUES.get(name, value) for name, value in plan.settings(role).items()}
    assert None not in env.values()
    command = [str(ROOT / ".venv" / "bin" / "python"), "-c", START.format(READERS[role])]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize("role", READERS)
def test_each_role_starts_with_what_it_is_given(plan: Plan, role: str) -> None:
    settings = started(plan, role)
    assert settings["profile"] == "cloud"
    assert settings["serve"] == (role if role in ("web", "worker") else "all")
    assert settings["task_auth"] == ("iam" if role == "worker" else "app")


def test_people_come_in_by_signing_in_and_by_each_of_our_names(plan: Plan) -> None:
    settings = started(plan, "web")
    host = "daylog-web-123456789012.us-central1.run.app"
    assert settings["auth"] == "google"
    assert settings["public_url"] == f"https://{host}"
    assert settings["hosts"] == [host, f"candidate---{host}"]
    smoke = "daylog-smoke@daylog-example.iam.gserviceaccount.com"
    assert settings["allowed"] == ["@example.org", "guest@example.com", smoke]
    assert settings["smoke_account"] == smoke


def test_the_worker_answers_to_what_its_callers_are_told(plan: Plan) -> None:
    settings = started(plan, "worker")
    assert [settings["tasks_audience"]] == plan.one("cloud_run_v2_service", "worker")["custom_audiences"]
    assert settings["tasks_target"].removeprefix("https://") in settings["hosts"]
    for job in plan.all("cloud_scheduler_job").values():
        assert job["http_target"][0]["uri"].startswith(f"{settings['tasks_target']}/internal/tasks/")
    by_scheduler = {job["http_target"][0]["uri"].rpartition("/")[2] for job in plan.all("cloud_scheduler_job").values()}
    assert by_scheduler == {"reconcile", "sweep"}


def test_a_worker_renders_one_film_on_all_its_cores_in_what_memory_that_took(plan: Plan) -> None:
    worker = template(plan, "worker")
    (container,) = worker["containers"]
    limits = container["resources"][0]["limits"]
    cores = int(limits["cpu"])
    assert worker["max_instance_request_concurrency"] == 1
    assert plan.settings("worker")["RENDER_CORES"] == str(cores)
    assert int(limits["memory"].removesuffix("Gi")) >= 2 * MEASURED * cores / 2


def test_media_on_their_way_into_a_film_lie_on_a_disk_and_not_in_memory(plan: Plan) -> None:
    worker = template(plan, "worker")
    disks = {one["name"]: one["empty_dir"][0] for one in worker["volumes"] if one["empty_dir"]}
    (container,) = worker["containers"]
    mounted = {one["name"]: one["mount_path"] for one in container["volume_mounts"]}
    assert {mounted[name]: disk["medium"] for name, disk in disks.items()} == {"/tmp": "DISK"}
    assert container["volume_mounts"][-1]["mount_path"] == "/cloudsql"


def test_the_web_takes_as_many_requests_as_it_has_threads(plan: Plan) -> None:
    assert template(plan, "web")["max_instance_request_concurrency"] == started(plan, "web")["threads"] == 1000
    assert template(plan, "web")["timeout"] == "3600s"


def test_the_database_takes_all_connections_that_all_processes_may_open(plan: Plan) -> None:
    """A revision that is being tried runs beside the one that serves; a build migrates meanwhile."""
    store = PostgresStore(VALUES["DATABASE_URL"], Times())
    engines = {one for one in vars(store).values() if isinstance(one, Engine)}
    of_process = sum(one.pool.size() + one.pool._max_overflow for one in engines)
    store.close()
    processes = sum(most_instances(plan, role) for role in ("web", "worker", "events")) + 2
    flags = plan.one("sql_database_instance", "daylog")["settings"][0]["database_flags"]
    (most,) = [int(flag["value"]) for flag in flags if flag["name"] == "max_connections"]
    assert len(engines) == 3
    assert of_process * processes + 1 < most <= of_process * (processes + 1) + 1


def test_what_a_build_has_deployed_stays_and_its_name_is_not_used_again(terraform: Terraform, tmp_path: Path) -> None:
    """After a build the state knows, from Cloud Run, another image, where the traffic goes and the revision's name."""
    mine = terraform.copy(tmp_path / "deployed")
    given = ("-no-color", "-input=false", "-var-file=staging.tfvars")
    assert mine.run("apply", *given, "-auto-approve").code == 0
    before = json.loads((mine.folder / "terraform.tfstate").read_text())
    for one in services_of(before):
        one["template"][0]["revision"] = f"{one['name']}-b-1"
        one["template"][0]["containers"][0]["image"] = "deployed@sha256:1"
        one["traffic"] = [{"type": "", "revision": f"{one['name']}-b-1", "percent": 100, "tag": ""}]
    (mine.folder / "terraform.tfstate").write_text(json.dumps(before))
    assert mine.run("apply", *given, "-auto-approve", "-var=analyst=gemini").code == 0
    after = services_of(json.loads((mine.folder / "terraform.tfstate").read_text()))
    assert len(after) == 3
    for one in after:
        assert one["template"][0]["containers"][0]["image"] == "deployed@sha256:1"
        assert one["traffic"][0]["revision"] == f"{one['name']}-b-1"
        assert one["template"][0]["revision"] is None


def services_of(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    services = [one for one in state["resources"] if one["type"] == "google_cloud_run_v2_service"]
    return [one["instances"][0]["attributes"] for one in services]


def test_instances_are_kept_warm_for_the_service_and_not_for_each_of_its_revisions(plan: Plan) -> None:
    for name in plan.all("cloud_run_v2_service"):
        assert not template(plan, name)["scaling"][0]["min_instance_count"]
    (web,) = plan.one("cloud_run_v2_service", "web")["scaling"]
    assert web["min_instance_count"] == plan.shown["variables"]["web"]["value"]["least"]


def test_no_role_is_told_what_nobody_reads(plan: Plan) -> None:
    known = {name.upper() for name in Settings.model_fields}
    for role in ("web", "worker", "events", "migrate"):
        assert plan.settings(role).keys() <= known


def test_a_migration_that_finds_a_table_in_use_is_tried_again(plan: Plan) -> None:
    (job,) = plan.one("cloud_run_v2_job", "migrate")["template"]
    (task,) = job["template"]
    assert (job["task_count"], task["max_retries"]) == (1, 3)
    assert (task["containers"][0]["command"], task["containers"][0]["args"]) == (["python"], ["-m", "app.migrate"])


def test_an_instance_serves_only_once_it_is_ready(plan: Plan) -> None:
    for role in ("web", "worker"):
        (container,) = template(plan, role)["containers"]
        (startup,), (liveness,) = container["startup_probe"], container["liveness_probe"]
        assert (startup["http_get"][0]["path"], liveness["http_get"][0]["path"]) == ("/ready", "/healthz")
