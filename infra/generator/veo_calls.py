"""Veo's two calls: an order that must never be sent twice, and a question that may be asked again."""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from google.genai import types
from google.genai.errors import APIError, ClientError

from infra.generator.veo_reasons import filtered, speaks_of_a_filter
from infra.vertex.client import Vertex, retry_after
from infra.vertex.in_time import NeverSent
from internal.errors import OutcomeUnknown, PermanentFailure, TemporaryFailure
from internal.ports import Order
from internal.prompts import prompt

_log = logging.getLogger(__name__)
#: about our account or the model, not about the order: for whoever runs the service to mend
_OURS = frozenset({401, 403, 404})
_LONGEST_LABEL = 63
#: of a vendor's message, in the log
_LONGEST_MESSAGE = 300


class Calls:
    """To one model. Several threads may use it."""

    def __init__(self, vertex: Vertex, model: str) -> None:
        self._vertex, self._model = vertex, model

    def submit(self, order: Order, uri: str) -> str:
        """Raises as `SceneGenerator.start`."""
        source = types.GenerateVideosSource(prompt=order.prompt, image=_image(order))
        config = _config(order, uri)
        # by the synchronous client: the asynchronous one, over aiohttp, sends a request again when its answer is lost
        with self._vertex.call() as client, _told():
            operation = client.models.generate_videos(model=self._model, source=source, config=config)
        # without a name to ask for, the order may be under way all the same
        if "/operations/" not in (operation.name or ""):
            raise OutcomeUnknown("The generator has not named its work.")
        return str(operation.name)

    def ask(self, operation: str) -> types.GenerateVideosOperation | None:
        """None when it is not known there. Raises TemporaryFailure: to ask again changes nothing and costs nothing,
        so that is left to who asks every few seconds anyway."""
        named = types.GenerateVideosOperation.model_validate({"name": operation})
        try:
            with self._vertex.call() as client:
                return client.operations.get(named)
        except APIError as error:
            if error.code == 404:
                return None
            # whatever the status: nothing but an answer about the work itself may end what was paid for
            raise TemporaryFailure("The generator does not say how it stands.", retry_after(error)) from error
        except Exception as error:
            # of the network, or an answer that cannot be read
            raise TemporaryFailure("The generator does not say how it stands.") from error


@contextmanager
def _told() -> Iterator[None]:
    """What came of sending the order. Only a refusal, read whole, says that it was not taken."""
    try:
        yield
    except NeverSent as error:
        raise TemporaryFailure("The generator is out of reach.") from error
    except ClientError as error:
        raise _refusal(error) from error
    except Exception as error:
        # 5xx: perhaps after the order was taken. The network's: perhaps of the answer alone. Not to be read: it was
        # answered, with success. Whatever else the SDK raises comes after it has sent
        raise OutcomeUnknown(f"The generator's answer tells nothing: {type(error).__name__}.") from error


def _refusal(error: ClientError) -> Exception:
    message = str(error.message or "")[:_LONGEST_MESSAGE]
    level = logging.ERROR if error.code in _OURS else logging.WARNING
    _log.log(level, "the generator refused an order", extra={"status": error.code, "vendor_message": message})
    if error.code in _OURS:
        return PermanentFailure("generator_unavailable", "The generator is not open to this service.")
    match error.code:
        case 408 | 499:  # the server gave up on it, or was told that we had, in the middle: it may have been taken
            return OutcomeUnknown(f"The generator's answer tells nothing: {error.code}.")
        case 429:
            return TemporaryFailure("The generator takes no more orders for now.", retry_after(error))
    if speaks_of_a_filter(message):
        reason = filtered([message])
        return PermanentFailure(reason.code, reason.message)
    return PermanentFailure("order_refused", "The generator refused this photo, or what was to become of it.")


def _image(order: Order) -> types.Image:
    return types.Image(image_bytes=order.photo.read_bytes(), mime_type="image/jpeg")


def _config(order: Order, uri: str) -> types.GenerateVideosConfig:
    return types.GenerateVideosConfig(
        number_of_videos=1,
        output_gcs_uri=uri,
        duration_seconds=order.seconds,
        aspect_ratio=order.aspect,
        resolution=order.resolution,
        seed=order.seed,
        labels=_labels(order.labels),
        negative_prompt=prompt("avoid").text,
        person_generation="allow_adult",
        resize_mode=types.ImageResizeMode.CROP,
        enhance_prompt=True,  # 3.1 knows nothing else
        generate_audio=False,  # the film would not let it be heard
    )


def _labels(labels: Mapping[str, str]) -> dict[str, str]:
    """As Google's bills have them: lower-case letters, digits, `-` and `_`. A wrong one would fail the order."""
    return {_label(name): _label(value) for name, value in labels.items()}


def _label(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "-", text.lower())[:_LONGEST_LABEL]
