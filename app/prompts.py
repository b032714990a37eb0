"""`python -m app.prompts list|diff|publish|pull`: the prompts here, and their versions in Vertex AI.

The files are what runs, and are changed by review alone: pulling writes what was published
into them, for review, and publishing takes what was reviewed there.
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.bootstrap import prompt_library
from app.settings import VertexSettings
from internal.errors import Error
from internal.ports import PromptLibrary
from internal.prompts import NAMES, parsed, path_of, written
from internal.publishing import Compared, Standing, compare

FAILED = 1


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.prompts", description=__doc__)
    folder = path_of(NAMES[0]).parent
    parser.add_argument("--folder", type=Path, default=folder, help="where the files are, if not in this checkout")
    commands = parser.add_subparsers(required=True, metavar="list|diff|publish|pull")
    for command, what in (
        (show, "how each stands"),
        (diff, "what publishing would change; exit code 1 if anything"),
        (publish, "new versions of those that were changed here"),
        (pull, "what was changed there, as a change of the files here"),
    ):
        one = commands.add_parser("list" if command is show else command.__name__, help=what)
        one.set_defaults(command=command)
        one.add_argument("names", nargs="*", metavar="name", help=f"only these of {', '.join(NAMES)}")
        if command is pull:
            one.add_argument("--write", action="store_true", help="change the files; then review them")
    return parser


def main(words: Sequence[str] | None = None, settings: VertexSettings | None = None) -> int:
    """The exit code."""
    options = arguments().parse_args(words)
    try:
        return int(options.command(options, library(settings or VertexSettings())))
    except (Error, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return FAILED


def library(settings: VertexSettings) -> PromptLibrary:
    if not settings.google_project:
        raise ValueError("GOOGLE_PROJECT is missing")
    return prompt_library(settings)


def compared(options: argparse.Namespace, published: PromptLibrary) -> list[Compared]:
    """Those that were asked for, all of them looked up at once. Raises ValueError."""
    names = options.names or NAMES
    if unknown := set(names) - set(NAMES):
        raise ValueError(f"there is no prompt {', '.join(sorted(unknown))}, only {', '.join(NAMES)}")
    here = [parsed(name, (options.folder / f"{name}.txt").read_text(encoding="utf-8")) for name in names]
    with ThreadPoolExecutor(len(here)) as pool:
        return list(pool.map(lambda prompt: compare(prompt, published), here))


def show(options: argparse.Namespace, published: PromptLibrary) -> int:
    found = compared(options, published)
    print(f"{'prompt':10}{'here':>5}{'published':>11}  {'on':12}")
    for one in found:
        there = f"{one.newest.version:>11}  {one.newest.at:%Y-%m-%d}  " if one.newest else f"{'–':>11}  {'':12}"
        print(f"{one.prompt.name:10}{one.prompt.version:>5}{there}{one.standing}")
    return 0


def diff(options: argparse.Namespace, published: PromptLibrary) -> int:
    differences = "".join(one.difference() for one in compared(options, published))
    print(differences, end="")
    return FAILED if differences else 0


def publish(options: argparse.Namespace, published: PromptLibrary) -> int:
    """All of them or none: where one was changed there, nothing is."""
    found = compared(options, published)
    if behind := [one.prompt.name for one in found if one.standing is Standing.BEHIND]:
        raise ValueError(f"changed there, so pull first, or raise the version here: {', '.join(behind)}")
    due = [one.prompt for one in found if one.standing is not Standing.PUBLISHED]
    if not due:
        print("All is published.")
        return 0
    # each takes some seconds, in which the SDK waits for the vendor's work
    with ThreadPoolExecutor(len(due)) as pool:
        for prompt, _done in zip(due, pool.map(published.publish, due), strict=True):
            print(f"{prompt.name}: version {prompt.version} is published.", flush=True)
    return 0


def pull(options: argparse.Namespace, published: PromptLibrary) -> int:
    """Only what was changed there; what was changed here is not undone."""
    behind = [one for one in compared(options, published) if one.standing is Standing.BEHIND]
    if not behind:
        print("Nothing was changed there.")
    for one in behind:
        pulled = one.pulled()
        print(one.difference(pulling=True), end="")
        if options.write:
            path = options.folder / f"{pulled.name}.txt"
            path.write_text(written(pulled), encoding="utf-8")
            print(f"{path} is version {pulled.version} now: review it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
