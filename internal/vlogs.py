"""What people may do with vlogs: ask for one, cancel, retry, approve, delete, restore."""

import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress

from internal.errors import InvalidInput, NotFound, StartAnew
from internal.faults import crash_point
from internal.jobs import Job
from internal.media import Kind, Media, MediaState
from internal.ports import Services, Tx
from internal.runner import enqueue
from internal.vlog import Vlog, VlogSettings

#: media in one vlog
MOST_MEDIA = 100


def new_id() -> str:
    return str(uuid.uuid4())


def create(
    services: Services,
    owner_id: str,
    settings: VlogSettings,
    media_ids: Sequence[str],
    also: Callable[[Tx, Vlog], None] = lambda tx, vlog: None,
    smoke: bool = False,
) -> Vlog:
    """Ask for a vlog. `also` writes more in the same transaction. `smoke`: to see whether a version that does not
    serve yet can make one. Raises InvalidInput, NotFound.

    Once this returns the vlog will be made, whatever dies.
    """
    vlog = Vlog(new_id(), owner_id, settings, tuple(dict.fromkeys(media_ids)))
    if not 1 <= len(vlog.media_ids) <= MOST_MEDIA:
        raise InvalidInput(f"Give between 1 and {MOST_MEDIA} photos or clips.", "files")
    return submit(services, lambda tx: vlog, also, **({"smoke": True} if smoke else {}))


def submit(services: Services, ask: Callable[[Tx], Vlog], also: Callable[[Tx, Vlog], None], **params: object) -> Vlog:
    """Ask for the vlog that `ask` says, in one transaction with what `also` writes. `params`: what else its job is to
    know. Raises InvalidInput, NotFound, and what both raise."""
    with services.store.begin() as tx:
        vlog = ask(tx)
        _usable(tx, vlog.owner_id, vlog.settings, vlog.media_ids)
        asked = {"settings": vlog.settings.model_dump(mode="json"), "media": list(vlog.media_ids), **params}
        job = Job(vlog.id, "vlog", vlog.owner_id, asked).created(tx.now)
        tx.add_job(job)
        tx.add_vlog(vlog)
        also(tx, vlog)
        crash_point("creating")
    crash_point("created")
    enqueue(services, job)
    return vlog


def usable(services: Services, owner_id: str, settings: VlogSettings, media_ids: Sequence[str]) -> Sequence[Media]:
    """Media that `create` would take now, each once. Raises InvalidInput, NotFound."""
    with services.store.begin() as tx:
        return _usable(tx, owner_id, settings, tuple(dict.fromkeys(media_ids)))


def _usable(tx: Tx, owner_id: str, settings: VlogSettings, media_ids: Sequence[str]) -> Sequence[Media]:
    found = tx.claim_media(owner_id, media_ids)
    for media in found:
        _ready(media)
        if media.facts and media.facts.kind is Kind.MUSIC:
            raise InvalidInput(f"{media.name} holds only sound: give it as the music instead.", "files")
    if settings.music_id:
        (music,) = tx.claim_media(owner_id, [settings.music_id])
        _ready(music)
        if music.facts and music.facts.kind is Kind.PHOTO:
            raise InvalidInput(f"{music.name} is a photo: choose a file with sound as the music.", "music")
    return found


def _ready(media: Media) -> None:
    if media.state is not MediaState.READY:
        raise InvalidInput(f"{media.name} is not uploaded yet: finish the upload first.", "mediaIds")


def cancel(services: Services, owner_id: str, vlog_id: str) -> Job:
    """Raises NotFound, Conflict when it is over already."""
    return _change(services, owner_id, vlog_id, "cancel requested", lambda job, tx: job.cancel(tx.now))


def retry(services: Services, owner_id: str, vlog_id: str) -> Job:
    """A new run. Raises NotFound, Conflict unless it ended short of complete and its media are still there."""
    return _change(services, owner_id, vlog_id, "retried", _again)


def _again(job: Job, tx: Tx) -> Job:
    """A vlog that is over keeps nobody from deleting its media; from here on it does again."""
    again = job.retry(tx.now)
    music_id = job.params["settings"].get("music_id")
    claim_again(tx, job.owner_id, [*job.params["media"], *filter(None, [music_id])])
    return again


def claim_again(tx: Tx, owner_id: str, media_ids: Sequence[str]) -> None:
    """Media of a vlog that is over. Raises StartAnew when one of them is not there any more."""
    try:
        tx.claim_media(owner_id, media_ids)
    except NotFound as error:
        raise StartAnew("A file of this vlog has been deleted: make a new vlog of those you have.") from error


def approve(services: Services, owner_id: str, vlog_id: str) -> Job:
    """Go on with a vlog that waits for its owner. Raises NotFound, Conflict."""
    return _change(services, owner_id, vlog_id, "approved", _approved)


def _approved(job: Job, tx: Tx) -> Job:
    """Only this says that its owner has seen the story: a delivery that died before it could park has left one too."""
    resumed = job.resume(tx.now)
    story = tx.story(job.id)
    if story:
        tx.put_story(job.id, story.model_copy(update={"approved": True}))
    return resumed


def delete(services: Services, owner_id: str, vlog_id: str) -> None:
    """Hide it at once; the reaper removes its objects. Raises NotFound."""
    _change(services, owner_id, vlog_id, "deleted", lambda job, tx: job.delete(tx.now))


def restore(services: Services, owner_id: str, vlog_id: str) -> Job:
    """Bring back what was deleted not long ago; one that is there stays as it is. Raises NotFound, Conflict when it is
    too late."""
    _owned(services, owner_id, vlog_id)
    with services.store.write(vlog_id) as tx:
        return tx.save(tx.job.restore(tx.now, services.times), "restored") if tx.job.deleted_at else tx.job


def _owned(services: Services, owner_id: str, vlog_id: str) -> None:
    """Also a deleted one. Raises the NotFound that any absent one gets."""
    with suppress(NotFound):
        if services.store.job(vlog_id).owner_id == owner_id:
            return
    raise NotFound("There is no such vlog.")


def _change(services: Services, owner_id: str, vlog_id: str, event: str, change: Callable[[Job, Tx], Job]) -> Job:
    services.store.vlog(owner_id, vlog_id)
    with services.store.write(vlog_id) as tx:
        job = tx.save(change(tx.job, tx), event)
    enqueue(services, job)
    return job
