"""One image, two roles: neither answers what is the other's, and the worker nobody but queue and scheduler."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.bootstrap import callers
from app.settings import Settings
from internal.ports import Services
from tests.app.asking import ABSENT
from tests.app.routes import path_to
from tests.tokens import AUDIENCE, SCHEDULER, TASKS, CertServer, Signer, new_signer, token

#: of both roles
HEALTH = {"/healthz", "/ready"}
WORK = {"/internal/tasks/create-vlog", "/internal/tasks/reconcile", "/internal/tasks/sweep"}


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return new_signer(tmp_path_factory.mktemp("queue"))


@pytest.fixture(scope="module")
def certs(signer: Signer) -> Iterator[CertServer]:
    server = CertServer(signer.certs)
    yield server
    server.close()


Serving = Callable[..., Flask]


@pytest.fixture(scope="module")
def serving(guarded_settings: Settings, services: Services, certs: CertServer) -> Serving:
    """The app as the cloud has it, in one role."""
    known = guarded_settings.model_dump() | {
        "profile": "cloud",
        "tasks_audience": AUDIENCE,
        "tasks_service_account": TASKS,
        "scheduler_service_account": SCHEDULER,
        "tasks_issuer": "https://accounts.google.com",
        "tasks_certs_url": certs.url,
    }

    def make(serve: str, task_auth: str = "app") -> Flask:
        settings = Settings(**(known | {"serve": serve, "task_auth": task_auth}))
        return create_app(settings, replace(services, callers=callers(settings)))

    return make


@pytest.fixture(scope="module")
def web(serving: Serving) -> Flask:
    return serving("web")


@pytest.fixture(scope="module", params=["app", "iam"])
def worker(serving: Serving, request: pytest.FixtureRequest) -> Flask:
    return serving("worker", request.param)


def paths(app: Flask) -> set[str]:
    return {path_to(rule, ABSENT) for rule in app.url_map.iter_rules()}


def answers(app: Flask, path: str, token: str = "") -> Iterator[TestResponse]:
    """To all methods, as a program and as a browser asks."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for accept in ("text/html", "*/*"):
            with app.test_client().open(path, method=method, headers={"Accept": accept, **headers}) as answer:
                yield answer


def test_the_routes_of_the_two_roles_have_nothing_in_common_but_their_health(web: Flask, worker: Flask) -> None:
    assert paths(worker) == HEALTH | WORK
    assert paths(web) & paths(worker) == HEALTH
    assert {"/", "/docs", "/openapi.json", "/sign-in", "/api/agent/create-vlog"} < paths(web)


def test_the_web_role_does_none_of_the_workers_work_whoever_asks(web: Flask, signer: Signer) -> None:
    for path in WORK:
        assert {answer.status_code for answer in answers(web, path, token(signer))} == {404}, path


def test_the_worker_has_no_page_no_sign_in_no_docs_and_no_api(web: Flask, worker: Flask, signer: Signer) -> None:
    for path in paths(web) - HEALTH:
        for answer in answers(worker, path, token(signer)):
            assert (answer.status_code, answer.json["code"]) == (404, "not_found"), path
            assert not {"Set-Cookie", "Location", "WWW-Authenticate"} & set(answer.headers.keys()), path


@pytest.mark.parametrize("path", sorted(HEALTH))
def test_both_roles_say_how_they_are(web: Flask, worker: Flask, path: str) -> None:
    assert [app.test_client().get(path).status_code for app in (web, worker)] == [200, 200]


def knock(worker: Flask, path: str, *authorization: str, **headers: str) -> int:
    given = [*headers.items(), *(("Authorization", one) for one in authorization)]
    return worker.test_client().post(path, headers=given, data=b"{}").status_code


@pytest.mark.parametrize("path", sorted(WORK))
def test_the_worker_works_for_queue_and_scheduler_alone(worker: Flask, signer: Signer, path: str) -> None:
    """What the queue sends beside its token anybody may send."""
    task = {"X-CloudTasks-TaskName": "a", "X-CloudTasks-QueueName": "vlogs", "User-Agent": "Google-Cloud-Tasks"}
    stranger = token(signer, email="other@test.iam.gserviceaccount.com")
    elsewhere = token(signer, aud="https://web.test")
    assert knock(worker, path) == 401
    assert knock(worker, path, **task) == 401
    for wrong in (stranger, elsewhere):
        assert knock(worker, path, f"Bearer {wrong}", **task) == 401
    for account in (TASKS, SCHEDULER):
        taken = knock(worker, path, f"Bearer {token(signer, email=account)}")
        assert taken == (400 if path.endswith("create-vlog") else 200), "the body is no dispatch"


@pytest.mark.parametrize(("task_auth", "status"), [("app", 401), ("iam", 200)])
def test_only_behind_cloud_runs_check_a_token_may_have_lost_its_signature(
    serving: Serving, signer: Signer, task_auth: str, status: int
) -> None:
    cut = token(signer).rpartition(".")[0]
    worker = serving("worker", task_auth)
    assert knock(worker, "/internal/tasks/sweep", f"Bearer {cut}.SIGNATURE_REMOVED_BY_GOOGLE") == status


def test_without_certificates_nobody_is_believed(serving: Serving, signer: Signer, certs: CertServer) -> None:
    for given, status in ((None, 503), (signer.certs, 200)):
        certs.certs = given
        assert knock(serving("worker"), "/internal/tasks/sweep", f"Bearer {token(signer)}") == status
