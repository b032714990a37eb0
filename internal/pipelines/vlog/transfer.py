"""transfer: stream the finished film from the work store to the media store, and prove that it arrived.

Each file goes to a temporary key that carries the fence, is checked there by size and
checksum, and only then gets its final key: what has a final key is whole.
"""

import hashlib

from internal.errors import Damaged, NotFound, TemporaryFailure
from internal.faults import crash_point
from internal.pipeline import Done, Run
from internal.pipelines.vlog.compose import FILM_FILES
from internal.ports import Part
from internal.uploads import PART


def transfer(run: Run) -> Done:
    source, target = run.outputs["compose"]["folder"], f"vlogs/{run.job.id}/{run.job.run_no}"
    for number, (name, content_type) in enumerate(FILM_FILES.items()):
        run.progress(number / len(FILM_FILES), "Handing the film over")
        try:
            _move(run, f"{source}/{name}", f"{target}/{name}", content_type)
        except (NotFound, Damaged) as error:
            # without it compose's checkpoint does not hold: the next attempt makes the film again
            run.services.work.delete(f"{source}/{name}")
            raise TemporaryFailure("The finished film was lost on the way; it is put together again.") from error
    return Done({"folder": target})


def _move(run: Run, source: str, target: str, content_type: str) -> None:
    store = run.services.media
    temporary = f"incoming/{run.job.fence}/{target}"
    upload_id = store.start_upload(temporary, content_type)
    try:
        parts, size = _copy_parts(run, source, temporary, upload_id)
        store.finish_upload(temporary, upload_id, parts)
    except BaseException:
        store.abort_upload(temporary, upload_id)
        raise
    info = store.info(temporary)
    if info is None or info.size != size:
        raise TemporaryFailure("The media store does not hold what was sent.")
    crash_point("copy verified")
    run.check()
    store.copy(temporary, target)
    crash_point("copy final")
    store.delete(temporary)


def _copy_parts(run: Run, source: str, target: str, upload_id: str) -> tuple[list[Part], int]:
    """Equal parts, as R2 asks, one in memory at a time. The work store checks what we read; each part's ETag
    shows that the media store has what we sent."""
    parts, size = [], 0
    for number, block in enumerate(run.services.work.read(source, PART), start=1):
        part = run.services.media.put_part(target, upload_id, number, block)
        if part.etag.strip('"') != hashlib.md5(block, usedforsecurity=False).hexdigest():
            raise TemporaryFailure("A part of the film did not arrive as it was sent.")
        parts.append(part)
        size += len(block)
        crash_point("part copied")
        run.check()
    return parts, size
