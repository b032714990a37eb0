"""The function that Cloud Storage's events reach through Eventarc: an object is whole in the work bucket.

Served by functions-framework from the image that serves everything else:

    PYTHONPATH=. functions-framework --target object_finalized --source app/events.py

Cloud Run checks who calls: this function trusts an event's sender, and nothing in it.
"""

import functions_framework
from cloudevents.exceptions import GenericException
from cloudevents.http import CloudEvent, from_http
from flask import Request
from flask.typing import ResponseReturnValue

from app import logs
from app.bootstrap import connect
from app.settings import EventSettings
from internal.arrivals import arrived
from internal.errors import TemporaryFailure

FINALIZED = "google.cloud.storage.object.v1.finalized"
#: keys are at most 1,024 bytes (Cloud Storage, "Object name requirements")
LONGEST_KEY = 1024
LONGEST_BODY = 256 * 1024

logs.configure()
_settings = EventSettings()
_services = connect(_settings)


@functions_framework.http
def object_finalized(request: Request) -> ResponseReturnValue:
    """200: a job was brought forward. 204: none waits for the object. 400: this is no event; nobody should send it
    again. 503: the event should come again. The framework's own reading of events has one answer for all that went
    well, and takes much that is no event for a fault of ours."""
    request.max_content_length = LONGEST_BODY
    event = _event(request)
    if event is None:
        return {"detail": "This is no CloudEvent."}, 400
    key = _key(event)
    try:
        return ({}, 200) if key and arrived(_services, key) else ("", 204)
    except TemporaryFailure as error:
        return {"detail": str(error)}, 503


def _event(request: Request) -> CloudEvent | None:
    """In binary or in structured mode; None for what is neither."""
    try:
        return from_http(dict(request.headers), request.get_data())
    except (GenericException, ValueError, TypeError, RecursionError):
        return None


def _key(event: CloudEvent) -> str | None:
    """Of an object in our work bucket; None for any other event."""
    data = event.data
    if event["type"] != FINALIZED or not isinstance(data, dict) or data.get("bucket") != _settings.work_bucket:
        return None
    key = data.get("name")
    return key if isinstance(key, str) and len(key) <= LONGEST_KEY else None
