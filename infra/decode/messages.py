"""What crosses between us and a limited child: limits and a request down, one JSON answer up."""

from dataclasses import dataclass
from enum import StrEnum

from internal.errors import BrokenMedia, HeavyMedia, MusicOver, NoSound, OnlySound, UnknownMedia, UnreadableMedia

MIB = 1024 * 1024
#: in bytes; a child that sends more is ended
LONGEST_ANSWER = 4 * MIB
#: of a child's process id, its first bytes, sent before it reads anything
PID_BYTES = 4


#: by code
REFUSALS = {
    kind.code: kind for kind in (UnreadableMedia, UnknownMedia, BrokenMedia, HeavyMedia, OnlySound, NoSound, MusicOver)
}


class Outcome(StrEnum):
    """An answer is `[outcome, value]`; the value is the function's, or a sentence; if unreadable a code, a sentence,
    and the name of the media at fault or ""."""

    DONE = "done"
    UNREADABLE = "unreadable"
    TEMPORARY = "temporary"
    FULL = "full"
    #: the function raised what nobody foresaw; the value is the trace, for the log
    BROKEN = "broken"


@dataclass(frozen=True)
class Limits:
    """`memory` is address space and `file` the largest file it may write, in bytes; `cpu` and `wall` are
    seconds."""

    memory: int = 1024 * MIB
    cpu: int = 10
    wall: float = 30.0
    file: int = 0
    open_files: int = 64
