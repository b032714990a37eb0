"""An analyst that says what a test tells it: fills `MediaAnalyst`. A file's content is its caption."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from internal.errors import UnreadableMedia
from internal.media import Analysis, Facts, Kind
from internal.ports import Usage
from internal.vlog import Language

UNREADABLE = "unreadable"
PRICE = 0.25


@dataclass
class ScriptedAnalyst:
    at_once: int = 4
    #: what the next questions about a content meet
    failures: dict[str, list[Exception]] = field(default_factory=dict)
    #: what happens while a content is looked at
    meanwhile: Callable[[str, Callable[[], None]], None] = lambda _content, _check: None
    asked: list[str] = field(default_factory=list)
    measured: list[str] = field(default_factory=list)
    #: how many were looked at at the same time, at most
    most: int = 0
    _under_way: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def name(self, language: Language) -> str:
        return f"scripted/{language}"

    def price(self, facts: Facts) -> float:
        return PRICE

    def analyze(
        self, path: Path, language: Language, check: Callable[[], None], spend: Callable[[Usage], None]
    ) -> Analysis:
        content = path.read_text()
        with self._lock:
            self.asked.append(content)
            self._under_way[content] += 1
            self.most = max(self.most, self._under_way.total())
        try:
            self.meanwhile(content, check)
        finally:
            with self._lock:
                self._under_way[content] -= 1
        if self.failures.get(content):
            raise self.failures[content].pop(0)
        spend(Usage("scripted", 1, 1, PRICE))
        return self._found(content).model_copy(update={"caption": content})

    def measure(self, path: Path, check: Callable[[], None]) -> Analysis:
        content = path.read_text()
        self.measured.append(content)
        return self._found(content)

    def _found(self, content: str) -> Analysis:
        if content.startswith(UNREADABLE):
            raise UnreadableMedia("It is no photo.")
        return Analysis(facts=Facts(kind=Kind.PHOTO, content_type="image/jpeg", width=4, height=3))
