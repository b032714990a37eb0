"""What a vlog costs: shown as it is spent."""

import pytest
from flask.testing import FlaskClient

from internal.jobs import JobError
from internal.paid import PaidCall
from internal.ports import Services, Usage
from tests.app.asking import Media, asked, create, leased, uploaded


@pytest.fixture
def vlog_id(services: Services, media: Media) -> str:
    return asked(services, [uploaded(services, media)])


def order(services: Services, vlog_id: str, usd: float, rejected: bool = False) -> None:
    """As the step does it: what is owed and the job's next version, in one."""
    with services.store.write(vlog_id) as tx:
        call = PaidCall(tx.job.owner_id, vlog_id, 1, 1, vlog_id, 1, 8.0, usd).intended(
            tx.now, services.times.unknown_for
        )
        tx.add_paid_call(call)
        if rejected:
            tx.save_paid_call(call.rejected(tx.now, JobError("filtered", "It shows a celebrity.")))
        tx.save(tx.job, "ordered")


def test_what_is_spent_is_shown_at_once_and_as_something_new(
    client: FlaskClient, services: Services, vlog_id: str
) -> None:
    leased(services, vlog_id)
    before = client.get(f"/api/vlogs/{vlog_id}")
    order(services, vlog_id, 0.4)
    with services.store.write(vlog_id) as tx:
        tx.add_usage(Usage("gemini", 1200, 80, 0.00034567))
        tx.save(tx.job, "analysed")
    unchanged = {"If-None-Match": before.headers["ETag"]}
    after = client.get(f"/api/vlogs/{vlog_id}", headers=unchanged)
    assert (before.json["cost"], after.status_code, after.json["cost"]) == (0.0, 200, 0.4003)
    assert client.get("/api/vlogs?limit=1").json["items"][0]["cost"] == 0.4003


def test_what_was_refused_costs_nothing(client: FlaskClient, services: Services, vlog_id: str) -> None:
    order(services, vlog_id, 0.4, rejected=True)
    assert client.get(f"/api/vlogs/{vlog_id}").json["cost"] == 0.0


def test_a_vlog_may_be_generated_within_a_limit(client: FlaskClient, media: Media) -> None:
    answer = create(client, {"files": media.part("tiny.jpg"), "style": "generated", "maxCost": "0.5"})
    settings = client.get(answer.headers["Location"]).json["settings"]
    assert (settings["style"], settings["maxCost"]) == ("generated", 0.5)
