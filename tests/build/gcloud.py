"""Lines that say `gcloud`, wherever we have them, and whether gcloud takes them: by a table, and by gcloud itself.

The table is what its reference says of the commands that we use (https://cloud.google.com/sdk/gcloud/reference):
gcloud is not on every machine, and comes by no package that we could ask for.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("gcloud")
#: it reports nothing, and does not look whether this machine is one of Google's
QUIET = {"CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true", "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false"}
#: of every command
EVERYWHERE = frozenset({"project", "format", "quiet"})
#: flags by command
KNOWN: dict[str, frozenset[str]] = {
    command: frozenset(flags.split())
    for command, flags in {
        "auth application-default login": "",
        "auth application-default set-quota-project": "",
        "auth login": "update-adc",
        "auth print-access-token": "",
        "builds submit": "config region substitutions gcs-source-staging-dir",
        "logging read": "freshness limit",
        "projects delete": "",
        "run jobs execute": "args region wait",
        "run jobs update": "image region",
        "run services describe": "region",
        "run services update": "image command args revision-suffix no-traffic tag region",
        "run services update-traffic": "to-tags to-revisions update-tags region",
        "scheduler jobs pause": "location",
        "scheduler jobs resume": "location",
        "services enable": "",
        "sql backups list": "instance limit",
        "sql backups restore": "backup-instance restore-instance",
        "sql instances clone": "point-in-time",
        "storage buckets create": "location uniform-bucket-level-access public-access-prevention",
        "storage buckets update": "versioning",
        "tasks queues pause": "location",
        "tasks queues resume": "location",
    }.items()
}
#: where one begins in a text: at a line's start, in backticks, in quotes
STARTS = (r"^[#\s]*gcloud ([a-z].*)$", r"`gcloud ([a-z][^`]*)`", r"\"gcloud ([a-z][^\"]*)\"")


def said_in(text: str) -> Iterator[str]:
    """Commands, each on one line; with placeholders as they stand there."""
    joined = re.sub(r"\\\n[#\s]*", "", text)
    for start in STARTS:
        for found in re.finditer(start, joined, re.MULTILINE):
            words = shlex.shlex(found[1], posix=True, punctuation_chars="|;&<>")
            words.whitespace_split = True
            yield shlex.join(["gcloud", *_until_another(words)])


def _until_another(words: Iterator[str]) -> Iterator[str]:
    """Those of the first command of several."""
    for word in words:
        if not word.strip("|;&<>"):
            return
        yield word


def refused_by_table(line: str) -> str:
    """Why; "" if it is not."""
    words = shlex.split(line)[1:]
    command = next((one for n in range(len(words), 0, -1) if (one := " ".join(words[:n])) in KNOWN), None)
    if command is None:
        return "nobody has looked up this command: write it into the table, from the reference"
    given = {word[2:].partition("=")[0] for word in words if word.startswith("--")}
    return ", ".join(sorted(given - KNOWN[command] - EVERYWHERE))


def asked(lines: Sequence[str], folder: Path) -> list[dict[str, Any]]:
    """What gcloud says of each: `success`, `error_message`, `args_structure`. Without gcloud, nothing."""
    if not PROGRAM:
        return []
    (folder / "commands.json").write_text(json.dumps([{"command_string": with_project(line)} for line in lines]))
    command = [PROGRAM, "meta", "lint-gcloud-commands", f"--commands-file={folder / 'commands.json'}"]
    env = {**QUIET, "PATH": os.environ["PATH"], "CLOUDSDK_CONFIG": str(folder)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def with_project(line: str) -> str:
    """With a project's id in the place of what stands for one: gcloud looks at how that is written."""
    return re.sub(r"'?--project[= ](P|PROJECT|\$\{[^}]*\})'?(?!\S)", "--project=a-project", line)


def named_in(structure: Any) -> Iterator[str]:
    """All flags of a command, as `args_structure` nests them."""
    if isinstance(structure, dict):
        if "name" in structure:
            yield structure["name"]
        for one in structure.values():
            yield from named_in(one)
    if isinstance(structure, list):
        for one in structure:
            yield from named_in(one)
