"""The laptop's Cloud Tasks: a durable queue that speaks the Cloud Tasks v2 REST API, and a small Cloud Scheduler.

    HTTP ─▶ server ─▶ service (wire, rules) ─▶ storage                     a request becomes a row
    storage ─▶ dispatcher (rates) ─▶ deliveries (oidc, retries) ─▶ push    a row becomes a delivery

Semantics follow the public reference, https://cloud.google.com/tasks/docs/reference/rest/v2. Left out on purpose:
App Engine targets, queue-level HTTP overrides, OAuth tokens, IAM policies, batch calls (the client is told
UNIMPLEMENTED or INVALID_ARGUMENT), the slowing of a whole queue after many errors, and redirects: a redirect is a
failed delivery, because following it could lead off this machine.
"""
