"""The documented shapes of requests: whatever is not in them is refused.

Messages are protobuf in JSON, so a field may be written in either case, camelCase or snake_case, and the SDK mixes
them. What Veo takes is a free-form value, in which only the documented spelling counts.
Sources: cloud.google.com/vertex-ai/generative-ai/docs, "Model reference" of Gemini and of Veo; and what google-genai
2.34 was seen to send.
"""

import base64
import binascii
import json
import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from tests.vertex.refusal import Refusal

#: of one inline picture
MOST_INLINE = 7 * 1024 * 1024
LABEL_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")
GS_URI = re.compile(r"gs://[a-z0-9._-]+/.+")
#: base64 of both kinds: the alphabet's last two characters, which tell them apart
STANDARD, URL_SAFE = b"+/", b"-_"


class Message(BaseModel):
    """Protobuf."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel, validate_by_name=True)


class Value(BaseModel):
    """Free-form: one spelling."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


def decoded(last: bytes) -> Any:
    """Bytes of base64 in that alphabet alone, padded."""

    def decode(text: object) -> bytes:
        if not isinstance(text, str):
            raise ValueError("must be a string")
        try:
            data = base64.b64decode(text, altchars=last)
        except binascii.Error as error:
            raise ValueError(f"Base64 decoding failed: {error}") from error
        # decoding passes over what is not in the alphabet
        if base64.b64encode(data, altchars=last).decode() != text:
            raise ValueError("Base64 decoding failed")
        if not 0 < len(data) <= MOST_INLINE:
            raise ValueError(f"must have 1 to {MOST_INLINE} bytes")
        return data

    return BeforeValidator(decode)


def labels_shape(labels: dict[str, str]) -> dict[str, str]:
    if len(labels) > 64:
        raise ValueError("at most 64 labels")
    for name, value in labels.items():
        if not (LABEL_NAME.fullmatch(name) and LABEL_VALUE.fullmatch(value)):
            raise ValueError(f"label {name!r}: {value!r} must be short, of lower-case letters, digits, _ and -")
    return labels


def gs_uri(text: str) -> str:
    if not GS_URI.fullmatch(text):
        raise ValueError("must be a Cloud Storage URI, gs://bucket/object")
    return text


def seconds(text: str) -> str:
    """google.protobuf.Duration."""
    if not re.fullmatch(r"\d+(\.\d{1,9})?s", text):
        raise ValueError("must be a duration such as 1.5s")
    return text


Labels = Annotated[dict[str, str], AfterValidator(labels_shape)]
GsUri = Annotated[str, AfterValidator(gs_uri)]
Duration = Annotated[str, AfterValidator(seconds)]
#: HEIC is documented, too, but the stand-in could not look at it
PictureType = Literal["image/png", "image/jpeg", "image/webp"]
VideoType = Literal[
    "video/mp4", "video/quicktime", "video/webm", "video/mpeg", "video/mpg", "video/avi", "video/x-flv", "video/wmv",
    "video/3gpp", "video/mov", "video/mpegps", "video/flv",
]  # fmt: skip


class Blob(Message):
    data: Annotated[bytes, decoded(URL_SAFE)]
    mime_type: PictureType


class FileData(Message):
    file_uri: GsUri
    mime_type: PictureType | VideoType


class VideoMetadata(Message):
    start_offset: Duration = "0s"
    end_offset: Duration | None = None
    fps: Annotated[float, Field(gt=0, le=24)] = 1.0


class PartResolution(Message):
    level: Literal[
        "MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM", "MEDIA_RESOLUTION_HIGH", "MEDIA_RESOLUTION_ULTRA_HIGH"
    ]


class Part(Message):
    text: str | None = None
    inline_data: Blob | None = None
    file_data: FileData | None = None
    video_metadata: VideoMetadata | None = None
    media_resolution: PartResolution | None = None
    thought: bool | None = None
    thought_signature: str | None = None

    @model_validator(mode="after")
    def _one_of(self) -> "Part":
        if sum(one is not None for one in (self.text, self.inline_data, self.file_data)) != 1:
            raise ValueError("a part has exactly one of text, inlineData and fileData")
        if self.video_metadata and (self.file_data is None or not self.file_data.mime_type.startswith("video/")):
            raise ValueError("videoMetadata is for videos")
        return self


class Content(Message):
    role: Literal["user", "model"] = "user"
    parts: Annotated[list[Part], Field(min_length=1)]


class Schema(Message):
    """The part of OpenAPI's schema that answers may be asked in."""

    type: Literal["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"] | None = None
    format: str | None = None
    title: str | None = None
    description: str | None = None
    nullable: bool | None = None
    default: Any = None
    example: Any = None
    enum: list[str] | None = None
    items: "Schema | None" = None
    min_items: int | str | None = None
    max_items: int | str | None = None
    properties: "dict[str, Schema] | None" = None
    required: list[str] | None = None
    property_ordering: list[str] | None = None
    additional_properties: Any = None
    min_properties: int | str | None = None
    max_properties: int | str | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | str | None = None
    max_length: int | str | None = None
    pattern: str | None = None
    any_of: "list[Schema] | None" = None
    ref: str | None = None
    defs: "dict[str, Schema] | None" = None


class ThinkingConfig(Message):
    include_thoughts: bool | None = None
    thinking_budget: Annotated[int, Field(ge=-1)] | None = None
    thinking_level: Literal["MINIMAL", "LOW", "MEDIUM", "HIGH"] | None = None


class GenerationConfig(Message):
    """Only what text in a schema needs: audio, images, tools are another product's."""

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: float | None = None
    top_k: float | None = None
    candidate_count: Literal[1] | None = None
    max_output_tokens: Annotated[int, Field(ge=1)] | None = None
    stop_sequences: list[str] | None = None
    seed: Annotated[int, Field(ge=-(2**31), lt=2**31)] | None = None
    response_mime_type: Literal["text/plain", "application/json", "text/x.enum"] | None = None
    response_schema: Schema | None = None
    response_json_schema: dict[str, Any] | None = None
    media_resolution: Literal["MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM", "MEDIA_RESOLUTION_HIGH"] | None = None
    thinking_config: ThinkingConfig | None = None
    audio_timestamp: bool | None = None

    @model_validator(mode="after")
    def _together(self) -> "GenerationConfig":
        asked = (self.response_schema is not None) + (self.response_json_schema is not None)
        if asked > 1:
            raise ValueError("responseSchema and responseJsonSchema exclude each other")
        if asked and self.response_mime_type in (None, "text/plain"):
            raise ValueError("a schema needs responseMimeType application/json")
        return self


class SafetySetting(Message):
    category: Literal[
        "HARM_CATEGORY_HARASSMENT",
        "HARM_CATEGORY_HATE_SPEECH",
        "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_DANGEROUS_CONTENT",
        "HARM_CATEGORY_CIVIC_INTEGRITY",
        "HARM_CATEGORY_JAILBREAK",
    ]
    threshold: Literal["BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF"]


class GenerateContent(Message):
    contents: Annotated[list[Content], Field(min_length=1)]
    system_instruction: Content | None = None
    generation_config: GenerationConfig = Field(default_factory=GenerationConfig)
    safety_settings: list[SafetySetting] = Field(default_factory=list)
    labels: Labels = Field(default_factory=dict)

    @property
    def parts(self) -> list[Part]:
        return [part for content in self.contents for part in content.parts]

    @property
    def words(self) -> str:
        said = [*(self.system_instruction.parts if self.system_instruction else ()), *self.parts]
        return "\n".join(part.text for part in said if part.text)


class Picture(Value):
    bytes_base64_encoded: Annotated[bytes, decoded(STANDARD)] | None = Field(None, alias="bytesBase64Encoded")
    gcs_uri: GsUri | None = None
    mime_type: Literal["image/jpeg", "image/png", "image/webp"]

    @model_validator(mode="after")
    def _one_of(self) -> "Picture":
        if (self.bytes_base64_encoded is None) == (self.gcs_uri is None):
            raise ValueError("an image has exactly one of bytesBase64Encoded and gcsUri")
        return self


class Instance(Value):
    prompt: Annotated[str, Field(min_length=1)]
    image: Picture | None = None
    last_frame: Picture | None = None


class Parameters(Value):
    """Documented in lower case, sent by the SDK in upper: both are taken."""

    sample_count: Annotated[int, Field(ge=1, le=4)] = 1
    storage_uri: Annotated[GsUri, Field(pattern="/$")] | None = None
    duration_seconds: Literal[4, 6, 8] = 8
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    aspect_ratio: Literal["16:9", "9:16"] = "16:9"
    resolution: Literal["720p", "1080p"] = "720p"
    person_generation: Literal["allow_adult", "dont_allow", "allow_all"] = "allow_adult"
    negative_prompt: str | None = None
    enhance_prompt: bool = True
    generate_audio: bool
    compression_quality: Literal["optimized", "lossless", "OPTIMIZED", "LOSSLESS"] = "optimized"
    resize_mode: Literal["pad", "crop", "PAD", "CROP"] = "pad"


class PredictLongRunning(Value):
    instances: Annotated[list[Instance], Field(min_length=1, max_length=1)]
    parameters: Parameters
    labels: Labels = Field(default_factory=dict)


class FetchPredictOperation(Message):
    operation_name: Annotated[str, Field(min_length=1)]


Shape = TypeVar("Shape", bound=BaseModel)


def parsed(shape: type[Shape], body: bytes) -> Shape:
    """Raises Refusal (400) that names the field at fault."""
    try:
        # not in one go: pydantic 2.13 passes over a field's other spelling when it reads the JSON itself
        return shape.model_validate(json.loads(body))
    except ValidationError as error:
        raise Refusal(400, "; ".join(_in_words(fault) for fault in error.errors())) from error
    except ValueError as error:
        raise Refusal(400, f"Invalid JSON payload received. {error}") from error


def _in_words(fault: Any) -> str:
    where = ".".join(str(step) for step in fault["loc"][:-1])
    if fault["type"] == "extra_forbidden":
        name = fault["loc"][-1]
        return f"Invalid JSON payload received. Unknown name \"{name}\" at '{where}': Cannot find field."
    return f"Invalid value at '{'.'.join(str(step) for step in fault['loc'])}': {fault['msg']}"
