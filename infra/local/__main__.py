"""`python -m infra.local`: Daylog whole on this machine, until Ctrl-C."""

import argparse
import json
import os
import sys
from pathlib import Path

from infra.local.parts import StackError
from infra.local.stack import Stack
from infra.local.supervisor import Supervisor, say


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("--state", type=Path, default=Path(".daylog"), help="where everything is kept")
    parser.add_argument("--port", type=int, default=0, help="of the web page; 0 takes a free one")
    parser.add_argument("--without-app", action="store_true", help="start the servers alone")
    parser.add_argument("--once-ready-print-json", action="store_true", help="for programs that start this one")
    options = parser.parse_args()
    announce = in_json if options.once_ready_print_json else in_words
    try:
        Supervisor(options.state, options.port, not options.without_app, announce).run()
    except StackError as error:
        say(str(error))
        return 1
    return 0


def in_json(stack: Stack) -> None:
    ready = {"pid": os.getpid(), "public_url": stack.url("web"), "state": str(stack.folder)}
    print(json.dumps(ready), flush=True)


def in_words(stack: Stack) -> None:
    print(f"Daylog is ready at {stack.url('web')} (Ctrl-C stops it; logs in {stack.folder / 'logs'}).", flush=True)


if __name__ == "__main__":
    sys.exit(main())
