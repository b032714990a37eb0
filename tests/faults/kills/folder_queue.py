"""A queue that outlives whoever is killed: one folder for each job, one file for each task.

Like the real one it delivers at least once, takes a name once, and remembers names it has
finished with. Unlike the real one it delivers only when told, so that tests decide the order.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from internal.jobs import Dispatch


@dataclass(frozen=True)
class FolderQueue:
    """Fills the port `TaskQueue`."""

    folder: Path

    def enqueue(self, dispatch: Dispatch, at: datetime | None = None) -> None:
        """Taken whole or not at all; a name known already is success."""
        place = self._place(dispatch)
        place.parent.mkdir(exist_ok=True)
        if not place.with_suffix(".done").exists():
            new = place.with_suffix(f".{os.getpid()}")
            new.write_text(json.dumps(asdict(dispatch)))
            new.replace(place)

    def holds(self, dispatch: Dispatch) -> bool:
        return self._place(dispatch).exists()

    def tasks(self, job_id: str) -> Sequence[Dispatch]:
        """Those still to be delivered, oldest first."""
        found = [Dispatch(**json.loads(place.read_text())) for place in (self.folder / job_id).glob("*.task")]
        return sorted(found, key=lambda dispatch: (dispatch.run_no, dispatch.dispatch_no))

    def finish(self, dispatch: Dispatch) -> None:
        """Answered, or given up: it is not delivered again, nor taken again."""
        place = self._place(dispatch)
        place.replace(place.with_suffix(".done"))

    def _place(self, dispatch: Dispatch) -> Path:
        return self.folder / dispatch.job_id / f"{dispatch.name}.task"
