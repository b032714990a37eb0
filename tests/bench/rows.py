"""One line of the table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    what: str
    measured: str
    goal: str

    def __str__(self) -> str:
        return f"| {self.what} | {self.measured} | {self.goal} |"
