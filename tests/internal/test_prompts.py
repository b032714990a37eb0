"""Prompts: reviewed, versioned, and deaf to what is put into them."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from internal.prompts import NAMES, parsed, path_of, prompt, written

#: of each prompt as it was reviewed: its version, and the first digits of the SHA-256 of its text
REVIEWED = {
    "describe": (2, "ab0fd39e3ef1"),
    "repair": (1, "319100632422"),
    "animate": (2, "5ffbb0c5cc57"),
    "avoid": (1, "9d953cc615b1"),
}
WRITTEN = "version: 3\nvariables: one other\n---\nOnce {one}\nand {other}, twice {one}.\n"


def test_no_text_changes_without_a_version_and_a_review() -> None:
    found = {
        name: (prompt(name).version, hashlib.sha256(prompt(name).text.encode()).hexdigest()[:12]) for name in NAMES
    }
    assert found == REVIEWED


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_is_written_as_its_file_has_it(name: str) -> None:
    assert written(prompt(name)) == path_of(name).read_text()


def test_there_is_no_prompt_that_nobody_can_ask_for() -> None:
    assert {path.stem for path in path_of("describe").parent.glob("*.txt")} == set(NAMES)


@given(st.text(), st.text())
def test_a_value_stays_one_line_of_json_whatever_it_says(one: str, other: str) -> None:
    lines = parsed("it", WRITTEN).filled(one=one, other=other).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("Once ")
    escaped_by_json = {chr(code) for code in range(32)}
    kept = (char if char.isprintable() or char in escaped_by_json else " " for char in one)
    assert json.loads(lines[0].removeprefix("Once ")) == "".join(kept)


def test_a_value_brings_no_other_variable() -> None:
    assert parsed("it", WRITTEN).filled(one="{other}", other="x") == 'Once "{other}"\nand "x", twice "{other}".'


@pytest.mark.parametrize("values", [{}, {"one": "1"}, {"one": "1", "other": "2", "third": "3"}])
def test_all_values_and_no_others_are_given(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="takes one, other"):
        parsed("it", WRITTEN).filled(**values)


@pytest.mark.parametrize(
    "written",
    ["", "Only a text", "version: 1\n---\nNo variables named", "version: 1\nvariables: one\n---\nWithout it"],
)
def test_a_file_of_another_form_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="the prompt it"):
        parsed("it", written)
