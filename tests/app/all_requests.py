"""`python -m tests.app.all_requests FILE TOKEN`: every kind of request there is, answered by this one process, until a
film with a generated scene is made; prints as JSON how it ended, and the modules that took."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import functions_framework
from flask.testing import FlaskClient

from app import create_app
from app.services import EXTENSION, Web


def asked_for(client: FlaskClient, photo: Path) -> str:
    """The vlog's id."""
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/users/me").json == client.get("/bff/v1/users/me").json
    assert client.post("/api/auth/token", json={"id_token": "a.b.c"}).status_code == 409
    assert client.post("/api/auth/logout").status_code == 204
    assert client.post("/api/vlogs/estimate", json={"style": "generated", "photos": 1}).status_code == 200
    with photo.open("rb") as data:
        form: dict[str, Any] = {"files": (data, photo.name), "style": "generated", "maxCost": "1"}
        answer = client.post("/api/agent/create-vlog", data=form, content_type="multipart/form-data")
    return str(answer.get_json()["vlogId"])


def delivered(client: FlaskClient, web: Web, vlog_id: str, token: str) -> None:
    """All dispatches, until the job is finished."""
    headers = {"Authorization": f"Bearer {token}"}
    while not (job := web.services.store.job(vlog_id)).finished:
        dispatch = {"job_id": job.id, "run_no": job.run_no, "dispatch_no": job.dispatch_no}
        answer = client.post("/internal/tasks/create-vlog", json=dispatch, headers=headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        time.sleep(0.05)
    assert client.post("/internal/tasks/reconcile", headers=headers).status_code == 200
    assert client.post("/internal/tasks/sweep", headers=headers).status_code == 200


def told_again(client: FlaskClient, vlog_id: str) -> str:
    """The id of a version of it."""
    storyboard = client.get(f"/api/vlogs/{vlog_id}/storyboard")
    assert client.get(storyboard.get_json()["scenes"][0]["picture"]).status_code == 302
    answer = client.post(f"/api/vlogs/{vlog_id}/versions", json={"settings": {"title": "Again"}})
    assert len(client.get(f"/api/vlogs/{vlog_id}/versions").get_json()["items"]) == 2
    return str(answer.get_json()["vlogId"])


def told(web: Web, vlog_id: str) -> None:
    """Of a clip, which nobody waits for any more."""
    kind = "google.cloud.storage.object.v1.finalized"
    headers = {"ce-id": "1", "ce-source": "//storage", "ce-specversion": "1.0", "ce-type": kind}
    clip = {"bucket": web.settings.work_bucket, "name": f"veo/{vlog_id}/1/1/1/sample_0.mp4"}
    function = functions_framework.create_app("object_finalized", "app/events.py").test_client()
    assert function.post("/", json=clip, headers=headers).status_code == 204


def main(photo: str, token: str) -> None:
    app = create_app()
    web: Web = app.extensions[EXTENSION]
    client = app.test_client()
    vlog_id = asked_for(client, Path(photo))
    delivered(client, web, vlog_id, token)
    told(web, vlog_id)
    delivered(client, web, told_again(client, vlog_id), token)
    vlog = client.get(f"/api/vlogs/{vlog_id}").get_json()
    assert client.get(vlog["video_url"]).status_code == 302
    assert client.get(f"/api/vlogs/{vlog_id}/stream").text.startswith("id: ")
    ended = {name: vlog[name] for name in ("status", "error_message", "warnings", "cost")}
    print(json.dumps({**ended, "modules": sorted(sys.modules)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
