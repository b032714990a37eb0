"""What a film lacks, or shows otherwise than was asked for, and why: in English for people, in parts for programs that
speak other languages."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, model_validator

from internal.media import Reason, Value

Code = Literal["", "left_out", "no_music", "panned", "undescribed", "weeded", "no_room"]
#: names in one note
MOST_NAMES = 3
#: what is weeded out of a day, and what one of each is called
WEEDS = {
    "duplicates": "near-duplicate",
    "blurred": "blurred shot",
    "dark": "black or burnt-out shot",
    "screens": "screenshot",
}


class Note(Value):
    """One thing that there is to know about a film."""

    code: Code = Field(
        description="`left_out`: files that are not shown. `no_music`. `panned`: photos that were not brought to life. "
        "`undescribed`: files that nobody described. `weeded`: poor shots that are not shown. `no_room`: files that "
        "would have made the film too long. Empty of a note that is its text alone."
    )
    text: str = Field(description="All of it as a sentence for people, in English.")
    media: tuple[str, ...] = Field(default=(), description="The first names of the files that it is about.")
    numbers: Mapping[str, int] = Field(
        default={},
        description="`count` of the files that it is about; of `no_room` also `all` that might be shown and the "
        "film's `seconds`; of `weeded` how many were `duplicates`, `blurred`, `dark` and `screens`.",
    )
    reason: Reason | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_a_sentence(cls, given: Any) -> Any:
        """Notes were kept as mere sentences before they had codes."""
        return {"code": "", "text": given} if isinstance(given, str) else given


def left_out(name: str, reason: Reason) -> Note:
    return _about("left_out", [name], f"{name}: {reason.text}", reason)


def without_music(reason: Reason) -> Note:
    return Note(code="no_music", text=f"Music: {reason.text}", reason=reason)


def panned(names: Sequence[str], reason: Reason) -> Note:
    """`names`: of the photos, in the order in which they are missed."""
    who = ", ".join(names) if len(names) <= MOST_NAMES else f"{len(names)} photos"
    shown = "a photo" if len(names) == 1 else "photos"
    return _about("panned", names, f"{who}: shown as {shown}. {reason.text}", reason)


def undescribed(names: Sequence[str], reason: Reason) -> Note:
    who = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    return _about("undescribed", names, f"{who}: {reason.text}", reason)


def weeded(counts: Mapping[str, int]) -> Note:
    """`counts`: how many of each of `WEEDS` there are; none is 0."""
    told = [f"{count} {WEEDS[kind]}{'s' * (count > 1)}" for kind, count in counts.items()]
    were = "was" if sum(counts.values()) == 1 else "were"
    text = f"{' and '.join(filter(None, (', '.join(told[:-1]), told[-1])))} {were} left out."
    return Note(code="weeded", text=text, numbers=counts)


def no_room(count: int, of: int, seconds: int) -> Note:
    verb = "is" if count == 1 else "are"
    text = f"{count} of {of} files {verb} not shown, to stay within {seconds} seconds."
    return Note(code="no_room", text=text, numbers={"count": count, "all": of, "seconds": seconds})


def _about(code: Code, names: Sequence[str], text: str, reason: Reason) -> Note:
    first = tuple(names[:MOST_NAMES])
    return Note(code=code, text=text, media=first, numbers={"count": len(names)}, reason=reason)
