"""Small files of the state folder: secrets, and JSON that is never seen half-written."""

import json
import os
import secrets
from pathlib import Path
from typing import Any


def keep_secret(path: Path) -> str:
    """A random secret, made once, readable by its owner alone."""
    if not path.exists():
        replace(path, secrets.token_urlsafe(24))
    return path.read_text()


def write_json(path: Path, value: Any) -> None:
    """Whole or not at all, readable by its owner alone."""
    replace(path, json.dumps(value, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """None when there is none, or a crash left something else there."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def replace(path: Path, text: str) -> None:
    """Whole or not at all, readable by its owner alone."""
    new = path.with_name(path.name + ".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
