"""Which object keys are sound: the same for every store, whatever a store itself would let through."""

from internal.errors import InvalidInput

LONGEST = 900


def checked(key: str) -> str:
    """The key itself. Raises InvalidInput for one that could be taken for another place: an empty, `.` or `..`
    segment, a control character, a backslash or percent sign (some decode twice), or more than LONGEST bytes (the
    stores allow 1,024, local ones a little less)."""
    segments = key.split("/")
    if any(segment in ("", ".", "..") for segment in segments) or set(key) & set("\\%") or not key.isprintable():
        raise InvalidInput("This is no sound object key.", "key")
    if len(key.encode()) > LONGEST:
        raise InvalidInput("This object key is too long.", "key")
    return key
