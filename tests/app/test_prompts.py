"""The operator's command for prompts, against a stand-in for Vertex AI's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.prompts import main
from app.settings import VertexSettings
from internal.prompts import NAMES
from tests.vertex.prompts import Prompts, prompt_server

# of the vendor's package, when it is imported
pytestmark = pytest.mark.filterwarnings("ignore:Using `@model_validator` with mode='after' on a classmethod")

TEXTS = {
    "describe": "Say in {language} what it shows.",
    "repair": "It was of no use: {problem}.\nYou had said {answer}.",
    "animate": "It moves gently: {shown}",
    "avoid": "text, captions, watermark",
}


@pytest.fixture
def server() -> Iterator[Prompts]:
    with prompt_server() as one:
        yield one


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Prompts by the names that there are, all in their first version."""
    for name in NAMES:
        variables = " ".join(re.findall(r"{(\w+)}", TEXTS[name]))
        (tmp_path / f"{name}.txt").write_text(f"version: 1\nvariables: {variables}\n---\n{TEXTS[name]}\n")
    return tmp_path


class Command:
    def __init__(self, server: Prompts, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._server, self._folder, self._capsys = server, folder, capsys

    def __call__(self, *words: str, project: str = "local") -> tuple[int, str]:
        """Its exit code, and all that it printed."""
        settings = VertexSettings(google_project=project, vertex_endpoint=self._server.url)
        code = main(["--folder", str(self._folder), *words], settings)
        printed = self._capsys.readouterr()
        return code, printed.out + printed.err


@pytest.fixture
def prompts(server: Prompts, folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(server, folder, capsys)


def all_published(server: Prompts) -> None:
    for name in NAMES:
        server.save(f"daylog-{name}", TEXTS[name], "version 1")


def change(folder: Path, name: str, version: int, *changes: tuple[str, str]) -> None:
    """Another version, and other words."""
    path = folder / f"{name}.txt"
    text = re.sub(r"^version: \d+", f"version: {version}", path.read_text())
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def test_new_prompts_are_published_and_then_there_is_nothing_to_publish(server: Prompts, prompts: Command) -> None:
    code, said = prompts("publish")
    assert (code, said) == (0, "".join(f"{name}: version 1 is published.\n" for name in NAMES))
    for name in NAMES:
        assert server.published(f"daylog-{name}") == [("version 1", TEXTS[name])]
    server.requests.clear()
    assert prompts("publish") == (0, "All is published.\n")
    assert set(server.requests) == {"GET"}


def test_a_changed_prompt_is_published_as_a_new_version(server: Prompts, prompts: Command, folder: Path) -> None:
    all_published(server)
    change(folder, "avoid", 2, ("captions", "subtitles"))
    code, said = prompts("diff")
    assert code == 1
    assert "-text, captions, watermark" in said
    assert "+text, subtitles, watermark" in said
    assert prompts("publish") == (0, "avoid: version 2 is published.\n")
    [before, after] = server.published("daylog-avoid")
    assert before == ("version 1", TEXTS["avoid"])
    assert after == ("version 2", TEXTS["avoid"].replace("captions", "subtitles"))
    assert prompts("diff") == (0, "")


def test_how_each_stands_is_listed(server: Prompts, prompts: Command, folder: Path) -> None:
    server.save("daylog-describe", TEXTS["describe"], "version 1")
    server.save("daylog-animate", TEXTS["animate"], "version 1")
    server.save("daylog-repair", "By hand: {problem} {answer}", "mine")
    change(folder, "animate", 2, ("gently", "softly"))
    code, said = prompts("list")
    assert code == 0
    assert [re.split(r"  +", line) for line in said.splitlines()[1:]] == [
        ["describe", "1", "1", "2026-11-20", "published"],
        ["repair", "1", "1", "2026-11-20", "changed there"],
        ["animate", "2", "1", "2026-11-20", "changed here"],
        ["avoid", "1", "–", "not published"],
    ]


def test_nothing_is_published_over_what_somebody_changed_there(server: Prompts, prompts: Command, folder: Path) -> None:
    all_published(server)
    server.save("daylog-avoid", "text, horror", "by hand")
    change(folder, "repair", 2, ("no use", "little use"))
    change(folder, "avoid", 2, ("captions", "subtitles"))
    assert prompts("publish") == (1, "changed there, so pull first, or raise the version here: avoid\n")
    assert server.requests["POST"] == server.requests["PATCH"] == 0


def test_raising_the_version_overrules_what_was_changed_there(server: Prompts, prompts: Command, folder: Path) -> None:
    all_published(server)
    server.save("daylog-avoid", "text, horror", "by hand")
    change(folder, "avoid", 3)
    _, said = prompts("list", "avoid")
    assert said.endswith("changed here\n")


def test_pulling_shows_what_was_changed_there_and_writes_it_when_told(
    server: Prompts, prompts: Command, folder: Path
) -> None:
    all_published(server)
    server.save("daylog-avoid", "text, horror", "by hand")
    before = (folder / "avoid.txt").read_bytes()
    code, said = prompts("pull")
    assert code == 0
    assert "+text, horror\n" in said
    assert "-text, captions, watermark\n" in said
    assert (folder / "avoid.txt").read_bytes() == before
    code, said = prompts("pull", "--write")
    assert said.endswith("avoid.txt is version 2 now: review it.\n")
    assert (folder / "avoid.txt").read_text() == "version: 2\nvariables:\n---\ntext, horror\n"
    assert prompts("pull") == (0, "Nothing was changed there.\n")
    assert prompts("diff") == (0, "")


def test_what_is_pulled_has_a_version_of_its_own(server: Prompts, prompts: Command, folder: Path) -> None:
    """Under the one there is, something else was answered."""
    all_published(server)
    server.save("daylog-avoid", "text, horror", "by hand")
    change(folder, "avoid", 2, ("captions", "subtitles"))
    prompts("pull", "--write")
    assert (folder / "avoid.txt").read_text() == "version: 3\nvariables:\n---\ntext, horror\n"


def test_pulling_undoes_nothing_that_was_changed_here(server: Prompts, prompts: Command, folder: Path) -> None:
    all_published(server)
    change(folder, "avoid", 2, ("captions", "subtitles"))
    before = (folder / "avoid.txt").read_bytes()
    assert prompts("pull", "--write") == (0, "Nothing was changed there.\n")
    assert (folder / "avoid.txt").read_bytes() == before


def test_a_text_with_other_variables_cannot_be_pulled(server: Prompts, prompts: Command, folder: Path) -> None:
    all_published(server)
    server.save("daylog-describe", "In {tongue}", "by hand")
    before = (folder / "describe.txt").read_bytes()
    assert prompts("pull", "--write") == (1, "the prompt describe should use just the variables that it names\n")
    assert (folder / "describe.txt").read_bytes() == before


def test_who_may_not_is_told_so(prompts: Command) -> None:
    code, said = prompts("publish", project="elsewhere")
    assert code == 1
    assert said.startswith("We may not use the prompts in elsewhere, us-central1: that takes the role roles/aiplatform")


def test_what_is_missing_or_unknown_is_named(prompts: Command) -> None:
    assert prompts("list", project="") == (1, "GOOGLE_PROJECT is missing\n")
    assert prompts("list", "nonsense") == (1, f"there is no prompt nonsense, only {', '.join(NAMES)}\n")
