"""The README keeps up with the settings."""

import re
from pathlib import Path

from app.settings import Settings

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def described() -> set[str]:
    """First cells of the table of settings, one variable each."""
    table = README.partition("## Settings")[2].partition("## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def test_the_readme_describes_every_setting_and_no_other() -> None:
    assert {name.upper() for name in Settings.model_fields} == described()


def test_every_picture_in_the_readme_is_there() -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        assert (Path(__file__).parents[2] / picture).is_file(), picture
