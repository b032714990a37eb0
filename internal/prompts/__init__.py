"""What models are told: each prompt a text file beside this one, with a version that goes up whenever its text changes.

    version: 1
    variables: language moments
    ---
    The text, in which {language} stands for a value.

What takes the place of a variable is data and no instruction: `Prompt.filled` writes every value as one line of JSON,
so that no value can end its own quotes, begin a line, or bring another variable.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NAMES = ("describe", "repair", "animate", "avoid")
_VARIABLE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Prompt:
    name: str
    version: int
    variables: tuple[str, ...]
    text: str

    def filled(self, **values: object) -> str:
        """With every variable's value in its place. Raises ValueError unless those are the variables given."""
        if set(values) != set(self.variables):
            raise ValueError(f"the prompt {self.name} takes {', '.join(self.variables) or 'nothing'}")
        return _VARIABLE.sub(lambda found: quoted(values[found[1]]), self.text)


def quoted(value: object) -> str:
    """As one line of JSON, in which nothing but spaces is invisible."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return "".join(character if character.isprintable() else " " for character in line)


def parsed(name: str, written: str) -> Prompt:
    """As `NAMES` has it, from what its file holds. Raises ValueError when that is not of the form above."""
    head, divided, text = written.partition("\n---\n")
    fields = dict(line.split(":", 1) for line in head.splitlines() if ":" in line)
    if not divided or set(fields) != {"version", "variables"}:
        raise ValueError(f"the prompt {name} should begin with its version, its variables and a line ---")
    prompt = Prompt(name, int(fields["version"]), tuple(fields["variables"].split()), text.strip())
    if set(_VARIABLE.findall(text)) != set(prompt.variables):
        raise ValueError(f"the prompt {name} should use just the variables that it names")
    return prompt


def written(prompt: Prompt) -> str:
    """What the file of such a prompt holds: `parsed` gives it back."""
    variables = " ".join(["variables:", *prompt.variables])
    return f"version: {prompt.version}\n{variables}\n---\n{prompt.text}\n"


def path_of(name: str) -> Path:
    return Path(__file__).with_name(f"{name}.txt")


@cache
def prompt(name: str) -> Prompt:
    """One of `NAMES`."""
    return parsed(name, path_of(name).read_text(encoding="utf-8"))
