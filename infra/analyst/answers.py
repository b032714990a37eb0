"""What a model answered about one media: the schema it is asked in, what is believed of it, and how long its words may
be. It can change words and the order of moments, and nothing else.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from internal.media import Analysis, Moment, Reason
from internal.vlog import Mood

#: characters of each text; how many words of each kind
_CAPTION, _DESCRIPTION, _WORD = 120, 600, 60
_OBJECTS, _LANDMARKS, _ACTIVITIES = 8, 5, 4
#: of an answer, in characters: more is no answer
_LONGEST = 1_000_000
_FENCED = re.compile(r"\s*```\w*\n(.*?)\n?```\s*", re.DOTALL)
#: joins the parts of one emoji, or letters of one syllable, and shows nothing itself
_JOINERS = "\u200c\u200d"


class Undescribed(Exception):
    """Nobody will say what is in it, for this reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text)
        self.reason = reason


class Wrong(Exception):
    """The answer is not what was asked for. `answer`: as far as there is one."""

    def __init__(self, problem: str, answer: str = "") -> None:
        super().__init__(problem)
        self.answer = answer


class _Model(BaseModel):
    # `ignore`: what was not asked for is not looked at. Numbers that are none would spoil the order of moments.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Scored(_Model):
    id: str
    score: float


class Said(_Model):
    """As the model wrote it; nothing of it is believed yet."""

    caption: str
    description: str
    depiction: str
    objects: tuple[str, ...]
    landmarks: tuple[str, ...]
    activities: tuple[str, ...]
    mood: str
    moments: tuple[Scored, ...] = ()


def schema(ids: Sequence[str]) -> dict[str, Any]:
    """JSON schema of an answer about media whose moments have these ids."""
    text = {"type": "string"}
    properties: dict[str, Any] = {
        "caption": text,
        "description": text,
        "depiction": text,
        "objects": {"type": "array", "items": text, "maxItems": _OBJECTS},
        "landmarks": {"type": "array", "items": text, "maxItems": _LANDMARKS},
        "activities": {"type": "array", "items": text, "maxItems": _ACTIVITIES},
        "mood": {"type": "string", "enum": [*get_args(Mood), "none"]},
    }
    if ids:
        score = {"type": "number", "minimum": 0, "maximum": 1}
        moment = {"type": "object", "properties": {"id": {"type": "string", "enum": list(ids)}, "score": score}}
        items = {**moment, "required": ["id", "score"]}
        properties["moments"] = {"type": "array", "items": items, "maxItems": len(ids)}
    return {"type": "object", "properties": properties, "required": list(properties)}


def said_in(text: str) -> Said:
    """Also when it stands in a Markdown fence. Raises Wrong."""
    fenced = _FENCED.fullmatch(text[:_LONGEST])
    try:
        return Said.model_validate_json(fenced[1] if fenced else text[:_LONGEST])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Wrong(f"{where}: {first['msg']}" if where else str(first["msg"]), text) from error


def described(measured: Analysis, said: Said, ids: Mapping[str, Moment]) -> Analysis:
    """What was measured, with the model's words. `ids`: those it was given, and the moments they stand for."""
    return measured.model_copy(
        update={
            "caption": line(said.caption, _CAPTION),
            "description": line(said.description, _DESCRIPTION),
            "depiction": line(said.depiction, _DESCRIPTION),
            "objects": _words(said.objects, _OBJECTS),
            "landmarks": _words(said.landmarks, _LANDMARKS),
            "activities": _words(said.activities, _ACTIVITIES),
            "mood": said.mood if said.mood in get_args(Mood) else "",
            "best": _judged(measured.best, {ids[one.id]: one.score for one in said.moments if one.id in ids}),
        }
    )


def line(text: str, most: int) -> str:
    """On one line, at most so many characters, of which every one can be seen: no commands, nothing that turns the
    direction of what follows, nothing unassigned."""
    seen = (" " if one.isspace() else one for one in text[: most * 10] if one.isspace() or _is_seen(one))
    plain = " ".join("".join(seen).split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


def _is_seen(character: str) -> bool:
    return unicodedata.category(character)[0] != "C" or character in _JOINERS


def _words(texts: Iterable[str], most: int) -> tuple[str, ...]:
    """Each once."""
    words = dict.fromkeys(filter(None, (line(text, _WORD) for text in texts)))
    return tuple(words)[:most]


def _judged(moments: Sequence[Moment], scores: Mapping[Moment, float]) -> tuple[Moment, ...]:
    """Half of what a moment is worth is how well it was taken, half what is in it; the best first."""
    judged = (
        moment.model_copy(update={"score": round((moment.score + min(1.0, max(0.0, scores[moment]))) / 2, 4)})
        if moment in scores
        else moment
        for moment in moments
    )
    return tuple(sorted(judged, key=lambda moment: (-moment.score, moment.start)))
