"""What a plan would make, asked for by type and name."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

#: what an operator writes into a file of their own
INSTALLATION: Mapping[str, Any] = {
    "project": "daylog-example",
    "allowed": ["@example.org", "guest@example.com"],
    "sign_in_client_id": "123-abc.apps.googleusercontent.com",
    "alert_addresses": ["ops@example.org"],
    "media": {"endpoint": "https://0123456789abcdef.r2.cloudflarestorage.com", "bucket": "daylog-media"},
}
#: what an operator gives by the environment; each to be found again wherever it leaks
SECRETS = {
    "database_password": "leak-database/password?&",
    "media_access_key": "leak-media-access-key",
    "media_secret_key": "leak-media-secret-key",
    "sign_in_client_secret": "leak-sign-in-client-secret",
    "session_key": "leak-session-key-0123456789-abcdefghijklmn",
}

Values = Mapping[str, Any]


class Plan:
    """`shown`: as `terraform show -json` gives it
    (https://developer.hashicorp.com/terraform/internals/json-format#plan-representation)."""

    def __init__(self, shown: Mapping[str, Any]) -> None:
        self.shown = shown
        self.resources: Sequence[Values] = shown["planned_values"]["root_module"]["resources"]

    def all(self, type_: str) -> Mapping[str, Values]:
        """By what stands behind the type in their addresses: `vlogs`, `role["web"]`."""
        found = [one for one in self.resources if one["type"] == f"google_{type_}" and one["mode"] == "managed"]
        return {one["address"].partition(".")[2]: one["values"] for one in found}

    def one(self, type_: str, name: str) -> Values:
        return self.all(type_)[name]

    def configured(self) -> Sequence[Values]:
        """What is written, before it is known for what it stands."""
        return [*self.shown["configuration"]["root_module"]["resources"]]

    def settings(self, service: str) -> Mapping[str, str | None]:
        """The environment of a service or job, without what is only known once it is made. Of a secret, its name."""
        kind = "cloud_run_v2_job" if service == "migrate" else "cloud_run_v2_service"
        template = self.one(kind, service)["template"][0]
        (container,) = (template["template"][0] if service == "migrate" else template)["containers"]
        found = {one["name"]: one.get("value") or _secret(one) for one in container["env"]}
        assert len(found) == len(container["env"]), "a setting is given twice"
        return found

    def text(self) -> str:
        return json.dumps(self.shown)


def _secret(env: Values) -> str | None:
    for source in env.get("value_source", []):
        for key in source["secret_key_ref"]:
            return str(key["secret"])
    return None
