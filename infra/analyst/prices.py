"""What a question to a model costs: tokens in and out, at list prices.

Source: ai.google.dev/gemini-api/docs/pricing, paid tier, as of October 2026; Vertex AI's global endpoint has the same.
Tokens of thought count as output.
"""

import logging

from internal.media import Facts, Kind

_log = logging.getLogger(__name__)

#: US dollars for a million tokens in, and out
_PER_MILLION = {
    "gemini-3.5-flash-lite": (0.30, 2.50),
    "gemini-3.5-flash": (1.50, 9.00),
    # until the end of 2026; twice that from then on
    "gemini-3.8-flash": (0.75, 3.75),
}
#: tokens, about: what every question says, a photo at medium resolution, a second of a clip at low with its sound, what
#: comes back; and how many seconds of a clip are shown at most (as `proxies` has it)
_WORDS, _PHOTO, _SECOND, _ANSWER, _SECONDS = 1000, 560, 100, 350, 30.0


def warn_of(model: str) -> None:
    """Where its questions will be counted as dearer than they may be."""
    if model not in _PER_MILLION:
        _log.warning("no price is known for this model: the dearest is taken", extra={"model": model})


def price(model: str, tokens_in: int, tokens_out: int) -> float:
    """In US dollars."""
    each_in, each_out = _PER_MILLION.get(model, max(_PER_MILLION.values()))
    return (tokens_in * each_in + tokens_out * each_out) / 1_000_000


def of_question(model: str, facts: Facts) -> float:
    """Of one about such a media, roughly, in US dollars."""
    if facts.kind is Kind.MUSIC:
        return 0.0
    media = _PHOTO if facts.kind is Kind.PHOTO else round(min(facts.seconds, _SECONDS) * _SECOND)
    return price(model, _WORDS + media, _ANSWER)
