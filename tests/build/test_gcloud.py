"""Every gcloud line that we run or tell somebody to run is one that gcloud takes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.parts import ROOT
from tests.build.cloud import Cloud
from tests.build.gcloud import KNOWN, PROGRAM, asked, named_in, refused_by_table, said_in
from tests.build.steps import FILE, run


@pytest.fixture
def built(tmp_path: Path) -> list[str]:
    """What a build says to gcloud."""
    cloud = Cloud(tmp_path / "cloud.json")
    cloud.programs(tmp_path / "programs")
    cloud.begin("daylog-web", "daylog-worker", "daylog-events")
    assert run(cloud, tmp_path) == ""
    return [line for line in cloud.given() if line.startswith("gcloud ")]


def written() -> list[str]:
    """What we tell people to say to it."""
    texts = [comments(FILE, True), (ROOT / "README.md").read_text()]
    texts += [comments(file, False) for file in sorted((ROOT / "terraform").glob("*.tf"))]
    return [line for text in texts for line in said_in(text)]


def comments(file: Path, wanted: bool) -> str:
    """Its comments, or all the rest of it."""
    return "\n".join(line for line in file.read_text().splitlines() if line.lstrip().startswith("#") == wanted)


def test_gcloud_takes_every_line_of_ours(built: list[str], tmp_path: Path, told: Callable[[str], None]) -> None:
    lines = [*built, *written()]
    assert len(built) == 15
    assert {" ".join(line.split()[:3]) for line in written()} >= {"gcloud builds submit", "gcloud run services"}
    assert {line: why for line in lines if (why := refused_by_table(line))} == {}
    answers = asked(lines, tmp_path)
    assert {one["command_string"]: one["error_message"] for one in answers if not one["success"]} == {}
    judge = "our table and by gcloud itself" if PROGRAM else "our table alone: gcloud is not here"
    told(f"{len(lines)} gcloud lines were looked at by {judge}")


def test_what_it_would_not_take_is_found(tmp_path: Path) -> None:
    wrong = [
        "gcloud run services update daylog-web --imag=x",
        "gcloud run services promote daylog-web",
        "gcloud run jobs execute daylog-migrate --wait --traffic=1",
    ]
    assert all(refused_by_table(line) for line in wrong)
    assert not any(one["success"] for one in asked(wrong, tmp_path))


def test_the_table_has_no_flag_that_gcloud_has_not(tmp_path: Path) -> None:
    answers = asked([f"gcloud {command}" for command in KNOWN], tmp_path)
    flags = {one["command_string"].removeprefix("gcloud "): set(named_in(one["args_structure"])) for one in answers}
    assert {command: more for command, has in flags.items() if (more := KNOWN[command] - has)} == {}


def test_lines_are_found_in_code_in_backticks_and_in_quotes() -> None:
    text = """#   gcloud a b --c=d \\
#     --e=f | tee
Say `gcloud g h`; nobody says gcloud so.
value = "gcloud i --j=${var.k}"
"""
    assert list(said_in(text)) == ["gcloud a b --c=d --e=f", "gcloud g h", "gcloud i '--j=${var.k}'"]
