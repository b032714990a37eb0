"""When and where a clip was taken, as phones and cameras write it: QuickTime keys, else the header's own time."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from av.container import InputContainer

from infra.analyst.claims import Position, position_of, time_of, zone_of
from infra.decode.budgets import TEXT

#: ISO 6709 Annex H, in degrees, as QuickTime writes it: +34.6873+135.5262+012.000/
_ISO6709 = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)(?:[+-][\d.]+)?(?:CRS.*)?/?")
#: local times with their zone: of iPhones today, and of older ones (©day)
_LOCAL_TIMES = ("com.apple.quicktime.creationdate", "date")
#: the zone of the phone's clock, which Samsung writes beside UTC
_ZONE = "com.samsung.android.utc_offset"
_PLACES = ("com.apple.quicktime.location.ISO6709", "location", "location-eng")


def clip_time(container: InputContainer) -> datetime | None:
    """Aware when the camera knew its zone or UTC. The header's own time is UTC (ISO/IEC 14496-12 §8.2.2), but a
    GoPro, which knows no zone, writes its local time there."""
    metadata = container.metadata
    local = (time_of(metadata.get(key)) for key in _LOCAL_TIMES)
    zoned = next((time for time in local if time is not None and time.tzinfo), None)
    if zoned is not None:
        return zoned
    header = time_of(metadata.get("creation_time"))
    if header is None or not header.tzinfo:
        return header
    if _is_gopro(stream.metadata for stream in container.streams):
        return header.replace(tzinfo=None)
    return header.astimezone(zone_of(metadata.get(_ZONE)) or header.tzinfo)


def clip_place(container: InputContainer) -> Position | None:
    for key in _PLACES:
        written = _ISO6709.fullmatch(container.metadata.get(key, "")[:TEXT].strip())
        if written:
            return position_of(float(written[1]), float(written[2]))
    return None


def _is_gopro(streams: Iterable[Mapping[str, str]]) -> bool:
    """By the names of its tracks, which begin with their length as QuickTime has it."""
    return any("GoPro" in metadata.get("handler_name", "")[:TEXT] for metadata in streams)
