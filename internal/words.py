"""When the words of a scene are on the picture: one timing, for what is drawn and for the subtitle files."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from internal.film import OVERLAP
from internal.vlog import Scene

Role = Literal["opening", "caption", "ending"]

#: frames the opening title stays, if the scene is long enough, and the ending
_OPENING, _ENDING = 105, 75
#: a caption waits for the title to go only when it is then seen for at least this many frames
_SHORTEST_CAPTION = 60


@dataclass(frozen=True)
class Showing:
    """`lines` are on from frame `first` to `end` (excluded) of their scene, with what it takes to appear and go."""

    role: Role
    lines: tuple[str, ...]
    first: int
    end: int


def showings(scene: Scene, of: int) -> Iterator[Showing]:
    """What is written on a scene of so many frames, in no order; none of it during a transition.

    The ending is the film's own end, as the opening mostly is its begin: nothing comes after or before them. A
    caption is on with the opening from begin to end, or after it; and it has gone when the ending comes.
    """
    inset = min(OVERLAP, of // 3)
    opening, caption, ending = _lines(scene.title, scene.subtitle), _lines(scene.caption), _lines(scene.ending)
    first, end = inset, of - inset
    if ending:
        end = of - min(_ENDING, of // 2)
        yield Showing("ending", ending, end, of)
    if opening:
        begin = inset if scene.waits else 0
        together = bool(caption) and end < begin + _OPENING + _SHORTEST_CAPTION
        until = end if together else min(end, begin + _OPENING)
        yield Showing("opening", opening, begin, until)
        first = begin if together else until
    if caption:
        yield Showing("caption", caption, first, end)


def _lines(*texts: str) -> tuple[str, ...]:
    """Each on one line, without those of which nothing can be seen."""
    plain = (" ".join("".join(filter(_is_written, text)).split()) for text in texts)
    return tuple(line for line in plain if any(one.isprintable() for one in line if not one.isspace()))


def _is_written(character: str) -> bool:
    """Not a command, as escape or bell, which no player of subtitles should be given."""
    return character.isspace() or unicodedata.category(character) != "Cc"
