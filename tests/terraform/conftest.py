"""Terraform, initialised once for all tests here, and the plans that they look at."""

import json
from pathlib import Path

import pytest

from tests.terraform.offline import Terraform, initialised, install_provider
from tests.terraform.plans import INSTALLATION, SECRETS, Plan


@pytest.fixture(scope="session")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plugins")
    install_provider(folder)
    return folder


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory, plugins: Path) -> Terraform:
    """Of all tests that only read: whoever changes a file takes a `copy`. With what an operator would give."""
    made = initialised(tmp_path_factory.mktemp("terraform") / "daylog", plugins)
    (made.folder / "installation.auto.tfvars.json").write_text(json.dumps(INSTALLATION))
    return made


@pytest.fixture(scope="session", params=["staging", "production"])
def plan(request: pytest.FixtureRequest, terraform: Terraform) -> Plan:
    """Of an empty project."""
    return Plan(terraform.plan(f"{request.param}.tfvars", {"TF_VAR_secrets": json.dumps(SECRETS)}))
