"""Why Veo brought no clip, in words for people."""

import re
from collections.abc import Iterable

from internal.jobs import JobError

_FILTERED = "The generator made no clip: this photo, or what it made of it, {}."
#: Veo on Vertex AI, "Safety filter code categories": each refusal names some, in the prompt or in what was made
_CATEGORIES = {
    ("58061214", "17301594"): JobError("filtered_child", "shows a child, which it may not animate"),
    ("29310472", "15236754"): JobError(
        "filtered_celebrity", "seems to show somebody well known, whom it may not animate"
    ),
    ("64151117", "42237218"): JobError("filtered_safety", "is against its rules for safety"),
    ("62263041",): JobError("filtered_dangerous", "may show something dangerous"),
    ("57734940", "22137204"): JobError("filtered_hateful", "may be hateful"),
    ("89371032", "49114662", "63429089", "72817394", "60599140"): JobError(
        "filtered_content", "shows what it may not animate"
    ),
    ("35561574", "35561575"): JobError("filtered_property", "seems to show what belongs to somebody else"),
    ("90789179", "43188360"): JobError("filtered_sexual", "may be sexual"),
    ("78610348",): JobError("filtered_hurtful", "may be hurtful"),
    ("61493863", "56562880"): JobError("filtered_violent", "may be violent"),
    ("32635315",): JobError("filtered_vulgar", "may be vulgar"),
}
_KNOWN = {code: category for codes, category in _CATEGORIES.items() for code in codes}
_UNKNOWN = JobError("filtered", "did not pass its filters")
_CODE = re.compile(r"\b\d{8}\b")
#: how a refusal without a code speaks of its filters
_RULES = re.compile(r"usage guidelines|polic(y|ies)|responsible ai|safety", re.IGNORECASE)
#: codes of google.rpc.Code that pass: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE
_PASSING = frozenset({4, 8, 10, 13, 14})

NOTHING = JobError("nothing_generated", "The generator ended without a clip.")
ELSEWHERE = JobError("generated_elsewhere", "The generator put its clip where it was not asked to.")
LOST = JobError("operation_lost", "The generator does not know this order any more.")


def filtered(reasons: Iterable[str]) -> JobError:
    """By a filter, whose sentences hold support codes. The first that is known tells most."""
    codes = [code for reason in reasons for code in _CODE.findall(reason)]
    category = next((_KNOWN[code] for code in codes if code in _KNOWN), _UNKNOWN)
    return JobError(category.code, _FILTERED.format(category.message))


def speaks_of_a_filter(sentence: str) -> bool:
    return any(code in _KNOWN for code in _CODE.findall(sentence)) or bool(_RULES.search(sentence))


def failed(code: object, sentence: str) -> tuple[JobError, bool]:
    """For an error of the operation, whose code may be anything: the reason, and whether the same order may fare
    better."""
    if speaks_of_a_filter(sentence):
        return filtered([sentence]), False
    if isinstance(code, int) and code in _PASSING:
        return JobError("generation_failed", "The generator failed at this clip."), True
    return JobError("generation_refused", "The generator could not make a clip of this photo."), False
