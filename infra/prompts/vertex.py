"""Prompts as Vertex AI keeps them, each version with its number, through `agentplatform`.

That package comes with google-cloud-aiplatform and takes two seconds and 200 MiB to import: only an operator's command
uses this module, and nothing else uses that package.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
from agentplatform import Client, types
from google.auth.exceptions import GoogleAuthError
from google.genai.errors import APIError
from google.genai.types import Content, HttpOptions, Part

from infra.vertex.client import credentials
from internal.errors import PermanentFailure, TemporaryFailure
from internal.ports.prompts import Published
from internal.prompts import Prompt

_TIMEOUT_MS = 30_000
#: the SDK asks for a second page without saying of which prompt, so all has to be on the first
_PAGE = 1000
_LABEL = re.compile(r"version (\d+)")


@contextmanager
def translate_errors(where: str) -> Iterator[None]:
    """`where`: the project and location that were asked."""
    try:
        yield
    except APIError as error:
        raise _failure(error, where) from error
    except GoogleAuthError as error:
        raise PermanentFailure("not_authenticated", f"Google does not say who we are: {error}") from error
    except (httpx.TransportError, TimeoutError) as error:
        raise TemporaryFailure(f"Vertex AI is out of reach, or not done in time: {error}") from error
    except ValueError as error:  # also what the SDK raises for work of theirs that failed
        raise PermanentFailure("no_prompt", f"Vertex AI answered what is no prompt: {error}") from error


class VertexPrompts:
    """A prompt `name` is called "daylog-name" there, and its versions "version 1", "version 2", …"""

    def __init__(self, project: str, location: str, model: str, endpoint: str | None) -> None:
        """`model`: Vertex AI keeps no prompt without one; its console tries the prompt with it. `endpoint`: a local
        server that speaks the same API."""
        self._where, self._model = f"{project}, {location}", model
        with translate_errors(self._where):
            self._client = Client(
                project=project,
                location=location,
                credentials=credentials(endpoint),
                http_options=HttpOptions(base_url=endpoint, timeout=_TIMEOUT_MS),
            )

    def versions(self, name: str) -> Sequence[Published]:
        with translate_errors(self._where):
            prompt_id = self._find(name)
            found = self._kept(prompt_id) if prompt_id else ()
            return _numbered(sorted(found, key=_saved_at))

    def publish(self, prompt: Prompt) -> None:
        label = f"version {prompt.version}"
        with translate_errors(self._where):
            prompt_id = self._find(prompt.name)
            if prompt_id is None:
                named = types.CreatePromptVersionConfig(
                    prompt_display_name=_called(prompt.name), version_display_name=label
                )
                self._client.prompts.create_version(prompt=self._as_theirs(prompt), config=named)
            else:
                changed = types.UpdatePromptConfig(version_display_name=label)
                self._client.prompts.update(prompt_id=prompt_id, prompt=self._as_theirs(prompt), config=changed)

    def _find(self, name: str) -> str | None:
        """The vendor's id of the prompt; names are not unique there."""
        wanted = types.ListPromptsConfig(filter=f'display_name="{_called(name)}"', page_size=_PAGE)
        found = [one.prompt_id for one in self._client.prompts.list(config=wanted)]
        if len(found) > 1:
            message = f"There are {len(found)} prompts called {_called(name)} in {self._where}: delete all but one."
            raise PermanentFailure("ambiguous_prompt", message)
        return found[0] if found else None

    def _kept(self, prompt_id: str) -> Iterator[Any]:
        """As they were saved: a version's text is in its own metadata alone, the SDK's prompt has the newest one's."""
        all_of_them = types.ListPromptsConfig(page_size=_PAGE)
        for one in self._client.prompts.list_versions(prompt_id=prompt_id, config=all_of_them):
            yield self._client.prompts.get_version(prompt_id=prompt_id, version_id=one.version_id).dataset_version

    def _as_theirs(self, prompt: Prompt) -> types.Prompt:
        said = Content(role="user", parts=[Part(text=prompt.text)])
        # each has to have a value for the console to know of it
        variables = [{name: Part(text=name) for name in prompt.variables}] if prompt.variables else None
        return types.Prompt(prompt_data=types.PromptData(model=self._model, contents=[said], variables=variables))


def _called(name: str) -> str:
    return f"daylog-{name}"


def _saved_at(version: Any) -> datetime:
    return version.create_time or datetime.min.replace(tzinfo=UTC)


def _numbered(versions: Iterable[Any]) -> list[Published]:
    """From the oldest: what has no number of ours comes after the one before."""
    numbered: list[Published] = []
    for version in versions:
        label = _LABEL.fullmatch(version.display_name or "")
        number = int(label[1]) if label else (numbered[-1].version if numbered else 0) + 1
        numbered.append(Published(number, _text(version), _saved_at(version)))
    return numbered


def _text(version: Any) -> str:
    """All that it says, as our files have it: without blanks at its ends, lines ended by a newline."""
    try:
        contents = version.metadata.prompt_api_schema.multimodal_prompt.prompt_message.contents
        parts = [part.text or "" for content in contents for part in content.parts]
    except (AttributeError, TypeError) as error:
        raise ValueError(f"{version.name} has no text") from error
    return "\n".join("".join(parts).splitlines()).strip()


def _failure(error: APIError, where: str) -> Exception:
    said = f"Vertex AI said: {error.message or error.status or error.code}"
    if error.code in (401, 403):
        return PermanentFailure(
            "not_allowed", f"We may not use the prompts in {where}: that takes the role roles/aiplatform.user. {said}"
        )
    if error.code in (408, 429) or error.code >= 500:
        return TemporaryFailure(f"Vertex AI cannot do this now. {said}")
    return PermanentFailure("refused", f"Vertex AI refused this in {where}. {said}")
