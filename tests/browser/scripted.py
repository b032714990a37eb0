"""A vlog that stands as a test says, for what no real one does on demand: a page is told so whenever it asks."""

import re
from typing import Any

from playwright.sync_api import Page, Route

Json = dict[str, Any]


class ScriptedVlog:
    """In place of the vlog that `body` is of, as `GET /api/vlogs/{id}` has it. Its stream is refused, so that the page
    polls."""

    def __init__(self, page: Page, body: Json, **changes: object) -> None:
        self.body = body | changes
        self.version = 1000
        page.route(re.compile(f"/api/vlogs/{body['id']}(/retry|/cancel)?$"), self._answer)
        page.route(re.compile(f"/api/vlogs/{body['id']}/stream$"), lambda route: route.fulfill(status=503))

    def becomes(self, **changes: object) -> None:
        self.body |= changes
        self.version += 1

    def _answer(self, route: Route) -> None:
        etag = f'W/"{self.version}"'
        if route.request.headers.get("if-none-match") == etag:
            route.fulfill(status=304, headers={"ETag": etag, "Retry-After": "0.2"})
        else:
            route.fulfill(json=self.body, headers={"ETag": etag, "Retry-After": "0.2"})
