"""What each route takes and gives, said beside the route: the OpenAPI description is made from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "daylog_operation"


@dataclass(frozen=True)
class Operation:
    summary: str
    #: status to body; None for an answer without one
    answers: Mapping[int, type[BaseModel] | None]
    #: statuses answered with problem details
    refusals: tuple[int, ...] = ()
    json: type[BaseModel] | None = None
    form: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    #: of the answers' bodies
    media_type: str = "application/json"
    #: request headers: name to what it does
    headers: Mapping[str, str] | None = None
    #: to whoever is not signed in
    open: bool = False


def operation(summary: str, answers: Mapping[int, type[BaseModel] | None], **more: Any) -> Callable[[View], View]:
    """`more` as in `Operation`. The view's docstring is the description."""

    def note(view: View) -> View:
        setattr(view, _ATTRIBUTE, Operation(summary, answers, **more))
        return view

    return note


def operation_of(view: Callable[..., Any]) -> Operation | None:
    return getattr(view, _ATTRIBUTE, None)
