"""Rules of the house that no linter has: sizes, opening sentences, words, and who reads the environment."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    str(path.relative_to(ROOT)): path.read_text()
    for folder in ("app", "internal", "infra")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.parent.name != "versions"  # a migration tells one thing from top to bottom, and is never edited again
}
TREES = {name: ast.parse(text) for name, text in SOURCES.items()}
MODULE_LINES, FUNCTION_LINES, MEDIAN_LINES = 300, 50, 8
#: they say nothing about what a thing is for
EMPTY_WORDS = ("manager", "helper", "util", "workflow")
READERS = frozenset({"environ", "environb", "getenv", "getenvb"})


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of its body, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def reads_environment(node: ast.AST) -> bool:
    """`os.environ`, `from os import environ`, and the like; another object's `environ()` is something else."""
    match node:
        case ast.Attribute(ast.Name("os"), name):
            return name in READERS
        case ast.ImportFrom("os", names):
            return any(alias.name in READERS for alias in names)
    return False


def test_every_module_opens_by_saying_what_it_is_for() -> None:
    assert [name for name, tree in TREES.items() if not ast.get_docstring(tree)] == []


def test_no_module_is_long() -> None:
    sizes = {name: len(text.splitlines()) for name, text in SOURCES.items()}
    assert {name: size for name, size in sizes.items() if size > MODULE_LINES} == {}


def test_no_function_is_long_and_half_of_them_are_very_short() -> None:
    sizes = {(name, one.name): length(one) for name, tree in TREES.items() for one in functions(tree)}
    assert {one: size for one, size in sizes.items() if size > FUNCTION_LINES} == {}
    assert statistics.median(sizes.values()) <= MEDIAN_LINES


def test_names_say_what_things_are_for() -> None:
    classes = [node.name for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    names = [*SOURCES, *classes]
    assert [name for name in names if any(word in name.lower() for word in EMPTY_WORDS)] == []


def test_only_the_settings_read_the_environment() -> None:
    readers = {name for name, tree in TREES.items() if any(map(reads_environment, ast.walk(tree)))}
    assert readers == {"app/settings.py"}
