"""Sample media of our own, drawn and played by code: the same bytes every time on one machine.

`python -m tests.media FOLDER [--preset day|tiny|hostile|odd]`. Nothing here needs pytest, since
`make vlog` without MEDIA makes its day with it.
"""

from tests.media.day import make_day, make_outing, make_tiny
from tests.media.hostile import make_hostile
from tests.media.odd import make_odd
from tests.media.sounds import write_music

__all__ = ["make_day", "make_hostile", "make_odd", "make_outing", "make_tiny", "write_music"]
