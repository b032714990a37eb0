"""The methods of the Cloud Tasks v2 API. Each takes names and messages, returns a message, raises ApiError."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from infra.local.cloud_tasks import rules, wire
from infra.local.cloud_tasks.dispatcher import Dispatcher
from infra.local.cloud_tasks.storage import Entry, Storage
from infra.local.cloud_tasks.wire import Message, invalid

MAX_PAGE = 1000


@dataclass(frozen=True)
class Call:
    """A request's query and body."""

    query: Mapping[str, str]
    body: bytes

    def view(self) -> int:
        """The `responseView` of the query, by name or number."""
        given = self.query.get("responseView", "BASIC")
        return wire.FULL if given in {"FULL", str(wire.FULL)} else wire.BASIC

    def page(self) -> int:
        given = self.query.get("pageSize", "0")
        if not (given.isascii() and given.isdigit()):
            raise invalid("pageSize must be a number, 0 or more.")
        return min(int(given[:9]) or MAX_PAGE, MAX_PAGE)


class CloudTasks:
    def __init__(self, storage: Storage, dispatcher: Dispatcher) -> None:
        self._storage, self._dispatcher = storage, dispatcher

    # ------------------------------------------------------------ queues

    def create_queue(self, parent: str, call: Call) -> Message:
        queue = wire.parse(wire.Queue, call.body)
        rules.check_name(queue.name, rules.QUEUE, f"{parent}/queues")
        queue.ClearField("state")
        rules.fill_queue(queue)
        self._storage.add_queue(queue)
        return queue

    def list_queues(self, parent: str, call: Call) -> Message:
        after = self._after(call)
        found = [q for q in self._storage.queues() if q.name.startswith(f"{parent}/queues/") and q.name > after]
        shown = wire.Queues(queues=found[: call.page()])
        if len(found) > len(shown.queues):
            shown.next_page_token = shown.queues[-1].name
        return shown

    def get_queue(self, name: str, call: Call) -> Message:
        return self._storage.queue(name)

    def update_queue(self, name: str, call: Call) -> Message:
        """Creates the queue when there is none, as documented. State changes by pause and resume only."""
        wanted = wire.parse(wire.Queue, call.body)
        queue = self._queue_or_new(name)
        state = queue.state
        wire.merge(wanted, call.query.get("updateMask") or "rateLimits,retryConfig", queue)
        queue.name, queue.state = name, state
        rules.fill_queue(queue)
        self._storage.put_queue(queue)
        self._dispatcher.wake()
        return queue

    def _queue_or_new(self, name: str) -> Message:
        try:
            return self._storage.queue(name)
        except wire.ApiError:
            return wire.Queue(name=name)

    def delete_queue(self, name: str, call: Call) -> Message:
        self._storage.queue(name)
        self._storage.remove_queue(name)
        return wire.Queue()

    def purge_queue(self, name: str, call: Call) -> Message:
        queue = self._storage.queue(name)
        self._storage.purge_queue(name, wire.now())
        wire.set_time(queue.purge_time, wire.now())
        self._storage.put_queue(queue)
        return queue

    def pause_queue(self, name: str, call: Call) -> Message:
        return self._set_state(name, wire.PAUSED)

    def resume_queue(self, name: str, call: Call) -> Message:
        return self._set_state(name, wire.RUNNING)

    def _set_state(self, name: str, state: int) -> Message:
        queue = self._storage.queue(name)
        queue.state = state
        self._storage.put_queue(queue)
        self._dispatcher.wake()
        return queue

    # ------------------------------------------------------------ tasks

    def create_task(self, queue: str, call: Call) -> Message:
        request = wire.parse(wire.CreateTask, call.body)
        task, now = request.task, wire.now()
        if not task.name:
            # Ids chosen by the service are numbers without order, so that they spread over its storage.
            task.name = f"{queue}/tasks/{secrets.randbits(63)}"
        rules.check_name(task.name, rules.TASK, f"{queue}/tasks")
        rules.fill_task(task, now)
        self._storage.add(Entry(task), now)
        self._dispatcher.wake()
        return wire.view(task, request.response_view)

    def get_task(self, name: str, call: Call) -> Message:
        return wire.view(self._storage.task(name).message, call.view())

    def list_tasks(self, queue: str, call: Call) -> Message:
        self._storage.queue(queue)
        size = call.page()
        found = self._storage.tasks(queue, self._after(call), size + 1)
        shown = wire.Tasks(tasks=[wire.view(task, call.view()) for task in found[:size]])
        if len(found) > size:
            shown.next_page_token = found[size - 1].name
        return shown

    def delete_task(self, name: str, call: Call) -> Message:
        self._storage.task(name)
        self._storage.remove(name, wire.now())
        return wire.Task()

    def run_task(self, name: str, call: Call) -> Message:
        request = wire.parse(wire.RunTask, call.body)
        entry = self._storage.task(name)
        self._dispatcher.run_now(name, entry.queue)
        return wire.view(entry.message, request.response_view)

    def _after(self, call: Call) -> str:
        """A page token is the last name of the page before."""
        return call.query.get("pageToken", "")
