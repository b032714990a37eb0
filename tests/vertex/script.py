"""What the stand-in answers when it does not simply succeed: rules, in the order given.

A rule says which calls it is for, and the answer that they get. The first rule that fits and is not used up decides;
where none does, the call succeeds. The same words serve tests (`Rule(on="submit", answer=Answer(drop="accepted"))`)
and, as JSON, other programs (`POST /script {"rules": [{"on": "submit", "answer": {"drop": "accepted"}}]}`).
"""

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: generateContent, predictLongRunning, fetchPredictOperation
Route = Literal["generate", "submit", "poll"]


class Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(Words):
    """All of it is optional; without any, success. The first group is for every route."""

    #: seconds before anything is answered
    delay: float = 0.0
    #: an error's HTTP status, with its message and its Retry-After in seconds; nothing was accepted
    status: int = 0
    message: str = ""
    retry_after: float | None = None
    #: the connection ends without an answer: before the body is read; after it, nothing done; after all was done;
    #: after what was ordered lies under its prefix, too
    drop: Literal["", "unread", "read", "accepted", "written"] = ""
    #: this text instead of the answer, with status 200: "" for an empty one
    body: str | None = None
    #: seconds over which the body trickles out
    slow: float = 0.0

    #: submit: how the work will end. "lost": its operation is not found; "never": it stays running
    outcome: Literal["made", "filtered", "empty", "error", "lost", "never"] = "made"
    #: polls answered as running, and seconds that the work takes at least
    running: int = 0
    seconds: float = 0.0
    #: seconds after which the object lies under the prefix, whatever polls are told; None for when they are told of
    #: it. Only what is made (or lost, or where a time is given) has one
    object_after: float | None = None
    #: filtered: the reasons, with support codes; as many clips were filtered
    reasons: tuple[str, ...] = ()
    #: error: a code of gRPC, beside `message`
    code: int = 13

    #: generate: no candidates, for this reason
    block: str = ""
    #: generate: a finish reason instead of STOP. MAX_TOKENS cuts the text in half, the rest are without any
    finish: str = "STOP"
    #: generate: this text as it stands
    text: str | None = None
    #: generate: the JSON within a Markdown fence
    fence: bool = False
    #: generate: these replace the fields of the same name, wherever they are; None takes one away; a name that begins
    #: with + is put into every object
    fields: Mapping[str, Any] = Field(default_factory=dict)


class Rule(Words):
    """For calls on one route. `labels` and `model` must be equal; `prefix` (a pattern) must be found in the
    storageUri, `words` (a pattern) in the prompt. The first `skip` calls that fit pass; then `times` get the
    answer, or all."""

    on: Route
    answer: Answer
    model: str = ""
    labels: Mapping[str, str] = Field(default_factory=dict)
    prefix: str = ""
    words: str = ""
    skip: int = 0
    times: int | None = None


@dataclass(frozen=True)
class Call:
    """A request as rules see it; a poll has the labels, prefix and words of what it asks about."""

    route: Route
    model: str
    labels: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    words: str = ""


class Script:
    """Rules, and how often each was used. May be used by several threads."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._lock = threading.Lock()
        self._fitted: list[tuple[Rule, list[Call]]] = []
        self.set(rules)

    def set(self, rules: Iterable[Rule]) -> None:
        """Instead of those there were."""
        with self._lock:
            self._fitted = [(rule, []) for rule in rules]

    def add(self, *rules: Rule) -> None:
        with self._lock:
            self._fitted += [(rule, []) for rule in rules]

    def answer(self, call: Call, unread: bool = False) -> Answer:
        """`unread`: only the route and the model are known yet, and only answers for that are asked for."""
        with self._lock:
            for rule, fitted in self._fitted:
                if (rule.answer.drop == "unread") is unread and fits(rule, call):
                    fitted.append(call)
                    turn = len(fitted) - rule.skip
                    if turn > 0 and (rule.times is None or turn <= rule.times):
                        return rule.answer
        return Answer()


def fits(rule: Rule, call: Call) -> bool:
    return (
        rule.on == call.route
        and rule.model in ("", call.model)
        and all(call.labels.get(name) == value for name, value in rule.labels.items())
        and re.search(rule.prefix, call.prefix) is not None
        and re.search(rule.words, call.words) is not None
    )
