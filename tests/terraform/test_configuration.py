"""The configuration is whole: Terraform accepts it, and Google's provider would know every word of it."""

import shutil
from pathlib import Path

from tests.terraform.offline import SOURCES, Terraform


def test_terraform_accepts_every_file(terraform: Terraform) -> None:
    assert terraform.validate() == []


def test_every_file_is_written_as_terraform_would_write_it(terraform: Terraform) -> None:
    ran = terraform.run("fmt", "-check", "-diff", "-recursive", str(SOURCES))
    assert ran.code == 0, ran.said


def test_it_is_accepted_as_it_stands_with_state_in_a_bucket_of_google(terraform: Terraform, tmp_path: Path) -> None:
    sources = Terraform(tmp_path / "sources", terraform.plugins)
    shutil.copytree(SOURCES, sources.folder)
    ran = sources.run("init", "-no-color", "-backend=false", f"-plugin-dir={sources.plugins}")
    assert ran.code == 0, ran.said
    assert sources.validate() == []


def test_what_only_this_machine_knows_is_not_among_the_sources() -> None:
    names = {one.name for one in SOURCES.rglob("*")}
    assert not {".terraform.lock.hcl", ".terraform", "terraform.tfstate"} & names


def test_terraforms_own_tests_pass(terraform: Terraform) -> None:
    ran = terraform.run("test", "-no-color")
    written = sum(one.read_text().count('\nrun "') for one in SOURCES.rglob("*.tftest.hcl"))
    assert ran.code == 0, ran.said
    assert f"Success! {written} passed, 0 failed." in ran.said
    assert written >= 10
