"""Prompts in two places: the reviewed files here, and their versions in the library where they are published.

The files are what runs. What is published is for those who try other words there; it comes back as a change of the
file, to be reviewed like any other.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from internal.ports.prompts import PromptLibrary, Published
from internal.prompts import Prompt, parsed, written


class Standing(StrEnum):
    UNPUBLISHED = "not published"
    PUBLISHED = "published"
    AHEAD = "changed here"
    #: somebody saved another text there, or a version of the file was published that this checkout has not
    BEHIND = "changed there"


@dataclass(frozen=True)
class Compared:
    """A prompt here, and its newest version there, if there is any."""

    prompt: Prompt
    newest: Published | None

    @property
    def standing(self) -> Standing:
        if self.newest is None:
            return Standing.UNPUBLISHED
        if self.prompt.version > self.newest.version:
            return Standing.AHEAD
        same = (self.newest.version, self.newest.text) == (self.prompt.version, self.prompt.text)
        return Standing.PUBLISHED if same else Standing.BEHIND

    def pulled(self) -> Prompt:
        """The prompt with the text that was published. Raises ValueError when that has other variables than the code
        that fills them in: such a change does not come from there."""
        assert self.newest, "only what was published can be pulled"
        # a text of its own has a version of its own: what was answered to the prompt is kept under it
        version = self.prompt.version if self.newest.text == self.prompt.text else self.prompt.version + 1
        pulled = replace(self.prompt, version=max(version, self.newest.version), text=self.newest.text)
        return parsed(pulled.name, written(pulled))

    def difference(self, pulling: bool = False) -> str:
        """What publishing would change there, or pulling here, as a unified diff; empty when it is nothing."""
        there = f"version: {self.newest.version}\n---\n{self.newest.text}" if self.newest else ""
        sides = [
            (f"{self.prompt.name}, published", there),
            (f"{self.prompt.name}, here", f"version: {self.prompt.version}\n---\n{self.prompt.text}"),
        ]
        (old, old_text), (new, new_text) = reversed(sides) if pulling else sides
        return "".join(f"{line}\n" for line in _unified(old, old_text, new, new_text))


def _unified(old: str, old_text: str, new: str, new_text: str) -> Iterator[str]:
    return difflib.unified_diff(old_text.splitlines(), new_text.splitlines(), old, new, lineterm="")


def compare(prompt: Prompt, library: PromptLibrary) -> Compared:
    versions: Sequence[Published] = library.versions(prompt.name)
    return Compared(prompt, versions[-1] if versions else None)
