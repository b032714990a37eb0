"""What Terraform takes and we must not: each such mistake is made in the configuration, planned, and the named test
fails over that plan."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.terraform import test_identity, test_queues, test_secrets, test_services, test_stores, test_watching
from tests.terraform.offline import Terraform, mutated
from tests.terraform.plans import SECRETS, Plan

Check = Callable[[Plan], object]

ROLE = """
resource "google_project_iam_member" "everything" {
  project = var.project
  role    = "roles/editor"
  member  = local.members["worker"]
}
"""
KEY = """
resource "google_service_account_key" "key" {
  service_account_id = google_service_account.role["build"].name
}
"""
BINDING = """
resource "google_cloud_run_v2_service_iam_binding" "instead" {
  name    = google_cloud_run_v2_service.worker.name
  role    = "roles/run.invoker"
  members = [local.members["tasks"]]
}
"""
#: in which file, what becomes what ("": is added), and the test that finds it
MISTAKES: Mapping[str, tuple[str, str, str, Check]] = {
    "a worker that everybody calls": (
        "services.tf",
        "local.members[each.key]",
        '"allUsers"',
        test_identity.test_only_the_web_is_open_to_strangers,
    ),
    "a worker that is reached from outside": (
        "services.tf",
        "INGRESS_TRAFFIC_INTERNAL_ONLY",
        "INGRESS_TRAFFIC_ALL",
        test_identity.test_only_the_web_is_open_to_strangers,
    ),
    "a worker that may do everything": (
        "accounts.tf",
        "",
        ROLE,
        test_identity.test_roles_on_the_whole_project_are_those_that_google_knows_no_narrower_place_for,
    ),
    "a file with a key": ("accounts.tf", "", KEY, test_identity.test_no_account_has_a_key),
    "a policy in the place of others'": (
        "services.tf",
        "",
        BINDING,
        test_identity.test_policies_are_added_to_and_never_replaced,
    ),
    "a worker that runs as the web": (
        "services.tf",
        'google_service_account.role["worker"].email',
        'google_service_account.role["web"].email',
        test_identity.test_each_service_runs_as_its_own_account,
    ),
    "a worker that reads what only the web needs": (
        "secrets.tf",
        'readers = toset(["web"])',
        'readers = toset(["web", "worker"])',
        test_identity.test_every_other_role_is_on_one_thing_and_is_needed,
    ),
    "a secret in the environment": (
        "settings.tf",
        "SERVE             = ",
        'SESSION_KEY = "0123456789-0123456789-0123456789"\n      SERVE             = ',
        test_secrets.test_every_secret_setting_comes_from_secret_manager,
    ),
    "one retry more": (
        "queues.tf",
        "max_attempts = 4",
        "max_attempts = 5",
        test_queues.test_a_vlog_is_tried_again_three_times_after_ten_seconds_and_ever_longer,
    ),
    "a hundred a second": (
        "queues.tf",
        "max_dispatches_per_second = 10\n",
        "max_dispatches_per_second = 100\n",
        test_queues.test_ten_a_second_and_as_many_at_once_as_instances_have_room_for,
    ),
    "two films on an instance": (
        "services.tf",
        "max_instance_request_concurrency = local.films_of_instance",
        "max_instance_request_concurrency = 2",
        test_services.test_a_worker_renders_one_film_on_all_its_cores_in_what_memory_that_took,
    ),
    "a smoke queue that leads to who serves": (
        "queues.tf",
        "local.hosts.candidate_worker",
        "local.hosts.worker",
        test_queues.test_the_smoke_queue_leads_to_the_candidate_whatever_a_task_says,
    ),
    "a setting left out": (
        "settings.tf",
        "TASKS_AUDIENCE ",
        "TASKS_AUDIENC ",
        test_services.test_the_worker_answers_to_what_its_callers_are_told,
    ),
    "fewer connections than processes open": (
        "database.tf",
        "connections_of_process = 24",
        "connections_of_process = 12",
        test_services.test_the_database_takes_all_connections_that_all_processes_may_open,
    ),
    "a database with an address of its own": (
        "database.tf",
        "ipv4_enabled    = false",
        "ipv4_enabled    = true",
        test_stores.test_the_database_has_no_public_address_and_encrypts,
    ),
    "no way back to yesterday": (
        "database.tf",
        "point_in_time_recovery_enabled = true",
        "point_in_time_recovery_enabled = false",
        test_stores.test_the_database_can_be_brought_back_to_any_second_of_a_week,
    ),
    "a work store that forgets what is still needed": (
        "stores.tf",
        '"chunks/" = 31',
        '"chunks/" = 3',
        test_stores.test_the_work_bucket_forgets_what_the_sweep_would_and_a_day_later,
    ),
    "a count of what nobody says": (
        "watching.tf",
        'jsonPayload.status=\\"failed\\"',
        'jsonPayload.status=\\"error\\"',
        test_watching.test_every_word_that_is_counted_is_one_that_jobs_end_with,
    ),
    "links kept in the log": (
        "logs.tf",
        "/s/[A-Za-z0-9_-]{32}",
        "/s/[0-9]{32}",
        test_watching.test_links_of_shared_films_are_not_kept,
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_that_terraform_takes_is_found(terraform: Terraform, tmp_path: Path, mistake: str) -> None:
    file, before, after, check = MISTAKES[mistake]
    wrong = mutated(terraform, tmp_path, file, before, after)
    plan = Plan(wrong.plan("staging.tfvars", {"TF_VAR_secrets": json.dumps(SECRETS)}))
    with pytest.raises(AssertionError):
        check(plan)


def test_terraforms_own_tests_find_sizes_that_do_not_fit(terraform: Terraform, tmp_path: Path) -> None:
    wrong = mutated(terraform, tmp_path, "services.tf", "var.worker.instances + 1", "var.worker.instances")
    ran = wrong.run("test", "-no-color", "-filter=tests/sizes.tftest.hcl")
    assert ran.code != 0
    assert "The scheduler must find an instance" in ran.said
