"""Who may do what: one account for each role, nothing more than the role needs, nothing for strangers but the web."""

from collections import defaultdict
from collections.abc import Mapping

from tests.terraform.plans import Plan

ACCOUNT = "serviceAccount:daylog-{}@daylog-example.iam.gserviceaccount.com"
ROLES = {"web", "worker", "events", "migrate", "tasks", "scheduler", "trigger", "build", "smoke"}
STORAGE = "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com"

#: on the whole project; `terraform/accounts.tf` says of each why Google knows no narrower place
ON_THE_PROJECT = {
    "roles/cloudsql.client": {"web", "worker", "events", "migrate"},
    "roles/eventarc.eventReceiver": {"trigger"},
    "roles/pubsub.publisher": {STORAGE},
    "roles/logging.logWriter": {"build"},
}
#: on one thing: the things a role may use, by what the grant is made on
ON_THINGS = {
    ("daylog-web", "roles/run.invoker"): {"allUsers"},
    ("daylog-worker", "roles/run.invoker"): {"tasks", "scheduler"},
    ("daylog-events", "roles/run.invoker"): {"trigger"},
    ("daylog-web", "roles/run.developer"): {"build"},
    ("daylog-worker", "roles/run.developer"): {"build"},
    ("daylog-events", "roles/run.developer"): {"build"},
    ("daylog-migrate", "roles/run.developer"): {"build"},
    ("daylog-vlogs", "roles/cloudtasks.enqueuer"): {"web", "worker", "events"},
    ("daylog-smoke", "roles/cloudtasks.enqueuer"): {"web", "worker", "events"},
    ("daylog-vlogs", "roles/cloudtasks.viewer"): {"worker"},
    ("daylog-smoke", "roles/cloudtasks.viewer"): {"worker"},
    ("daylog-tasks", "roles/iam.serviceAccountUser"): {"web", "worker", "events"},
    ("daylog-web", "roles/iam.serviceAccountUser"): {"build"},
    ("daylog-worker", "roles/iam.serviceAccountUser"): {"build"},
    ("daylog-events", "roles/iam.serviceAccountUser"): {"build"},
    ("daylog-migrate", "roles/iam.serviceAccountUser"): {"build"},
    ("daylog-smoke", "roles/iam.serviceAccountOpenIdTokenCreator"): {"build"},
    ("daylog-example-daylog-work", "roles/storage.objectUser"): {"worker"},
    ("daylog-example-daylog-source", "roles/storage.objectViewer"): {"build"},
    ("daylog", "roles/artifactregistry.writer"): {"build"},
    ("daylog-database-url", "roles/secretmanager.secretAccessor"): {"web", "worker", "events", "migrate"},
    ("daylog-media-access-key", "roles/secretmanager.secretAccessor"): {"web", "worker"},
    ("daylog-media-secret-key", "roles/secretmanager.secretAccessor"): {"web", "worker"},
    ("daylog-sign-in-client-secret", "roles/secretmanager.secretAccessor"): {"web"},
    ("daylog-session-key", "roles/secretmanager.secretAccessor"): {"web"},
}
#: where a grant names what it is made on
NAMES = ("name", "service_account_id", "secret_id", "bucket", "repository")


def granted(plan: Plan) -> Mapping[tuple[str, str], set[str]]:
    """By thing and role, who has it; the project's own are under "project"."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    known = {ACCOUNT.format(role): role for role in ROLES}
    for one in plan.resources:
        if one["type"].endswith("_iam_member"):
            values = one["values"]
            on = next((values[name] for name in NAMES if name in values), "project")
            thing = on.rpartition("/")[2].partition("@")[0]
            found[thing, values["role"]].add(known.get(values["member"], values["member"]))
    return found


def test_each_role_has_an_account_of_its_own(plan: Plan) -> None:
    accounts = plan.all("service_account").values()
    assert {one["account_id"] for one in accounts} == {f"daylog-{role}" for role in ROLES}


def test_roles_on_the_whole_project_are_those_that_google_knows_no_narrower_place_for(plan: Plan) -> None:
    given = {role: who for (thing, role), who in granted(plan).items() if thing == "project"}
    assert given == ON_THE_PROJECT


def test_every_other_role_is_on_one_thing_and_is_needed(plan: Plan) -> None:
    given = {key: who for key, who in granted(plan).items() if key[0] != "project"}
    assert given == ON_THINGS


def test_only_the_web_is_open_to_strangers(plan: Plan) -> None:
    open_to = {thing for (thing, _), who in granted(plan).items() if who & {"allUsers", "allAuthenticatedUsers"}}
    assert open_to == {"daylog-web"}
    for service in plan.all("cloud_run_v2_service").values():
        assert not service["invoker_iam_disabled"]
        only_inside = service["ingress"] == "INGRESS_TRAFFIC_INTERNAL_ONLY"
        assert only_inside == (service["name"] != "daylog-web")


def test_the_database_is_open_to_its_users_alone_and_only_ours(plan: Plan) -> None:
    for one in plan.all("project_iam_member").values():
        if one["role"] == "roles/cloudsql.client":
            (condition,) = one["condition"]
            assert "resource.name == 'projects/daylog-example/instances/daylog'" in condition["expression"]


def test_policies_are_added_to_and_never_replaced(plan: Plan) -> None:
    replacing = [one["address"] for one in plan.resources if one["type"].endswith(("_iam_binding", "_iam_policy"))]
    assert replacing == []


def test_no_account_has_a_key(plan: Plan) -> None:
    assert not [one for one in plan.resources if one["type"].endswith("_key")]


def test_each_service_runs_as_its_own_account(plan: Plan) -> None:
    for role in ("web", "worker", "events"):
        (template,) = plan.one("cloud_run_v2_service", role)["template"]
        assert f"serviceAccount:{template['service_account']}" == ACCOUNT.format(role)
    (job,) = plan.one("cloud_run_v2_job", "migrate")["template"]
    assert f"serviceAccount:{job['template'][0]['service_account']}" == ACCOUNT.format("migrate")


def test_queue_and_scheduler_speak_for_accounts_that_may_only_call_the_worker(plan: Plan) -> None:
    for role in ("tasks", "scheduler"):
        assert [key for key, who in granted(plan).items() if role in who] == [("daylog-worker", "roles/run.invoker")]
    (worker,) = [plan.one("cloud_run_v2_service", "worker")]
    for job in plan.all("cloud_scheduler_job").values():
        (target,) = job["http_target"]
        (token,) = target["oidc_token"]
        assert f"serviceAccount:{token['service_account_email']}" == ACCOUNT.format("scheduler")
        assert [token["audience"]] == worker["custom_audiences"]


def test_who_tries_a_new_version_may_do_nothing_in_google_cloud(plan: Plan) -> None:
    assert [key for key, who in granted(plan).items() if "smoke" in who] == []
