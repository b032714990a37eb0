"""Reads requests strictly: what is not exactly what we asked for is refused, by name, with what to change."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from internal.errors import InvalidInput, NotFound, TooLarge

Model = TypeVar("Model", bound=BaseModel)

LONGEST_JSON = 64 * 1024
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_json(model: type[Model]) -> Model:
    """The body. Raises InvalidInput, TooLarge, UnsupportedMediaType."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")
    request.max_content_length = LONGEST_JSON
    try:
        given = strict_json(request.get_data(cache=False))
    except RequestEntityTooLarge as error:
        raise TooLarge(f"Send at most {LONGEST_JSON} bytes of JSON.") from error
    return checked(model, given)


def read_query(model: type[Model]) -> Model:
    """Raises InvalidInput."""
    return checked_texts(model, request.args.to_dict(flat=False))


def strict_json(text: bytes) -> Any:
    """RFC 8259 without what parsers disagree on: duplicate names, NaN, numbers past a float, lone surrogates. Raises
    InvalidInput."""
    try:
        return json.loads(
            text.decode(), object_pairs_hook=_object, parse_float=_finite, parse_constant=_refuse_constant
        )
    except InvalidInput:
        raise
    except RecursionError as error:
        raise InvalidInput("This JSON is nested too deeply.") from error
    except ValueError as error:
        raise InvalidInput("The body is no valid JSON in UTF-8.") from error


def checked(model: type[Model], given: Any) -> Model:
    """Values of JSON. Raises InvalidInput that names each field at fault."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise invalid(error) from error


def checked_texts(model: type[Model], given: Mapping[str, list[str]]) -> Model:
    """Fields that came as text, each at most once. Raises InvalidInput that names each field at fault."""
    for name, values in given.items():
        if len(values) > 1:
            raise InvalidInput(f"{name} was given more than once.", name)
    try:
        return model.model_validate_strings({name: value for name, (value,) in given.items()}, strict=True)
    except ValidationError as error:
        raise invalid(error) from error


def checked_id(given: str, what: str) -> str:
    """An id as we make them, or the NotFound that any unknown one gets."""
    if not _ID.fullmatch(given):
        raise NotFound(f"There is no such {what}.")
    return given


def invalid(error: ValidationError) -> InvalidInput:
    errors = [
        {"field": ".".join(map(str, one["loc"])), "detail": _advice(one["type"], one["msg"])}
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    first = errors[0]
    sentence = f"{first['field'] or 'The body'} {first['detail']}."
    return InvalidInput(sentence, first["field"] or None, errors)


def _advice(kind: str, message: str) -> str:
    """What to change, as the rest of a sentence that begins with the field's name."""
    match kind:
        case "extra_forbidden":
            return "is no field of this request"
        case "missing":
            return "is missing"
    return re.sub("^(Input|String|Value error,)( |$)", "", message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise InvalidInput("A name comes twice in one JSON object.")
    return made


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise InvalidInput("A number in this JSON is too large.")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidInput(f"{name} is no number in JSON.")
