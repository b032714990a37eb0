"""`python -m app.cli vlog FOLDER`: a folder of photos and clips becomes a film, on this machine."""

import argparse
import errno
import signal
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from app.client import Client, ClientError, RequestRefused, VlogFailed
from app.laptop import StackFailed, running_stack
from app.progress import STEPS, Progress

#: files on their way at once: the service looks at each in a process of its own
FILES_AT_ONCE = 3
#: as many as one vlog may have
MOST_FILES = 100
#: exit codes: 128 + the signal's number, as shells have it
INTERRUPTED, TERMINATED = 130, 143


#: the form fields of the API that have an option here
FIELDS = (
    "title",
    "destination",
    "travelDate",
    "theme",
    "musicMood",
    "duration",
    "transition",
    "resolution",
    "aspect",
    "captions",
    "language",
    "musicStart",
    "musicEnd",
    "musicLoop",
    "musicVolume",
    "musicFade",
    "style",
    "maxCost",
)


class Unusable(Exception):
    """What was asked cannot be done; the message is one sentence."""


class Terminated(BaseException):
    """SIGTERM or SIGHUP: leave as for Ctrl-C, so that everything started is stopped."""


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.cli", description=__doc__)
    vlog = parser.add_subparsers(required=True, metavar="vlog").add_parser("vlog", help="make a vlog of a folder")
    vlog.add_argument("folder", type=Path, help="holds the day's photos and clips")
    vlog.add_argument("--out", type=Path, default=Path("vlog.mp4"), help="where the film goes")
    vlog.add_argument("--state", type=Path, default=Path(".daylog"), help="where Daylog keeps everything")
    vlog.add_argument("--music", type=Path, help="a file with the film's music")
    # these are fields of the API, by the same name; the service says what they may be
    vlog.add_argument("--title")
    vlog.add_argument("--destination")
    vlog.add_argument("--travel-date", dest="travelDate", metavar="YYYY-MM-DD")
    vlog.add_argument("--theme", help="adventure, relaxing, romantic or family")
    vlog.add_argument("--music-mood", dest="musicMood", help="calm, energetic, happy, nostalgic, tender or none")
    vlog.add_argument("--music-start", dest="musicStart", metavar="SECONDS", help="where in the music to begin")
    vlog.add_argument("--music-end", dest="musicEnd", metavar="SECONDS", help="where in the music to end")
    vlog.add_argument("--no-music-loop", dest="musicLoop", action="store_const", const="false")
    vlog.add_argument("--music-volume", dest="musicVolume", help="0 to 1")
    vlog.add_argument("--music-fade", dest="musicFade", metavar="SECONDS", help="how long it fades at the end")
    vlog.add_argument("--language", help="of captions and places: en, ja, zh-Hant, zh-Hans or ko")
    vlog.add_argument("--max-duration", dest="duration", metavar="SECONDS", help="10 to 180")
    vlog.add_argument("--transition", help="fade, slide or zoom")
    vlog.add_argument("--resolution", help="480p, 720p or 1080p")
    vlog.add_argument("--aspect", help="16:9, 9:16 or 1:1")
    vlog.add_argument("--no-captions", dest="captions", action="store_const", const="false")
    vlog.add_argument("--style", help="footage, or generated: photos are brought to life")
    vlog.add_argument("--max-cost", dest="maxCost", metavar="DOLLARS", help="the most that generated scenes may cost")
    return parser


def main(words: Sequence[str] | None = None) -> int:
    options = arguments().parse_args(words)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _terminate)
    progress = Progress()
    try:
        make_vlog(options, progress)
        return 0
    except KeyboardInterrupt:
        return _leave(progress, "Stopped.", INTERRUPTED)
    except Terminated:
        return _leave(progress, "Stopped.", TERMINATED)
    except (Unusable, StackFailed, ClientError) as error:
        return _leave(progress, str(error), 1)
    except OSError as error:
        return _leave(progress, _in_words(error, options.out), 1)


def make_vlog(options: argparse.Namespace, progress: Progress) -> None:
    """Raises Unusable, StackFailed, ClientError, OSError."""
    files = files_in(options.folder)
    if options.music and not options.music.is_file():
        raise Unusable(f"There is no music file {options.music}.")
    check_out(options.out)
    progress.show(0.0, "Starting Daylog")
    with running_stack(options.state) as url:
        _film(Client(url), files, options, progress)


def _film(client: Client, files: Sequence[Path], options: argparse.Namespace, progress: Progress) -> None:
    wishes = {name: value for name in FIELDS if (value := getattr(options, name)) is not None}
    if options.music:
        wishes["musicId"] = Uploads(client, progress).take([options.music])[0]["id"]
    media = Uploads(client, progress).take(files)
    vlog_id = client.create_vlog(shown(media, progress), wishes)
    vlog = followed(client, vlog_id, progress)
    client.save(vlog_id, options.out)
    progress.end()
    for warning in vlog["warnings"]:
        progress.say(f"Note: {warning}")
    cost = f"  ${vlog['cost']:.2f}" if vlog["cost"] else ""
    print(f"{options.out}  {vlog['duration']:.1f} s  {options.out.stat().st_size / 1e6:.1f} MB{cost}", flush=True)


def files_in(folder: Path) -> list[Path]:
    """By name; hidden ones and folders are not media. Raises Unusable."""
    if not folder.is_dir():
        kind = "is a file, not a folder: name the folder that holds it" if folder.exists() else "does not exist"
        raise Unusable(f"{folder} {kind}.")
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    if not files:
        raise Unusable(f"{folder} holds no files: put photos and clips into it.")
    if len(files) > MOST_FILES:
        raise Unusable(f"{folder} holds {len(files)} files, and a vlog takes {MOST_FILES} at most: remove some.")
    return files


def check_out(out: Path) -> None:
    """Before the work, not after it. Raises Unusable, OSError."""
    if out.is_dir():
        raise Unusable(f"{out} is a folder: name a file for the film.")
    if out.exists() and not out.is_file():
        raise Unusable(f"{out} is no ordinary file: name another for the film.")
    if not out.parent.is_dir():
        raise Unusable(f"There is no folder {out.parent} to put the film into.")
    with tempfile.TemporaryFile(dir=out.parent):
        return


class Uploads:
    """Files on their way in, with one bar for all of them."""

    def __init__(self, client: Client, progress: Progress) -> None:
        self._client = client
        self._progress = progress
        self._lock = threading.Lock()
        self._sent = 0
        self._total = 0

    def take(self, files: Sequence[Path]) -> list[dict[str, Any]]:
        """The media, in the files' order. Refused ones are named and left out. Raises Unusable when none is left."""
        self._total = sum(path.stat().st_size for path in files)
        self._show(0)
        with ThreadPoolExecutor(FILES_AT_ONCE) as pool:
            try:
                media = [one for one in pool.map(self._upload, files) if one]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        if not media:
            raise Unusable(f"None of the {len(files)} files could be used." if len(files) > 1 else "It is left out.")
        return media

    def _upload(self, path: Path) -> dict[str, Any] | None:
        try:
            return self._client.upload(path, self._show)
        except RequestRefused as error:
            if error.status == 507:
                raise
            reason = str(error)
        except OSError as error:
            reason = f"it cannot be read: {error.strerror}."
        self._progress.say(f"Left out {path.name}: {reason}")
        return None

    def _show(self, sent: int) -> None:
        with self._lock:
            self._sent += sent
            self._progress.show(0.0 if not self._total else self._sent / self._total, "Uploading")


def shown(media: Sequence[Mapping[str, Any]], progress: Progress) -> list[str]:
    """Ids of what can be seen. Raises Unusable when nothing can."""
    for one in media:
        if one["kind"] == "music":
            progress.say(f"Left out {one['name']}: it holds only sound; give it with --music to hear it.")
    ids = [one["id"] for one in media if one["kind"] != "music"]
    if not ids:
        raise Unusable("None of the files holds a picture.")
    return ids


def followed(client: Client, vlog_id: str, progress: Progress) -> dict[str, Any]:
    """The vlog, once made. Left early, it is cancelled: nobody waits for it any more. Raises VlogFailed."""
    vlog: dict[str, Any] = {}
    try:
        for vlog in client.watch(vlog_id, live=True):
            progress.show(vlog["progress"], STEPS.get(vlog["step"] or "", "Working"), vlog["message"] or "")
    except (KeyboardInterrupt, Terminated):
        with suppress(ClientError):
            client.cancel(vlog_id)
        raise
    if vlog["status"] != "completed":
        raise VlogFailed(vlog)
    return vlog


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise Terminated


def _leave(progress: Progress, sentence: str, code: int) -> int:
    progress.end()
    progress.say(sentence)
    return code


def _in_words(error: OSError, out: Path) -> str:
    where = error.filename or out
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"There is no room for {where}: make some and try again."
    return f"{where} cannot be used: {error.strerror}."


if __name__ == "__main__":
    sys.exit(main())
