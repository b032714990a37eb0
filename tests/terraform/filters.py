"""The filters of Cloud Logging, as far as `terraform/` uses them: which of our lines would be counted or dropped.

Source: https://cloud.google.com/logging/docs/view/logging-query-language. Comparisons of a field with a value, or with
several in parentheses joined by OR; AND, OR and parentheses between them; `log_id("…")`. Everything else is refused.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

#: a LogEntry's own fields, under their names in JSON
Entry = Mapping[str, Any]
Test = Callable[[Any], bool]

TOKEN = re.compile(r'\s*(AND\b|OR\b|[()]|=~|>=|<=|!=|[=<>:]|"(?:[^"\\]|\\.)*"|[\w.*]+)')
LEVELS = ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL")
COMPARED = {"=": operator.eq, ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


def matches(written: str, entry: Entry) -> bool:
    """Raises ValueError for what it cannot read."""
    reader = _Reader(written, entry)
    found = reader.any_of()
    if reader.ahead:
        raise ValueError(f"not understood: {reader.ahead[0]!r} in {written}")
    return found


def line_of(service: str, said: Mapping[str, Any]) -> Entry:
    """The entry that Cloud Logging makes of a JSON line of a Cloud Run service: what it knows it takes out."""
    payload = {name: value for name, value in said.items() if name not in ("severity", "time")}
    resource = {"type": "cloud_run_revision", "labels": {"service_name": service}}
    return {"resource": resource, "severity": said["severity"], "jsonPayload": payload}


class _Reader:
    """Reads from left to right; all sides of a comparison are looked at, so that all must be understood."""

    def __init__(self, written: str, entry: Entry) -> None:
        self.ahead, self._entry = TOKEN.findall(written), entry
        if "".join(self.ahead) != re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", written):
            raise ValueError(f"not understood: {written}")

    def any_of(self) -> bool:
        found = [self._all_of()]
        while self._next("OR"):
            found.append(self._all_of())
        return any(found)

    def _all_of(self) -> bool:
        found = [self._one()]
        while self._next("AND"):
            found.append(self._one())
        return all(found)

    def _one(self) -> bool:
        if self._next("("):
            found = self.any_of()
            self._expect(")")
            return found
        name = self.ahead.pop(0)
        if name == "log_id":
            self._expect("(")
            wanted = _text(self.ahead.pop(0))
            self._expect(")")
            return str(self._entry.get("logName", "")).rpartition("/")[2].replace("%2F", "/") == wanted
        return self._compared(name)

    def _compared(self, name: str) -> bool:
        how, value = self.ahead.pop(0), self._value(name)
        if not self._next("("):
            return _holds(how, value, _text(self.ahead.pop(0)))
        found = [_holds(how, value, _text(self.ahead.pop(0)))]
        while self._next("OR"):
            found.append(_holds(how, value, _text(self.ahead.pop(0))))
        self._expect(")")
        return any(found)

    def _value(self, name: str) -> Any:
        value: Any = self._entry
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value

    def _next(self, token: str) -> bool:
        if self.ahead[:1] != [token]:
            return False
        del self.ahead[0]
        return True

    def _expect(self, token: str) -> None:
        if not self._next(token):
            raise ValueError(f"{token!r} expected before {self.ahead[:1]}")


def _text(token: str) -> str:
    """Within quotation marks a backslash stands for itself, but before one of them or another."""
    return re.sub(r'\\(["\\])', r"\1", token[1:-1]) if token.startswith('"') else token


def _holds(how: str, value: Any, wanted: str) -> bool:
    if value is None:
        return False
    if how == ":":
        return wanted == "*" or wanted in str(value)
    if how == "=~":
        return re.search(wanted, str(value)) is not None
    if wanted in LEVELS:
        return bool(COMPARED[how](LEVELS.index(value), LEVELS.index(wanted)))
    return bool(COMPARED[how](value, float(wanted) if isinstance(value, int | float) else wanted))
