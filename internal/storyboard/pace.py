"""How long photos and clips stay on screen, by the theme."""

from dataclasses import dataclass

from internal.film import frames_in
from internal.vlog import Theme


@dataclass(frozen=True)
class Stay:
    """In seconds: never shorter than `least`, never longer than `most`, and `usual` when nothing else decides."""

    least: float
    usual: float
    most: float

    @property
    def frames(self) -> tuple[int, int, int]:
        return frames_in(self.least), frames_in(self.usual), frames_in(self.most)


@dataclass(frozen=True)
class Pace:
    photo: Stay
    clip: Stay


PACES: dict[Theme, Pace] = {
    "adventure": Pace(Stay(3.0, 3.3, 4.3), Stay(2.0, 3.5, 5.0)),
    "family": Pace(Stay(3.0, 3.8, 4.7), Stay(2.5, 4.5, 6.5)),
    "romantic": Pace(Stay(3.4, 4.2, 5.0), Stay(3.0, 5.0, 8.0)),
    "relaxing": Pace(Stay(3.6, 4.5, 5.0), Stay(3.0, 5.5, 8.0)),
}
#: of what carries the title, until it is read
OPENING = Stay(4.0, 4.5, 5.0)
#: of what carries the ending, after its caption was read
CLOSING = Stay(4.7, 5.0, 5.0)
