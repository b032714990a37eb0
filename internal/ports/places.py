"""Places: what is near a point on the globe, told without asking anybody."""

from typing import Protocol

from internal.media import Place
from internal.vlog import Language


class Gazetteer(Protocol):
    """Knows the world's towns and sights. The first question may take seconds, others milliseconds."""

    def near(self, latitude: float, longitude: float, language: Language) -> Place | None:
        """What people would call where this is, by its name in `language`, or in Latin letters where it has none;
        None when nothing with a name lies within 50 km. Degrees, WGS 84. The same answer every time. Raises
        TemporaryFailure when the places cannot be read."""
        ...
