"""The form that asks for a vlog: its fields, its files, and what tells equal forms."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import SEEK_END
from typing import BinaryIO, cast

from flask import Request, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.formparser import FormDataParser

from app.api.bodies import CreateVlog
from app.api.languages import preferred_language
from app.api.reading import checked_id, checked_texts
from internal.errors import InvalidInput, TooLarge
from internal.uploads import Incoming
from internal.vlog import VlogSettings
from internal.vlogs import MOST_MEDIA

#: files are read this many bytes at a time
BLOCK = 1024 * 1024
MEDIA_FIELDS, ID_FIELDS = ("files", "files[]"), ("mediaIds", "mediaIds[]")


class FaithfulRequest(Request):
    """Raises ValueError for a form it cannot make out, where Flask's own takes it for an empty one."""

    def make_form_data_parser(self) -> FormDataParser:
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser


@dataclass(frozen=True)
class VlogForm:
    settings: VlogSettings
    media_ids: tuple[str, ...]
    files: tuple[Incoming, ...]
    music: Incoming | None

    @property
    def fingerprint(self) -> str:
        """Equal for equal forms, in whatever order their parts came; hex."""
        ids = [["mediaIds", media_id] for media_id in self.media_ids]
        files = [[file.field, file.name, _sha256(file.data)] for file in (*self.files, *filter(None, [self.music]))]
        given = [self.settings.model_dump(mode="json"), sorted(ids), sorted(files)]
        return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()


def read_form() -> VlogForm:
    """Raises InvalidInput, TooLarge, NotFound for what cannot be an id, UnsupportedMediaType."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("Send a form, with Content-Type: multipart/form-data.")
    try:
        files = [file for field in request.files for file in _files(field)]
    except RequestEntityTooLarge as error:
        raise TooLarge(
            f"Send at most {MOST_MEDIA} files and 30 MiB in one request; larger media go through /api/uploads."
        ) from error
    except ValueError as error:
        raise InvalidInput("This form did not arrive whole, or its parts cannot be told apart.") from error
    music = [file for file in files if file.field == "music"]
    form = VlogForm(_settings(), _media_ids(), tuple(file for file in files if file not in music), _only(music))
    if form.music and form.settings.music_id:
        raise InvalidInput("Give the music as a file or as musicId, not both.", "music")
    if not 1 <= len(form.media_ids) + len(form.files) <= MOST_MEDIA:
        raise InvalidInput(f"Give between 1 and {MOST_MEDIA} photos or clips.", "files")
    return form


def _settings() -> VlogSettings:
    """Empty fields count as not given: browsers send those too."""
    given = {name: values for name, values in request.form.lists() if name not in ID_FIELDS and any(values)}
    for name in set(given) & {*MEDIA_FIELDS, "music"}:
        raise InvalidInput(f"{name} should be a file: give its part a filename.", name)
    fields = checked_texts(CreateVlog, {"language": [preferred_language()], **given})
    if fields.music_id:
        checked_id(fields.music_id, f"media: {fields.music_id}")
    return VlogSettings.model_validate(fields.model_dump())


def _media_ids() -> tuple[str, ...]:
    given = [media_id for name in ID_FIELDS for media_id in request.form.getlist(name) if media_id]
    return tuple(dict.fromkeys(checked_id(media_id, f"media: {media_id}") for media_id in given))


def _files(field: str) -> Iterator[Incoming]:
    if field not in (*MEDIA_FIELDS, "music"):
        raise InvalidInput(f"{field} is no file of this request; send photos and clips as files.", field)
    for file in request.files.getlist(field):
        size = _size(file)
        if file.filename or size:  # a file input left empty
            yield Incoming(field, file.filename or "", cast(BinaryIO, file.stream), size)


def _only(music: list[Incoming]) -> Incoming | None:
    if len(music) > 1:
        raise InvalidInput("music was given more than once.", "music")
    return music[0] if music else None


def _size(file: FileStorage) -> int:
    """What arrived: what a part's own headers say proves nothing."""
    size = file.stream.seek(0, SEEK_END)
    file.stream.seek(0)
    return size


def _sha256(data: BinaryIO) -> str:
    found = hashlib.sha256()
    while block := data.read(BLOCK):
        found.update(block)
    data.seek(0)
    return found.hexdigest()
