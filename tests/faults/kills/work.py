"""What a killable process does: one piece of work, by the code that serves it in production."""

import os
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from app import logs
from app.bootstrap import connect
from app.settings import Settings
from internal import scratch, stories
from internal.jobs import Dispatch
from internal.ports import Services
from internal.reaper import reap, sweep
from internal.reconciler import reconcile
from internal.runner import deliver
from internal.storyboard import Change
from internal.vlog import VlogSettings
from internal.vlogs import approve, create
from tests.faults.kills.folder_queue import FolderQueue

Work = Callable[[Services], str]


@dataclass(frozen=True)
class Place:
    """Where a process works: its settings, its temporary folder, its log, and the queue if not the real one."""

    settings: Mapping[str, Any]
    folder: Path
    queue: Path | None

    @property
    def temporary(self) -> Path:
        return self.folder / "temporary"

    @property
    def log(self) -> Path:
        return self.folder / "log"


def services_at(place: Place, crash_at: str = "") -> Services:
    services = connect(Settings(**place.settings, crash_at=crash_at))
    return replace(services, queue=FolderQueue(place.queue)) if place.queue else services


def run(place: Place, work: Work, crash_at: str, answer: Connection) -> None:
    """The whole of a forked process."""
    tempfile.tempdir = str(place.temporary)
    log = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 2)
    logs.configure()
    answer.send(work(services_at(place, crash_at)))


def deliver_one(dispatch: Dispatch, services: Services) -> str:
    return deliver(dispatch, services, threading.Event())


def create_one(owner_id: str, settings: VlogSettings, media_ids: Sequence[str], services: Services) -> str:
    return create(services, owner_id, settings, media_ids).id


def turn_round(owner_id: str, vlog_id: str, services: Services) -> str:
    """As an owner may who reviews the story: the last scene comes first."""
    _, story = stories.story(services, owner_id, vlog_id)
    backwards = [Change(id=card.id) for card in sorted(story.cards, key=lambda card: -card.id)]
    _, story = stories.change(services, owner_id, vlog_id, lambda _: True, backwards)
    return story.etag


def approve_one(owner_id: str, vlog_id: str, services: Services) -> str:
    return approve(services, owner_id, vlog_id).status


def sweep_all(services: Services) -> str:
    """The hourly sweep as it is a day later, and what every delivery does first."""
    sweep(replace(services, clock=lambda: datetime.now(UTC) + timedelta(hours=25)))
    scratch.sweep()
    return "swept"


def reconcile_all(services: Services) -> str:
    settled = reconcile(services)
    reap(services)
    return ", ".join(settled)
