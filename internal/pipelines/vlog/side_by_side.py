"""Several pieces of work at a time, in threads: as many as are wanted, and as much as there is room for."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    most: int,
    fits: Callable[[Sequence[Item]], bool],
    finished: Callable[[int], None],
) -> list[Result]:
    """The results in the order of `items`, which are begun in that order, at most `most` at a time, and further ones
    only while those under way and the next `fits` together. `finished` is told, in this thread, how many are over.

    What `work` raises for one item is raised here, of several the first item's; no other is begun then, and those
    under way are waited for, so that nothing they do is lost.
    """
    waiting, running = deque(enumerate(items)), dict[Future[Result], tuple[int, Item]]()
    results: dict[int, Result] = {}
    failed: dict[int, BaseException] = {}
    with ThreadPoolExecutor(most, thread_name_prefix="media") as pool:
        while running or (waiting and not failed):
            under_way = [item for _, item in running.values()]
            if waiting and not failed and len(running) < most and (not running or fits([*under_way, waiting[0][1]])):
                number, item = waiting.popleft()
                running[pool.submit(copy_context().run, work, item)] = number, item
                continue
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                number, _ = running.pop(future)
                error = future.exception()
                if error is None:
                    results[number] = future.result()
                else:
                    failed[number] = error
            if not failed:
                finished(len(results))
    if failed:
        raise failed[min(failed)]
    return [results[number] for number in sorted(results)]
