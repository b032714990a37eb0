"""The words on our pages: the same in every language, all of them there, none of them for nothing."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from app.pages.sign_in import KINDS
from app.pages.words import LANGUAGES
from internal.errors import Error, Refused, TemporaryFailure
from internal.notes import WEEDS, Code

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "app" / "pages"
TEMPLATES, SCRIPTS = sorted(PAGES.glob("templates/*.html")), sorted(PAGES.glob("static/*.js"))
#: the name is the same in every language
NAMES = {"Daylog"}
#: those of `infra.prompts` fail a command, not a film
INFRA = [path for path in ROOT.glob("infra/**/*.py") if path.parent.name != "prompts"]
#: by which a reason gets its code
MADE = {"JobError", "PermanentFailure", "Reason"}
#: how many kinds of count each language tells apart
COUNTS = {"en": {"one", "other"}, "ja": {"other"}, "zh-Hant": {"other"}}
#: attributes that people read or hear
READ = {"alt", "aria-label", "placeholder", "title"}

Catalogues = Mapping[str, Mapping[str, str | Mapping[str, str]]]


def read(language: str) -> dict[str, str | dict[str, str]]:
    """Every text of a language, by `file.key`."""
    files = sorted((PAGES / "words" / language).glob("*.json"))
    return {f"{file.stem}.{key}": text for file in files for key, text in pairs(file)}


def pairs(file: Path) -> list[tuple[str, str | dict[str, str]]]:
    """Also of a key that comes twice, which a dict would hide."""
    found: list[tuple[str, str | dict[str, str]]] = json.loads(file.read_text(), object_pairs_hook=list)
    keys = [key for key, _ in found]
    assert sorted(keys) == sorted(set(keys)), f"a key comes twice in {file}"
    return [(key, dict(text) if isinstance(text, list) else text) for key, text in found]


WORDS = {language: read(language) for language in LANGUAGES}
FILES = sorted({key.partition(".")[0] for key in WORDS["en"]})


def forms(text: str | Mapping[str, str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def names(text: str | Mapping[str, str]) -> set[str]:
    """What is filled in."""
    return {name for form in forms(text) for _, name, _, _ in Formatter().parse(form) if name is not None}


def asked(source: str) -> Iterator[str]:
    """Patterns of the keys that a template, script or module names; what it fills in is `*`."""
    files = "|".join(FILES)
    joined = re.compile(rf"""["']((?:{files})\.[^"'\s]*)["']((?:\s*~\s*(?:[\w.]+|"[^"]*"|'[^']*'))*)""")
    for start, rest in joined.findall(source):
        parts = re.findall(r"""~\s*(?:"([^"]*)"|'([^']*)'|[\w.]+)""", rest)
        if not start.endswith((".html", ".css", ".js")):
            yield start + "".join(double or single or "*" for double, single in parts)
    for text in re.findall(rf"`((?:{files}|\$\{{[^}}]*\}})\.[^`\s]*)`", source):
        yield re.sub(r"\$\{[^}]*\}", "*", text)


def matches(pattern: str, key: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", r"[^.]*"), key) is not None


def codes() -> set[str]:
    """Of every refusal, and of every reason that is given for a film, or for what it lacks."""
    written = (
        code for file in (*ROOT.glob("internal/**/*.py"), *INFRA) for code in reasons(ast.parse(file.read_text()))
    )
    return {kind.code for kind in (*below(Refused), *below(TemporaryFailure))} | {code for code in written if code}


def below(kind: type[Error]) -> Iterator[type[Error]]:
    yield kind
    for one in kind.__subclasses__():
        yield from below(one)


def reasons(module: ast.Module) -> Iterator[str]:
    """What is written where a reason is made."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MADE:
            given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "code")]
            yield from (str(code.value) for code in given if isinstance(code, ast.Constant))


ASKED = {
    path.name: sorted(set(asked(path.read_text()))) for path in (*TEMPLATES, *SCRIPTS, *sorted(PAGES.glob("*.py")))
}


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_language_says_the_same_and_fills_in_the_same(language: str) -> None:
    english, other = WORDS["en"], WORDS[language]
    assert sorted(other) == sorted(english)
    assert {key: names(text) for key, text in other.items()} == {key: names(text) for key, text in english.items()}


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_what_is_called_the_same_in_english_is_called_the_same(language: str) -> None:
    told: dict[str, set[str]] = {}
    for key, text in WORDS["en"].items():
        told.setdefault(str(text), set()).add(str(WORDS[language][key]))
    assert [text for text, ways in told.items() if len(ways) > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_well_formed(language: str) -> None:
    for key, text in WORDS[language].items():
        words = [form for form in forms(text) if any(map(str.isalpha, form))]  # others join words
        assert all(forms(text)), key
        assert words == [form.strip() for form in words], key
        assert all(name.isidentifier() for name in names(text)), key
        assert "..." not in "".join(forms(text)), f"{key}: an ellipsis is one character"
        if not isinstance(text, str):
            assert set(text) == COUNTS[language], key


def test_every_text_that_is_asked_for_is_there() -> None:
    missing = {
        (where, pattern)
        for where, patterns in ASKED.items()
        for pattern in patterns
        if not any(matches(pattern, key) for key in WORDS["en"])
    }
    assert missing == set()


def test_every_note_reason_and_refusal_of_the_service_has_words() -> None:
    """Else a page tells it in English, whatever its language."""
    told = {key.partition(".problem.")[2] for key in WORDS["en"]}
    assert codes() - told == set()
    notes = {f"vlog.note.{code}" for code in get_args(Code) if code} | {f"vlog.weed.{kind}" for kind in WEEDS}
    assert notes - WORDS["en"].keys() == set()


def test_no_words_are_there_for_a_code_that_nobody_gives() -> None:
    told = {key.partition(".problem.")[2] for key in WORDS["en"] if ".problem." in key}
    of_pages = {*KINDS.values(), *(code for path in SCRIPTS for code in re.findall(r'code: "(\w+)"', path.read_text()))}
    assert told - codes() - of_pages == set()


def test_no_text_is_there_for_nothing() -> None:
    patterns = {pattern for found in ASKED.values() for pattern in found}
    assert [key for key in WORDS["en"] if not any(matches(pattern, key) for pattern in patterns)] == []


class Visible(HTMLParser):
    """Collects what people would read in a template, had its expressions nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self._take(data)

    def handle_starttag(self, _tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in READ:
                self._take(value or "")

    def _take(self, text: str) -> None:
        words = [word for word in re.findall(r"[^\W\d_]+", text) if word not in NAMES]
        self.found.extend(words)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_words_of_its_own(template: Path) -> None:
    reader = Visible()
    reader.feed(re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", template.read_text(), flags=re.DOTALL))
    assert reader.found == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_what_it_is_for_and_writes_no_markup(script: Path) -> None:
    text = script.read_text()
    assert text.startswith("// ")
    assert len(text.splitlines()) <= 300
    assert not re.search(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval)\b", text)
