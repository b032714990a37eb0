"""Explores every state that a model can reach, and finds the shortest way to each fault and to where nothing ends."""

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar


class State(Hashable, Protocol):
    @property
    def fault(self) -> str:
        """What must never be; "" while nothing is wrong."""
        ...


S = TypeVar("S", bound=State)


class Explorable(Protocol[S]):
    @property
    def start(self) -> S: ...

    def moves(self, state: S) -> Iterator[tuple[str, S, bool]]:
        """What may happen next: its name, the state after it, and whether it needs no luck. With such moves alone
        everything must end."""
        ...

    def ended(self, state: S) -> bool: ...


@dataclass
class Explored:
    states: int = 0
    #: the shortest way to each fault
    faults: dict[str, list[str]] = field(default_factory=dict)
    #: the shortest way to a state from which, though nothing more goes wrong, it never ends
    stuck: list[str] = field(default_factory=list)


def explore(model: Explorable[S], stop_at_fault: bool = False) -> Explored:
    came: dict[S, tuple[S, str] | None] = {model.start: None}
    before: dict[S, list[S]] = {}
    found = Explored()
    ahead = deque(came)
    while ahead and not (stop_at_fault and found.faults):
        state = ahead.popleft()
        for label, after, fair in model.moves(state):
            if after not in came:
                came[after] = (state, label)
                if after.fault:
                    found.faults.setdefault(after.fault, way_to(after, came))
                else:
                    ahead.append(after)
            if fair:
                before.setdefault(after, []).append(state)
    ends = {state for state in came if model.ended(state)}
    fine = ends | backwards(ends, before)
    found.states = len(came)
    found.stuck = next((way_to(state, came) for state in came if state not in fine and not state.fault), [])
    return found


def backwards(ends: set[S], before: dict[S, list[S]]) -> set[S]:
    """All states from which fair moves lead to one of `ends`."""
    found: set[S] = set()
    ahead = list(ends)
    while ahead:
        for state in before.get(ahead.pop(), ()):
            if state not in found:
                found.add(state)
                ahead.append(state)
    return found


def way_to(state: S, came: dict[S, tuple[S, str] | None]) -> list[str]:
    labels = []
    while step := came[state]:
        state, label = step
        labels.append(label)
    return labels[::-1]
