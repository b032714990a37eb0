"""What is counted, shown and told: the filters are tried on lines that our code really writes."""

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn

import pytest

from app.logs import JsonLines
from infra.local.postgres import Postgres
from infra.work_store.gcs import GcsWorkStore
from internal.errors import OutcomeUnknown, PermanentFailure
from internal.jobs import ATTEMPTS, Status
from internal.pipeline import Done, Run, Wait
from internal.ports import Services
from internal.reconciler import reconcile
from tests.internal.connected import connected
from tests.internal.memory_queue import NotingQueue
from tests.internal.paying.player import PLENTY, Player
from tests.internal.scripted_generator import ScriptedGenerator
from tests.terraform.filters import Entry, line_of, matches
from tests.terraform.plans import Plan

TOKEN = "aB3-_" * 6 + "xY"
STATUS = re.compile(r'jsonPayload\.status=(\([^)]*\)|"\w+")')
#: in PromQL: a metric, and which of its series
SERIES = re.compile(r"_googleapis_com:(\w+)(\{[^}]*\}|)")
#: by the kind of resource: by what ours is told from others'
OURS = {
    "cloud_run_revision": 'service_name="daylog-w',
    "cloud_tasks_queue": 'queue_id="daylog-vlogs"',
    "cloudsql_database": 'database_id="daylog-example:daylog"',
    "uptime_url": 'host="daylog-web-123456789012.us-central1.run.app"',
}


@contextmanager
def written(job: str) -> Iterator[list[Entry]]:
    """While inside, what a worker writes of that job, as Cloud Logging has it. Other tests' jobs lie there, too."""
    lines: list[Entry] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said = json.loads(self.format(record))
            if said.get("job") == job:
                lines.append(line_of("daylog-worker", said))

    handler, root = Kept(), logging.getLogger()
    handler.setFormatter(JsonLines())
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def counted(plan: Plan, lines: Sequence[Entry]) -> Mapping[str, int]:
    """By metric, without those that counted nothing."""
    filters = {one["name"].partition("/")[2]: one["filter"] for one in plan.all("logging_metric").values()}
    found = {name: sum(matches(filter_, line) for line in lines) for name, filter_ in filters.items()}
    return {name: number for name, number in found.items() if number}


@pytest.fixture(scope="module")
def worker(postgres_server: Postgres, work: GcsWorkStore) -> Iterator[Services]:
    postgres_server.make_database("watched")
    with connected(postgres_server.url("watched"), NotingQueue()) as services:
        yield replace(services, work=work, limits=PLENTY)


@pytest.fixture
def player(worker: Services) -> Player:
    generator = ScriptedGenerator(worker.work)
    return Player(replace(worker, generator=generator), generator)


def done(run: Run) -> Done:
    return Done(None)


def refuse(run: Run) -> NoReturn:
    raise PermanentFailure("unreadable", "It cannot be read.")


def fall(run: Run) -> NoReturn:
    raise ZeroDivisionError


def rest(run: Run) -> Wait:
    return Wait(timedelta(hours=1))


@pytest.mark.parametrize(
    ("step", "numbers"),
    [(done, {"completed": 1}), (refuse, {"failed": 1}), (fall, {"failed": 1, "defects": 1}), (rest, {})],
)
def test_each_job_that_ends_is_counted_once_by_how(plan: Plan, player: Player, step: Any, numbers: Any) -> None:
    player.step = step
    with written(player.job) as lines:
        player.play()
        player.play()
    assert counted(plan, lines) == numbers


def test_a_job_that_always_brings_its_process_down_is_counted_as_failed(plan: Plan, player: Player) -> None:
    player.change(lambda job, _now: replace(job, attempt=ATTEMPTS))
    with written(player.job) as lines:
        player.play()
    assert counted(plan, lines) == {"failed": 1}


@pytest.mark.parametrize(("attempt", "numbers"), [(1, {"rescued": 1}), (ATTEMPTS, {"rescued": 1, "failed": 1})])
def test_a_job_whose_worker_is_gone_is_counted_as_rescued(
    plan: Plan, player: Player, attempt: int, numbers: Mapping[str, int]
) -> None:
    player.change(
        lambda job, now: replace(
            job, status=Status.RUNNING, fence=1, attempt=attempt, lease_until=now, next_run_at=None
        )
    )
    with written(player.job) as lines:
        reconcile(player.services)
    assert counted(plan, lines) == numbers


def test_a_job_whose_task_the_queue_lost_is_counted_as_rescued(plan: Plan, player: Player) -> None:
    reconcile(player.services)
    lost = player.services.store.job(player.job).dispatch
    player.services.queue.held.remove(lost)  # type: ignore[attr-defined]  # it is the one that takes notes
    with written(player.job) as lines:
        reconcile(player.services)
    assert counted(plan, lines) == {"rescued": 1}


def test_a_job_that_may_take_no_longer_is_counted_as_failed(plan: Plan, player: Player) -> None:
    player.change(lambda job, now: replace(job, deadline_at=now))
    with written(player.job) as lines:
        reconcile(player.services)
    assert counted(plan, lines) == {"failed": 1}


@pytest.mark.parametrize("unknown", [0, 1])
def test_what_is_ordered_or_may_have_been_is_counted_in_dollars(plan: Plan, player: Player, unknown: int) -> None:
    player.generator.lost = [OutcomeUnknown("The connection was lost.")] * unknown
    with written(player.job) as lines:
        player.play()
    assert counted(plan, lines) == {"spent": 1}
    field = plan.one("logging_metric", "spent")["value_extractor"]
    assert field == "EXTRACT(jsonPayload.usd)"
    assert [line["jsonPayload"]["usd"] for line in lines if "usd" in line["jsonPayload"]] == [player.generator.cost]


def test_a_film_made_for_the_web_is_nothing_that_a_worker_made(plan: Plan, player: Player) -> None:
    player.step = done
    with written(player.job) as lines:
        player.play()
    by_web = [line_of("daylog-web", {**line["jsonPayload"], "severity": line["severity"]}) for line in lines]
    assert counted(plan, by_web) == {}


def requested(address: str, referer: str = "") -> Entry:
    """As Cloud Run writes every request down."""
    request = {"requestUrl": f"https://daylog-web-1.us-central1.run.app{address}", "referer": referer}
    return {"logName": "projects/daylog-example/logs/run.googleapis.com%2Frequests", "httpRequest": request}


def dropped(plan: Plan, entry: Entry) -> bool:
    (exclusion,) = plan.all("logging_project_exclusion").values()
    assert not exclusion["disabled"]
    return matches(exclusion["filter"], entry)


def test_links_of_shared_films_are_not_kept(plan: Plan) -> None:
    assert dropped(plan, requested(f"/s/{TOKEN}"))
    assert dropped(plan, requested(f"/s/{TOKEN}/video?download=1"))
    assert dropped(plan, requested("/static/app.css", f"https://vlogs.example.org/s/{TOKEN}"))


def test_what_somebody_comes_back_with_from_the_sign_in_is_not_kept(plan: Plan) -> None:
    assert dropped(plan, requested("/sign-in/callback?code=4/0Ab&state=x"))


def test_all_other_requests_and_our_own_lines_are_kept(plan: Plan) -> None:
    for address in ("/", "/api/vlogs/1/s/2", "/sign-in"):
        assert not dropped(plan, requested(address))
    line = {"severity": "ERROR", "logger": "app", "message": f"GET /s/{TOKEN}"}
    assert not dropped(plan, line_of("daylog-web", line))


def test_every_word_that_is_counted_is_one_that_jobs_end_with(plan: Plan) -> None:
    filters = " ".join(one["filter"] for one in plan.all("logging_metric").values())
    words = {word for said in STATUS.findall(filters) for word in re.findall(r'"(\w+)"', said)}
    assert words == {"completed", "partial", "failed"}
    assert words <= set(Status)


def alerts(plan: Plan) -> Mapping[str, Mapping[str, Any]]:
    """By name, without whose they are."""
    policies = plan.all("monitoring_alert_policy").values()
    return {one["display_name"].removeprefix("daylog: "): one for one in policies}


def asked(alert: Mapping[str, Any]) -> Mapping[str, Any]:
    return alert["conditions"][0]["condition_prometheus_query_language"][0]  # type: ignore[no-any-return]


def queries(plan: Plan) -> list[str]:
    """Of all alerts and charts."""
    found = [asked(one)["query"] for one in alerts(plan).values()]
    shown = json.loads(plan.one("monitoring_dashboard", "daylog")["dashboard_json"])
    for tile in shown["mosaicLayout"]["tiles"]:
        found += [one["timeSeriesQuery"]["prometheusQuery"] for one in tile["widget"]["xyChart"]["dataSets"]]
    return found


def test_somebody_is_told_of_failed_and_stuck_jobs_spend_and_a_long_queue(plan: Plan) -> None:
    assert {"failed jobs", "stuck jobs", "spend", "queue depth", "web down", "no reconciler"} <= alerts(plan).keys()
    assert len(plan.all("monitoring_notification_channel")) == 1
    for name, one in alerts(plan).items():
        assert one["enabled"] is not False
        assert one["severity"] in {"WARNING", "ERROR", "CRITICAL"}
        assert f'"{name}"' in one["documentation"][0]["content"]


def test_whoever_hears_of_an_alert_is_written_to(plan: Plan) -> None:
    """Channels have no id before they are made, so that the plan has none: the configuration leads to all of them."""
    (policy,) = [one for one in plan.configured() if one["type"] == "google_monitoring_alert_policy"]
    assert "google_monitoring_notification_channel.mail" in policy["expressions"]["notification_channels"]["references"]
    (channel,) = plan.all("monitoring_notification_channel").values()
    assert (channel["type"], channel["labels"]) == ("email", {"email_address": "ops@example.org"})


def test_alerts_and_charts_ask_for_metrics_that_there_are(plan: Plan) -> None:
    made = {one["name"].replace("/", "_") for one in plan.all("logging_metric").values()}
    named = {metric for query in queries(plan) for metric, _ in SERIES.findall(query)}
    assert {name.removeprefix("user_").removesuffix("_sum") for name in named if name.startswith("user_")} == made


def test_alerts_and_charts_are_of_what_is_ours_and_of_one_kind_of_resource(plan: Plan) -> None:
    """Cloud Monitoring refuses a query that leaves the kind open where a metric may be of several."""
    for query in queries(plan):
        for metric, of in SERIES.findall(query):
            kind = re.search(r'monitored_resource="(\w+)"', of)
            assert kind, query
            assert metric.startswith("user_daylog_") or OURS[kind[1]] in of
        assert query.count("(") == query.count(")")


def test_an_alert_can_be_made_before_there_is_anything_to_count(plan: Plan) -> None:
    assert {asked(one)["disable_metric_validation"] for one in alerts(plan).values()} == {True}


def test_the_alert_for_spending_comes_before_the_limit_of_a_day(plan: Plan) -> None:
    query = asked(alerts(plan)["spend"])["query"]
    assert float(query.rpartition(">")[2]) == 0.8 * float(plan.settings("web")["DAILY_COST"] or 0)


def test_what_people_use_is_asked_every_minute_whether_it_is_ready(plan: Plan) -> None:
    (check,) = plan.all("monitoring_uptime_check_config").values()
    (request,), (watched,) = check["http_check"], check["monitored_resource"]
    assert (check["period"], request["path"], request["use_ssl"]) == ("60s", "/ready", True)
    assert f"https://{watched['labels']['host']}" == plan.settings("web")["PUBLIC_URL"]


def test_the_dashboard_has_no_chart_over_another(plan: Plan) -> None:
    shown = json.loads(plan.one("monitoring_dashboard", "daylog")["dashboard_json"])["mosaicLayout"]
    places = {(tile["xPos"], tile["yPos"]) for tile in shown["tiles"]}
    assert len(places) == len(shown["tiles"]) >= 8
    assert {tile["xPos"] + tile["width"] for tile in shown["tiles"]} == {6, shown["columns"]}
