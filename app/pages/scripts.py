"""Which modules a page's script needs: told at once, so that a browser fetches them side by side, not one by one."""

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
_FROM = re.compile(r'\b(?:from|import) "\./([\w-]+\.js)";')


@cache
def needed(entry: str) -> tuple[str, ...]:
    """The names of all modules that `entry` imports, and those that they import."""
    found = [entry]
    for name in found:  # which grows meanwhile
        text = (STATIC / name).read_text(encoding="utf-8")
        found.extend(other for other in dict.fromkeys(_FROM.findall(text)) if other not in found)
    return tuple(found[1:])
