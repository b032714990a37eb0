"""`python -m app.smoke URL`: whether a small vlog can be made there, from signing in to the film; then it is deleted.

A deployment asks this of a new version before anybody is served by it. The exit code is 0 only if
all went well, deleting included. Nothing is waited for without end.
"""

import argparse
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from app.client import Client, ClientError, Json, RequestRefused, VlogFailed
from app.drawn import photo, tune

#: by which what is left over is told from people's vlogs
NAME = "Smoke test"
PHOTOS = 2
#: of the film: short, and quick to render
WISHES = {"style": "footage", "duration": "20", "resolution": "480p", "captions": "true", "language": "en"}
#: seconds: for signing in, where the first to ask waits until an instance has started; for making the vlog, if not
#: said otherwise; for deleting what was made
SIGNING_IN, SECONDS, CLEANING = 120, 600, 60
#: where an mp4 says that it is one (ISO/IEC 14496-12 §4.3)
FTYP = slice(4, 8)


class Wrong(Exception):
    """Not what a vlog should be; the message is one sentence."""


class Stopped(BaseException):
    """By the clock, or by whoever runs us: what was made is deleted all the same."""


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.smoke", description=__doc__)
    parser.add_argument("url", metavar="URL", help="of the service to try")
    parser.add_argument("--id-token", type=Path, metavar="FILE", help="holds an ID token, where people sign in")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="the most that making the vlog may take")
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """The exit code."""
    options = arguments().parse_args(words)
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _stop)
    client, name = Client(options.url), f"{NAME} {uuid.uuid4()}"
    if not _went_well(lambda: sign_in(client, options.id_token), SIGNING_IN):
        return 1
    made = cleaned = False
    try:
        made = _went_well(lambda: make(client, name), options.seconds)
    finally:
        cleaned = _went_well(lambda: clean(client, name), CLEANING)
    return 0 if made and cleaned else 1


def sign_in(client: Client, id_token: Path | None) -> None:
    """Raises ClientError, OSError."""
    if id_token:
        client.sign_in(id_token.read_text().strip())
        _say("signed in")


def make(client: Client, name: str) -> None:
    """Raises Wrong, ClientError, OSError."""
    with tempfile.TemporaryDirectory() as folder:
        media, music = _uploaded(client, name, Path(folder))
        _say("uploaded")
        vlog_id = client.create_vlog(media, {**WISHES, "title": name, "musicId": music})
        _say(f"asked for {vlog_id}")
        check(_followed(client, vlog_id))
        film = Path(folder) / "film.mp4"
        client.save(vlog_id, film)
        if film.read_bytes()[FTYP] != b"ftyp":
            raise Wrong("What came as the film is no mp4.")
        _say(f"saved {film.stat().st_size} bytes")


def _uploaded(client: Client, name: str, folder: Path) -> tuple[list[str], str]:
    """Ids of the photos, and of the music."""
    contents = [(f"{name} {number}.png", photo(number)) for number in range(PHOTOS)]
    contents.append((f"{name}.wav", tune(5)))
    ids = []
    for file, content in contents:
        (folder / file).write_bytes(content)
        ids.append(str(client.upload(folder / file)["id"]))
    return ids[:-1], ids[-1]


def _followed(client: Client, vlog_id: str) -> Json:
    """The vlog, once it is over."""
    vlog: Json = {}
    step = None
    for vlog in client.watch(vlog_id, live=True):
        if vlog["step"] and vlog["step"] != step:
            step = vlog["step"]
            _say(f"in {step}")
    if vlog["status"] != "completed":
        raise VlogFailed(vlog)
    return vlog


def check(vlog: Json) -> None:
    """A vlog that says it is complete. Raises Wrong when it lacks something."""
    if vlog["error_code"] or vlog["warnings"]:
        raise Wrong(f"The film lacks something: {' '.join(vlog['warnings']) or vlog['error_code']}")
    if not 0 < vlog["duration"] <= float(WISHES["duration"]):
        raise Wrong(f"The film lasts {vlog['duration']} s.")
    shown = {segment["media_id"] for segment in vlog["segments"] if segment["media_id"]}
    if len(shown) != PHOTOS:
        raise Wrong(f"The film shows {len(shown)} of {PHOTOS} photos.")


def clean(client: Client, name: str) -> None:
    """By name, not by id: also what was made though its answer was lost. Raises ClientError, Wrong."""
    for vlog in _named(client.vlogs(), "title", name):
        client.delete_vlog(vlog["id"])
    for media in _named(client.media(), "name", name):
        # a worker that still stops keeps it for now: unused, it goes by itself within a day
        with suppress(RequestRefused):
            client.delete_media(media["id"])
    if left := _named(client.vlogs(), "title", name):
        raise Wrong(f"{left[0]['id']} could not be deleted.")
    client.sign_out()
    _say("deleted")


def _named(items: Iterator[Json], field: str, name: str) -> list[Json]:
    return [one for one in items if str(one[field]).startswith(name)]


def _went_well(work: Callable[[], None], seconds: int) -> bool:
    """Says what went wrong otherwise."""
    signal.alarm(seconds)
    try:
        work()
    except (Wrong, ClientError, OSError, Stopped) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return False
    finally:
        signal.alarm(0)
    return True


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Stopped("It took too long." if number == signal.SIGALRM else "Asked to end.")


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
