"""The queues' numbers, as they were asked for."""

from tests.terraform.plans import Plan


def test_a_vlog_is_tried_again_three_times_after_ten_seconds_and_ever_longer(plan: Plan) -> None:
    for queue in plan.all("cloud_tasks_queue").values():
        (retry,) = queue["retry_config"]
        assert retry == {
            "max_attempts": 4,
            "max_retry_duration": "0s",
            "min_backoff": "10s",
            "max_backoff": "600s",
            "max_doublings": 6,
        }


def test_ten_a_second_and_as_many_at_once_as_instances_have_room_for(plan: Plan) -> None:
    (limits,) = plan.one("cloud_tasks_queue", "vlogs")["rate_limits"]
    (template,) = plan.one("cloud_run_v2_service", "worker")["template"]
    rendering = plan.shown["variables"]["worker"]["value"]["instances"]
    assert limits["max_dispatches_per_second"] == 10
    assert limits["max_concurrent_dispatches"] == rendering * template["max_instance_request_concurrency"]


def test_the_scheduler_finds_an_instance_when_all_films_are_being_made(plan: Plan) -> None:
    (template,) = plan.one("cloud_run_v2_service", "worker")["template"]
    (limits,) = plan.one("cloud_tasks_queue", "vlogs")["rate_limits"]
    room = template["scaling"][0]["max_instance_count"] * template["max_instance_request_concurrency"]
    assert room > limits["max_concurrent_dispatches"]


def test_a_delivery_may_take_as_long_as_the_worker_lets_it(plan: Plan) -> None:
    (template,) = plan.one("cloud_run_v2_service", "worker")["template"]
    assert template["timeout"] == "1800s"
    assert plan.settings("worker")["DISPATCH_DEADLINE"] == "1800"


def test_the_smoke_queue_leads_to_the_candidate_whatever_a_task_says(plan: Plan) -> None:
    (target,) = plan.one("cloud_tasks_queue", "smoke")["http_target"]
    (override,) = target["uri_override"]
    known = plan.settings("worker")["TASKS_TARGET"]
    assert known is not None
    assert override["uri_override_enforce_mode"] == "ALWAYS"
    assert f"https://{override['host']}" == known.replace("https://", "https://candidate---")
