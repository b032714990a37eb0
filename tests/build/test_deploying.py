"""The steps of cloudbuild.yaml, run by bash against a stand-in for Cloud Run: who is served by what, whatever fails."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.local.parts import ROOT
from tests.build.cloud import Cloud
from tests.build.commands import DIGEST
from tests.build.steps import run

SERVICES = ("daylog-web", "daylog-worker", "daylog-events")
NEW = f"registry/daylog@{DIGEST}"
BEFORE = {name: ["placeholder"] for name in SERVICES}
AFTER = {name: [NEW] for name in SERVICES}
#: what people meet after the first build
FIRST = {name: [f"{name}-b-1"] for name in SERVICES}
#: what fails, and in which step
FAILURES = [
    ("make check test", "tests"),
    ("docker build", "build"),
    ("docker push", "push"),
    ("docker inspect", "push"),
    ("jobs update daylog-migrate", "migrate"),
    ("jobs execute daylog-migrate", "migrate"),
    ("services update daylog-worker", "deploy"),
    ("services update daylog-events", "deploy"),
    ("services update daylog-web", "deploy"),
    ("print-access-token", "sign-in"),
    ("curl", "sign-in"),
    ("app.smoke", "smoke"),
    ("services describe daylog-web", "promote"),
    ("--update-tags=previous", "promote"),
]


def begun(folder: Path) -> Cloud:
    """As Terraform leaves it."""
    cloud = Cloud(folder / "cloud.json")
    cloud.programs(folder / "programs")
    cloud.begin(*BEFORE)
    return cloud


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return begun(tmp_path)


@pytest.fixture(scope="module")
def after_one(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The state of the cloud after one build."""
    folder = tmp_path_factory.mktemp("one")
    cloud = begun(folder)
    assert run(cloud, folder) == ""
    return cloud.state


def go_back(tmp_path: Path) -> None:
    """As the file says how."""
    lines = [line.removeprefix("#   ") for line in (ROOT / "cloudbuild.yaml").read_text().splitlines()]
    first = next(number for number, line in enumerate(lines) if line.startswith("for service in daylog-"))
    script = "\n".join(lines[first : first + 3]).replace("REGION", "us-central1")
    assert "previous=100" in script
    path = f"PATH={tmp_path / 'programs'}:/usr/bin:/bin"
    subprocess.run(["/usr/bin/env", path, "bash", "-euc", script], timeout=60, check=True)


def test_a_build_that_goes_well_serves_what_it_tried_by_its_digest(cloud: Cloud, tmp_path: Path) -> None:
    assert run(cloud, tmp_path) == ""
    assert cloud.serving() == AFTER
    assert cloud.state["jobs"] == {"daylog-migrate": NEW}
    assert cloud.tagged("daylog-web") == {"candidate": "daylog-web-b-1", "previous": "daylog-web-00001"}


def test_nothing_serves_before_the_smoke_test_has_passed(cloud: Cloud, tmp_path: Path) -> None:
    run(cloud, tmp_path)
    given = cloud.given()
    tried = next(number for number, line in enumerate(given) if "app.smoke" in line)
    changed = [number for number, line in enumerate(given) if "update-traffic" in line]
    new = [line for line in given if "services update " in line]
    assert tried < min(changed)
    assert len(new) == len(SERVICES)
    assert all("--no-traffic" in line for line in new)
    migrated, deployed = (
        next(number for number, line in enumerate(given) if what in line)
        for what in ("jobs execute daylog-migrate --wait", "--no-traffic")
    )
    assert migrated < deployed < tried


def test_the_function_for_events_is_served_as_it_says_itself(cloud: Cloud, tmp_path: Path) -> None:
    run(cloud, tmp_path)
    (deployed,) = [line for line in cloud.given() if "services update daylog-events" in line]
    flags = dict(word.split("=", 1) for word in deployed.split() if word.startswith(("--command=", "--args=")))
    command = " ".join([flags["--command"], *flags["--args"].split(",")])
    assert command.replace("=", " ") in (ROOT / "app" / "events.py").read_text()


@pytest.mark.parametrize(("failing", "step"), FAILURES)
def test_a_step_that_fails_changes_nothing_for_anybody(cloud: Cloud, tmp_path: Path, failing: str, step: str) -> None:
    cloud.change(failing=failing)
    assert run(cloud, tmp_path) == step
    assert cloud.serving() == BEFORE


@pytest.mark.parametrize("service", SERVICES)
def test_what_another_build_has_deployed_meanwhile_is_not_promoted(cloud: Cloud, tmp_path: Path, service: str) -> None:
    cloud.change(overtaking=service)
    assert run(cloud, tmp_path) == "promote"
    assert cloud.serving() == BEFORE


def test_divided_traffic_is_left_as_it_is(cloud: Cloud, tmp_path: Path) -> None:
    state = cloud.state
    images = {"daylog-web-a": "older", "daylog-web-b": "newer"}
    traffic = [{"revisionName": name, "percent": 50} for name in images]
    state["services"]["daylog-web"] = {"images": images, "traffic": traffic}
    cloud.keep(state)
    assert run(cloud, tmp_path) == "promote"
    assert cloud.serving() == {**BEFORE, "daylog-web": ["older", "newer"]}


def test_one_command_goes_back_to_what_served_before(cloud: Cloud, tmp_path: Path, after_one: dict[str, Any]) -> None:
    cloud.keep(after_one)
    assert run(cloud, tmp_path, "2") == ""
    go_back(tmp_path)
    assert cloud.revisions() == FIRST
    go_back(tmp_path)
    assert run(cloud, tmp_path, "3") == ""
    assert cloud.tagged("daylog-web") == {"candidate": "daylog-web-b-3", "previous": "daylog-web-b-1"}


@pytest.mark.parametrize("service", SERVICES)
def test_going_back_is_right_even_where_promoting_broke_off(
    cloud: Cloud, tmp_path: Path, after_one: dict[str, Any], service: str
) -> None:
    cloud.keep({**after_one, "failing": f"update-traffic {service} --to-revisions"})
    assert run(cloud, tmp_path, "2") == "promote"
    cloud.change(failing="")
    go_back(tmp_path)
    assert cloud.revisions() == FIRST


def test_a_service_that_was_never_made_is_not_made_by_a_build(cloud: Cloud, tmp_path: Path) -> None:
    cloud.begin("daylog-web")
    assert run(cloud, tmp_path) == "deploy"
    assert cloud.serving() == {"daylog-web": ["placeholder"]}
