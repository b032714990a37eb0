"""The checks catch what they are for: each mistake that somebody could make is made once, and found."""

import re
from pathlib import Path

import pytest

from tests.terraform.offline import Terraform, mutated
from tests.terraform.plans import Plan

#: in which file, what becomes what, and what is said of it then
CONFIGURATION = {
    "an attribute that is not there": (
        "stores.tf",
        "public_access_prevention ",
        "public_access_prevent ",
        "Unsupported argument",
    ),
    "an attribute one block too high": (
        "services.tf",
        "  template {\n",
        "  template {\n    cpu_idle = true\n",
        "Unsupported argument",
    ),
    "a block that is not there": ("queues.tf", "retry_config {", "retries {", "Unsupported block type"),
    "a block twice that may be there once": (
        "queues.tf",
        "  rate_limits {",
        "  rate_limits {}\n  rate_limits {",
        "Too many rate_limits blocks",
    ),
    "a required attribute left out": (
        "scheduler.tf",
        "    uri         = ",
        "    # uri = ",
        "Missing required argument",
    ),
    "a required block left out": (
        "secrets.tf",
        "  replication {\n    auto {}\n  }\n",
        "",
        "Insufficient replication blocks",
    ),
    "a word for a number": ("queues.tf", "max_attempts = 4", 'max_attempts = "four"', "Incorrect attribute value type"),
    "a list for a word": (
        "job.tf",
        'timeout               = "900s"',
        'timeout = ["900s"]',
        "Incorrect attribute value type",
    ),
    "a word for yes or no": (
        "stores.tf",
        "uniform_bucket_level_access = true",
        'uniform_bucket_level_access = "often"',
        "Incorrect attribute value type",
    ),
    "a value that is not allowed": (
        "services.tf",
        "INGRESS_TRAFFIC_ALL",
        "INGRESS_TRAFFIC_EVERYBODY",
        "Value not allowed",
    ),
    "a value that is not allowed, deep inside": ("services.tf", '"DISK"', '"FLOPPY"', "Value not allowed"),
    "a value that is not allowed, in a queue": ("queues.tf", '"ALWAYS"', '"SOMETIMES"', "Value not allowed"),
    "a resource that is not there": (
        "scheduler.tf",
        'google_service_account.role["scheduler"]',
        "google_service_account.scheduler",
        "Reference to undeclared resource",
    ),
    "a local value that is not there": (
        "hosts.tf",
        "local.domain}",
        "local.domian}",
        "Reference to undeclared local value",
    ),
    "a variable that is not there": (
        "apis.tf",
        "for_each = toset(",
        "for_each = var.apis == null ? [] : toset(",
        "Reference to undeclared input variable",
    ),
    "an output of an attribute that is not there": (
        "outputs.tf",
        "google_storage_bucket.source.name",
        "google_storage_bucket.source.title",
        "Unsupported attribute",
    ),
    "a type of resource that is not there": (
        "network.tf",
        '"google_compute_network"',
        '"google_compute_lan"',
        "Invalid resource type",
    ),
    "what Google computes": (
        "registry.tf",
        '  format        = "DOCKER"',
        '  format = "DOCKER"\n  create_time = "today"',
        "Value for unconfigurable attribute",
    ),
    "a secret where state would keep it": (
        "secrets.tf",
        "secret_data_wo         =",
        "secret_data            =",
        "Invalid use of ephemeral value",
    ),
    "a database password where state would keep it": (
        "database.tf",
        "password_wo         =",
        "password            =",
        "Invalid use of ephemeral value",
    ),
    "a secret in a service's environment": (
        "services.tf",
        "          value = env.value\n",
        "          value = var.secrets.session_key\n",
        "Invalid use of ephemeral value",
    ),
}
#: what an operator may get wrong, and what is said of it
VARIABLES = {
    "project": ("My Project", "A project id has"),
    "region": ("Tokyo", "A region is named like"),
    "name": ("day_log", "At most 14 small letters"),
    "domain": ("https://vlogs.example.org/", "A domain is a host name"),
    "allowed": ("[]", "At least one"),
    "sign_in_client_id": ("123", "A client id ends in"),
    "alert_addresses": ("[]", "Somebody must hear of it"),
    "media": ('{"endpoint": "http://localhost", "bucket": "b"}', "The endpoint is https"),
    "analyst": ("guess", "One of measured, gemini"),
    "generator": ("sora", "One of panned, veo"),
    "costs": ('{"vlog": 20, "owner_daily": 10, "daily": 100}', "a vlog's limit is not above"),
    "web": ('{"least": 3, "most": 2, "cpu": 1, "memory": 1}', "No more kept warm"),
    "worker": ('{"instances": 2, "cpu": 4, "memory": 2, "disk": 10}', "One GiB for each"),
    "database": (
        '{"tier": "db-f1-micro", "standby": false, "disk": 10, "backups": 7, "connections": 25}',
        "A machine type of its own",
    ),
}


@pytest.mark.parametrize("mistake", CONFIGURATION)
def test_a_mistake_in_the_configuration_is_found_where_it_is(
    terraform: Terraform, tmp_path: Path, mistake: str
) -> None:
    file, before, after, said = CONFIGURATION[mistake]
    wrong = mutated(terraform, tmp_path, file, before, after).validate()
    found = [one for one in wrong if re.search(said, one["summary"])]
    assert found, wrong
    assert mistake.startswith("a type of resource") or file in {one["range"]["filename"] for one in found}


@pytest.mark.parametrize("name", VARIABLES)
def test_a_variable_that_cannot_be_meant_is_refused_with_what_is(terraform: Terraform, name: str) -> None:
    value, said = VARIABLES[name]
    ran = terraform.run("plan", "-no-color", "-input=false", "-var-file=staging.tfvars", f"-var={name}={value}")
    assert ran.code != 0
    assert said in " ".join(ran.said.split())


def test_more_instances_than_the_database_bears_are_refused_with_the_numbers(terraform: Terraform) -> None:
    many = '{"instances": 50, "cpu": 2, "memory": 4, "disk": 10}'
    ran = terraform.run("plan", "-no-color", "-input=false", "-var-file=staging.tfvars", f"-var=worker={many}")
    assert ran.code != 0
    assert "the database bears 250: fewer instances" in " ".join(ran.said.split())


def test_models_are_only_for_those_who_ask_them(terraform: Terraform) -> None:
    ran = terraform.run(
        "plan", "-no-color", "-input=false", "-out=veo.bin", "-var-file=staging.tfvars", "-var=generator=veo"
    )
    assert ran.code == 0, ran.said
    plan = Plan(terraform.run("show", "-json", "veo.bin").json())
    models = [one for one in plan.all("project_iam_member").values() if one["role"] == "roles/aiplatform.user"]
    assert [one["member"] for one in models] == ["serviceAccount:daylog-worker@daylog-example.iam.gserviceaccount.com"]
