"""What checkov advises, asked without a network: followed, or there is a reason here why not."""

import json
import os
import subprocess
from collections.abc import Mapping

from tests.terraform.offline import PYTHON, SOURCES

DATABASE = "google_sql_database_instance.daylog"
#: what is not followed, and why; by the check's id and the resource
DECLINED: Mapping[tuple[str, str], str] = {
    ("CKV_GCP_6", DATABASE): "Only Google's connector is let in, and it shows a certificate.",
    ("CKV_GCP_51", DATABASE): "It is on: checkov does not read dynamic blocks.",
    ("CKV_GCP_54", DATABASE): "It is on: checkov does not read dynamic blocks.",
    ("CKV_GCP_52", DATABASE): "Instances come and go with the load: a line for each connection says nothing.",
    ("CKV_GCP_53", DATABASE): "Instances come and go with the load: a line for each connection says nothing.",
    ("CKV_GCP_108", DATABASE): "All come by a socket: there are no host names.",
    ("CKV_GCP_109", DATABASE): "The default, warnings, says more than errors alone.",
    ("CKV_GCP_110", DATABASE): "One account of ours uses it; what people do is in the jobs' own events.",
    ("CKV_GCP_111", DATABASE): "Statements hold what people write about their days. Slow ones alone are logged.",
    ("CKV2_GCP_13", DATABASE): "Only of statements that take a second: the rest are polls.",
    ("CKV_GCP_26", "google_compute_subnetwork.run"): "It leads from Cloud Run to the database alone.",
    (
        "CKV2_GCP_18",
        "google_compute_network.daylog",
    ): "Nothing listens in it: ingress is denied where no rule allows it.",
    ("CKV_GCP_62", "google_storage_bucket.work"): "Google's audit log tells who reads, where somebody switches it on.",
    ("CKV_GCP_62", "google_storage_bucket.source"): "Sources of a week, which are in git.",
    ("CKV_GCP_78", "google_storage_bucket.work"): "Nobody's only copy of anything is there.",
    ("CKV_GCP_78", "google_storage_bucket.source"): "Sources of a week, which are in git.",
    ("CKV_GCP_84", "google_artifact_registry_repository.images"): "Google's keys encrypt it, and it holds no secrets.",
}


def test_advice_is_followed_or_declined_with_a_reason() -> None:
    command = [str(PYTHON), "-m", "checkov.main", "--directory", str(SOURCES), "--framework", "terraform"]
    command += ["--skip-download", "--compact", "--output", "json"]
    env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=SOURCES, env=env, capture_output=True, text=True, timeout=120)
    found = json.loads(done.stdout)
    failed = {(one["check_id"], one["resource"]) for one in found["results"]["failed_checks"]}
    assert failed == DECLINED.keys()
    assert found["summary"]["passed"] >= 60
    assert found["summary"]["skipped"] == found["summary"]["parsing_errors"] == 0
