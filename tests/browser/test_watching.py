"""The client's `watch`, whatever lies between it and the service."""

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

from tests.browser.acting import wait_until

WATCH = """([id, options]) => {
  window.told = [];
  window.lines = [];
  window.over = null;
  setInterval(() => dispatchEvent(new Event("online")), 20); // no pause is long
  return import("/static/daylog.js").then(({ watch }) => {
    watch(id, {
      ...options,
      onChange: (vlog) => told.push(vlog.progress),
      onLine: (answered) => lines.push(answered),
    }).then((vlog) => { window.over = vlog; });
  });
}"""


def body(version: int) -> dict[str, Any]:
    status = {98: "failed", 99: "completed"}.get(version, "processing")
    return {"status": status, "progress": version}


def polled(version: int, **headers: str) -> Callable[[Route], None]:
    given = {"ETag": f'W/"{version}"', "Retry-After": "0.02", **headers}
    return lambda route: route.fulfill(json=body(version), headers=given)


def refused(status: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body="<h1>Bad gateway</h1>", headers={"Retry-After": "0.02"})


def lost(route: Route) -> None:
    route.abort("connectionreset")


def stranger(route: Route) -> None:
    route.fulfill(content_type="text/html", body="<h1>Welcome to our hotel</h1>", headers={"Retry-After": "0.02"})


def streamed(*versions: int) -> Callable[[Route], None]:
    """Each of them, then it is cut."""
    events = "".join(f"id: {version}\ndata: {json.dumps(body(version))}\n\n" for version in versions)
    return lambda route: route.fulfill(content_type="text/event-stream", body=f"retry: 10\n\n{events}")


class Between:
    """Answers the next of what was scripted for polls and for streams. `last` is for all polls after those, and for
    streams 503."""

    def __init__(self, page: Page, polls: list[Any], streams: list[Any], last: Callable[[Route], None]) -> None:
        self.polls, self.streams, self.last = polls, streams, last
        page.route(re.compile("/api/vlogs/x$"), self._poll)
        page.route(re.compile("/api/vlogs/x/stream$"), self._stream)
        page.route("**/blank", lambda route: route.fulfill(content_type="text/html", body="<!doctype html>"))
        page.goto("/blank")

    def _poll(self, route: Route) -> None:
        ready = self.polls or (self.streams and [polled(1)])
        (ready.pop(0) if ready else self.last)(route)

    def _stream(self, route: Route) -> None:
        (self.streams.pop(0) if self.streams else refused(503))(route)


def test_nothing_is_told_twice_or_too_late_and_the_end_always_is(page: Page) -> None:
    polls = [refused(502), polled(3), polled(2), lost, polled(3), stranger, refused(500), polled(5), refused(521)]
    streams = [streamed(4), streamed(), streamed(4, 3, 6), lost, streamed(6), streamed(7, 7)]
    Between(page, polls, streams, last=polled(99))
    page.evaluate(WATCH, ["x", {}])
    wait_until(page, "over !== null")
    assert page.evaluate("over") == body(99)
    told = page.evaluate("told")
    assert told == sorted(set(told))
    assert len(told) > 2
    lines = page.evaluate("lines")
    assert lines == [number % 2 == 1 for number in range(len(lines))]
    assert lines[-1]


def test_without_versions_the_end_is_told_all_the_same(page: Page) -> None:
    """A proxy has taken them out of the answers."""
    Between(page, [polled(3, ETag=""), polled(4, ETag="")], [], last=polled(99, ETag=""))
    page.evaluate(WATCH, ["x", {"live": False}])
    wait_until(page, "over !== null")
    assert page.evaluate("over") == body(99)
    assert page.evaluate("told") == [3, 4, 99]


def test_what_was_before_a_change_is_told_by_nobody(page: Page) -> None:
    """Neither that it is over, by a process that has not heard of the retry."""
    Between(page, [polled(98, ETag='W/"6"')], [], last=polled(99, ETag='W/"9"'))
    page.evaluate(WATCH, ["x", {"live": False, "since": 'W/"7"'}])
    wait_until(page, "over !== null")
    assert page.evaluate("over") == body(99)
    assert page.evaluate("told") == [99]


def test_a_question_that_is_never_answered_is_asked_again(page: Page) -> None:
    page.clock.install()
    unanswered: list[Route] = []
    Between(page, [unanswered.append], [], last=polled(99))
    page.evaluate(WATCH, ["x", {"live": False}])
    while not unanswered:
        page.wait_for_timeout(10)
    page.clock.fast_forward(36_000)
    wait_until(page, "over !== null")
    assert page.evaluate("over") == body(99)
    assert page.evaluate("lines") == [False, True]


def test_it_ends_at_once_when_it_is_told_to(page: Page) -> None:
    Between(page, [polled(3)], [], last=polled(3))
    ends = page.evaluate(
        """async () => {
          const { watch } = await import("/static/daylog.js");
          const reasons = [];
          for (const soon of [true, false]) {
            const ending = new AbortController();
            if (soon) ending.abort("enough");
            const onChange = () => ending.abort("enough");
            reasons.push(await watch("x", { onChange, live: false, signal: ending.signal }).catch((reason) => reason));
          }
          return reasons;
        }"""
    )
    assert ends == ["enough", "enough"]
