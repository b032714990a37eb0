"""`python -m infra.gazetteer FOLDER` makes the file of places ahead, so that nobody waits for it."""

import sys
from pathlib import Path

from infra.gazetteer.build import build

if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
