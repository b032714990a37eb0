"""cloudbuild.yaml itself: what Cloud Build would refuse, and what it would take although we do not mean it."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.smoke import CLEANING, SECONDS, SIGNING_IN
from infra.local.parts import ROOT
from tests.build.steps import BUILT_IN, FILE, GIVEN, REFERENCE, configuration, steps

ORDER = ["tests", "build", "push", "migrate", "deploy", "sign-in", "smoke", "promote"]
#: of those that https://cloud.google.com/build/docs/build-config-file-schema names, what we use
FIELDS = {"steps", "substitutions", "serviceAccount", "timeout", "options"}
STEP_FIELDS = {"id", "name", "entrypoint", "args", "dir", "volumes", "timeout"}
#: an image's tag that says which version it is
VERSION = re.compile(r":(\d+\.\d+[\w.-]*|\$BUILD_ID)$")
TERRAFORM = "\n".join(file.read_text() for file in sorted((ROOT / "terraform").glob("*.tf")))


def refused(file: Path) -> str:
    """By the schema that editors use for Cloud Build's files; "" if it is not."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.cloudbuild", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def seconds(timeout: str) -> int:
    return int(timeout.removesuffix("s"))


def strings(value: Any) -> list[str]:
    """All of them, at any depth."""
    if isinstance(value, dict | list):
        return [text for one in (value.values() if isinstance(value, dict) else value) for text in strings(one)]
    return [value] if isinstance(value, str) else []


def test_the_file_is_as_the_schema_of_such_files_says() -> None:
    assert refused(FILE) == ""


@pytest.mark.parametrize(
    "change",
    [
        {"steps": {}},
        {"substitutions": {"_NAME": ["daylog"]}},
        {"steps": [{"name": "x", "argv": []}]},
        {"options": {"machineType": "HUGE"}},
        {"timeout": 3},
    ],
)
def test_the_schema_finds_mistakes(tmp_path: Path, change: dict[str, object]) -> None:
    (tmp_path / "cloudbuild.yaml").write_text(yaml.safe_dump({**configuration(), **change}))
    assert "cloudbuild.yaml::$" in refused(tmp_path / "cloudbuild.yaml")


def test_every_key_is_one_that_cloud_build_knows() -> None:
    """The schema lets others pass."""
    read = configuration()
    assert set(read) <= FIELDS
    for step in read["steps"]:
        assert {"id", "name", "args", "timeout"} <= set(step) <= STEP_FIELDS, step["id"]


def test_each_step_waits_for_the_one_before_and_none_may_fail() -> None:
    """A step without `waitFor` begins when all before it have ended well."""
    read = configuration()["steps"]
    assert [step["id"] for step in read] == ORDER
    for step in read:
        assert not {"waitFor", "allowFailure", "allowExitCodes"} & set(step), step["id"]


def test_every_image_is_of_one_version() -> None:
    for step in configuration()["steps"]:
        assert VERSION.search(step["name"]), step["name"]


def test_every_substitution_is_given_and_used() -> None:
    read = configuration()
    given = {*read["substitutions"], *GIVEN}
    used = {found[2] or found[3] for text in strings(read) for found in REFERENCE.finditer(text) if not found[1]}
    assert all(re.fullmatch("_[A-Z_]+", name) for name in given)
    assert used - {*BUILT_IN, "BUILD_ID"} == given
    assert read["options"]["dynamicSubstitutions"]
    assert "substitutionOption" not in read["options"], "else a name that nobody gives would be empty"


def test_what_a_step_keeps_for_the_next_is_in_a_volume() -> None:
    """Another folder would be gone with the step."""
    for step in configuration()["steps"]:
        mounted = {volume["path"] for volume in step.get("volumes", [])}
        named = {"/deploy"} if any("/deploy/" in text for text in strings(step)) else set()
        assert mounted == named, step["id"]


def test_scripts_stop_at_the_first_command_that_fails() -> None:
    for step in configuration()["steps"]:
        if step.get("entrypoint") == "bash":
            assert step["args"][:-1] == ["-euo", "pipefail", "-c"], step["id"]


def test_no_step_waits_without_end_and_none_is_cut_off_by_the_whole() -> None:
    read = configuration()
    each = {step["id"]: seconds(step["timeout"]) for step in read["steps"]}
    assert sum(each.values()) <= seconds(read["timeout"])
    assert each["smoke"] > SIGNING_IN + SECONDS + CLEANING
    (smoke,) = [step for step in steps() if step["id"] == "smoke"]
    assert f"--seconds={SECONDS}" in smoke["args"]


def test_a_build_sees_no_secret() -> None:
    """It needs none: secrets are told to the services by name, and whoever signs in does so for a minute."""
    assert "availableSecrets" not in configuration()
    assert not any("secretEnv" in step for step in configuration()["steps"])
    assert "secretmanager" not in (ROOT / "terraform" / "builds.tf").read_text()


def test_what_it_names_is_what_terraform_makes() -> None:
    named = set(re.findall(r"\$\{_NAME\}-(\w+)", FILE.read_text()))
    made = set(re.findall(r"\$\{var\.name\}-(\w+)\"", TERRAFORM))
    accounts = set(
        re.findall(r"^    (\w+) +=", TERRAFORM.partition("  roles = {")[2].partition("  }")[0], re.MULTILINE)
    )
    assert named == {"web", "worker", "events", "migrate", "smoke", "build"}
    assert named & {"smoke", "build"} <= accounts
    assert named - {"smoke", "build"} <= made


def test_it_runs_as_its_own_account_on_the_defaults_that_terraform_has() -> None:
    read = configuration()
    assert read["serviceAccount"].endswith("/${_NAME}-build@$PROJECT_ID.iam.gserviceaccount.com")
    assert read["options"]["logging"] == "CLOUD_LOGGING_ONLY"
    for substitution, variable in (("_NAME", "name"), ("_REGION", "region")):
        declared = TERRAFORM.partition(f'variable "{variable}" {{')[2].partition("\n}")[0]
        assert f'default     = "{read["substitutions"][substitution]}"' in declared
