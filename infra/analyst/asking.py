"""A question to Gemini about one media, and every way in which its answer may be none.

The SDK raises nothing when a question was blocked, when an answer was cut off, stopped, empty, or not in the schema:
each is looked for here. What is only malformed is asked about once more; what the model declined stays declined.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
from google.auth.exceptions import GoogleAuthError
from google.genai import types
from google.genai.errors import APIError

from infra.analyst import prices
from infra.analyst.answers import Said, Undescribed, Wrong, said_in, schema
from infra.analyst.patience import patiently
from infra.vertex.client import Vertex, retry_after
from internal.errors import PermanentFailure, TemporaryFailure
from internal.media import Reason, Span
from internal.ports import Usage
from internal.prompts import prompt, quoted
from internal.vlog import Language

_log = logging.getLogger(__name__)

#: tries of one question; none may be without a sign for longer than its share of the limit
TRIES = 3
MILLISECOND = timedelta(milliseconds=1)
#: enough for the longest answer that is asked for, in any language
_MOST_TOKENS = 2048
#: characters of a wrong answer that are shown to the model again; of a refusal, in the log
_SHOWN_AGAIN, _LONGEST_MESSAGE = 2000, 300
#: tokens that one answer may say it took, more than any model reads or writes: the ledger believes no others
_BELIEVED = 10_000_000
_NAMES: Mapping[Language, str] = {
    "en": "English",
    "ja": "Japanese",
    "zh-Hant": "Traditional Chinese as written in Taiwan",
    "zh-Hans": "Simplified Chinese",
    "ko": "Korean",
}
#: people's own days, shown to nobody but themselves: a beach is no offence
_FILTERS = [
    types.SafetySetting(category=category, threshold=types.HarmBlockThreshold.BLOCK_ONLY_HIGH)
    for category in (
        types.HarmCategory.HARM_CATEGORY_HARASSMENT,
        types.HarmCategory.HARM_CATEGORY_HATE_SPEECH,
        types.HarmCategory.HARM_CATEGORY_SEXUALLY_EXPLICIT,
        types.HarmCategory.HARM_CATEGORY_DANGEROUS_CONTENT,
    )
]
#: for the bill
_LABELS = {"product": "daylog", "purpose": "describe"}
#: RFC 9110: these may pass; every other refusal is about how we ask
_PASSING = frozenset({408, 425, 429, 499})
DECLINED = Reason(code="declined", text="The model declined to describe it.")
NOT_UNDERSTOOD = Reason(code="not_understood", text="The model's answer was not understood.")


@dataclass(frozen=True)
class Question:
    """`shown`: a photo as JPEG, or where a clip lies as mp4, gs://…; `moments`: what may be said of which stretch of
    it, by id, in seconds of what is shown."""

    shown: bytes | str
    language: Language
    moments: Mapping[str, Span]

    @property
    def parts(self) -> list[types.Part]:
        """The media, and beside it numbers of ours; no word of the user's."""
        stretches = [{"id": name, "from": span.start, "to": span.end} for name, span in self.moments.items()]
        return [self._media, types.Part.from_text(text=quoted({"moments": stretches}))]

    @property
    def resolution(self) -> types.MediaResolution:
        """A photo's signs should be readable; of a clip many pictures are looked at."""
        levels = types.MediaResolution
        return levels.MEDIA_RESOLUTION_LOW if isinstance(self.shown, str) else levels.MEDIA_RESOLUTION_MEDIUM

    @property
    def _media(self) -> types.Part:
        if isinstance(self.shown, str):
            return types.Part.from_uri(file_uri=self.shown, mime_type="video/mp4")
        return types.Part.from_bytes(data=self.shown, mime_type="image/jpeg")


class Asking:
    def __init__(self, vertex: Vertex, model: str, limit: timedelta, pause: float) -> None:
        """`limit` of a question with all its tries; `pause`: seconds before the second try, twice that before the
        third."""
        self._vertex, self._model = vertex, model
        retries = types.HttpRetryOptions(attempts=TRIES, initial_delay=pause, max_delay=10.0, jitter=pause)
        self._options = types.HttpOptions(timeout=round(limit / TRIES / MILLISECOND), retry_options=retries)

    def ask(self, question: Question, check: Callable[[], None], spend: Callable[[Usage], None]) -> Said:
        """Raises Undescribed; TemporaryFailure; PermanentFailure when this service is not set up to ask; and what
        `check` raises. `spend` is told of what was charged."""
        try:
            return said_in(self._text(question, "", check, spend))
        except Wrong as wrong:
            _log.warning("an answer of %s is of no use: %s", self._model, wrong)
            again = prompt("repair").filled(problem=str(wrong), answer=wrong.answer[:_SHOWN_AGAIN])
        try:
            return said_in(self._text(question, again, check, spend))
        except Wrong as wrong:
            _log.warning("nor is the answer that was to repair it: %s", wrong)
            raise Undescribed(NOT_UNDERSTOOD) from wrong

    def _text(self, question: Question, again: str, check: Callable[[], None], spend: Callable[[Usage], None]) -> str:
        """Raises Wrong too."""
        response = patiently(lambda: self._sent(question, again), check)
        used = response.usage_metadata
        if used is not None:
            tokens_in = _counted(used.prompt_token_count)
            tokens_out = _counted(used.candidates_token_count) + _counted(used.thoughts_token_count)
            spend(Usage(self._model, tokens_in, tokens_out, prices.price(self._model, tokens_in, tokens_out)))
        return _text_of(response)

    def _sent(self, question: Question, again: str) -> types.GenerateContentResponse:
        parts = question.parts + ([types.Part.from_text(text=again)] if again else [])
        with translate_errors(), self._vertex.call() as client:
            return client.models.generate_content(
                model=self._model,
                contents=[types.Content(role="user", parts=parts)],
                config=self._config(question),
            )

    def _config(self, question: Question) -> types.GenerateContentConfig:
        """Neither temperature nor top_p nor top_k: today's models are made for their own."""
        return types.GenerateContentConfig(
            system_instruction=prompt("describe").filled(language=_NAMES[question.language]),
            response_mime_type="application/json",
            response_json_schema=schema(list(question.moments)),
            max_output_tokens=_MOST_TOKENS,
            media_resolution=question.resolution,
            thinking_config=types.ThinkingConfig(thinking_level=types.ThinkingLevel.MINIMAL),
            safety_settings=_FILTERS,
            labels=_LABELS,
            http_options=self._options,
        )


@contextmanager
def translate_errors() -> Iterator[None]:
    """What the SDK raises once a question is on its way."""
    try:
        yield
    except APIError as error:
        if error.code >= 500 or error.code in _PASSING:
            raise TemporaryFailure("The model is out of reach.", retry_after(error)) from error
        _log.error("the model refuses our questions: %s", str(error)[:_LONGEST_MESSAGE])
        raise PermanentFailure("analyst_refused", "The model could not be asked.") from error
    except httpx.HTTPError as error:
        raise TemporaryFailure("The model does not answer.") from error
    except GoogleAuthError as error:
        raise TemporaryFailure("Google does not say who we are.") from error
    except (ValueError, TypeError, RecursionError) as error:  # a 200 that holds no answer, no object, or no JSON
        raise Wrong("it could not be read") from error


def _counted(tokens: int | None) -> int:
    return min(max(0, tokens or 0), _BELIEVED)


def _text_of(response: types.GenerateContentResponse) -> str:
    """Raises Undescribed, Wrong."""
    blocked = response.prompt_feedback and response.prompt_feedback.block_reason
    if blocked:
        _log.info("a question was blocked: %s", blocked)
        raise Undescribed(DECLINED)
    candidate = next(iter(response.candidates or ()), None)
    if candidate is None:
        raise Wrong("it was empty")
    parts = (candidate.content and candidate.content.parts) or ()
    text = "".join(part.text for part in parts if part.text and not part.thought)
    match candidate.finish_reason:
        case types.FinishReason.STOP | None:
            return text
        case types.FinishReason.MAX_TOKENS:
            raise Wrong("it was too long and cut off", text)
    _log.info("an answer was stopped: %s", candidate.finish_reason)
    raise Undescribed(DECLINED)
