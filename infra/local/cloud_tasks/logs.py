"""One JSON line on standard error for each thing worth knowing."""

import json
import sys
from datetime import UTC, datetime


def log(event: str, **fields: object) -> None:
    line = json.dumps({"time": datetime.now(UTC).isoformat(), "event": event, **fields}, default=str)
    # One write, so that lines of different threads never mix.
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
