"""What the environment says goes before what the laptop's supervisor wrote."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from app.settings import Settings
from infra.local.parts import ROOT


def test_a_laptop_can_use_a_bucket_of_google_s(settings: Settings, tmp_path: Path) -> None:
    """Its own work store is one that no vendor reaches."""
    written = settings.model_dump(mode="json", exclude={"state"})
    (tmp_path / "settings.json").write_text(json.dumps(written))
    there = [f"STATE={tmp_path}", "WORK_BUCKET=clips", "WORK_ENDPOINT="]
    told = (
        "from app.settings import Settings; it = Settings(); print(it.work_bucket, it.work_endpoint, it.media_bucket)"
    )
    command = ["/usr/bin/env", *there, sys.executable, "-c", told]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=True).stdout.split()
    assert settings.work_endpoint
    assert said == ["clips", "None", settings.media_bucket]


def test_a_state_given_by_hand_is_the_one_whose_settings_are_read(settings: Settings, tmp_path: Path) -> None:
    written = settings.model_dump(mode="json") | {"tasks_issuer": "https://queue.example"}
    (tmp_path / "settings.json").write_text(json.dumps(written))
    assert Settings(state=tmp_path).tasks_issuer == "https://queue.example"


def test_only_what_costs_money_is_waited_for_when_nobody_knows_of_it(settings: Settings) -> None:
    given = settings.model_dump(exclude={"generator", "unknown_for", "google_project"})
    assert Settings(**given, generator="panned").times.unknown_for == timedelta(0)
    assert Settings(**given, generator="veo", google_project="local").times.unknown_for == timedelta(minutes=20)
    assert Settings(**given, generator="panned", unknown_for=7).times.unknown_for == timedelta(seconds=7)
