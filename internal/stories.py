"""What people may do with a vlog's story: see it, change it while it waits for them, and tell it again as a version."""

from collections.abc import Callable, Sequence

from internal.errors import Changed, Conflict, StartAnew
from internal.jobs import Job, Status
from internal.ports import Services, Tx
from internal.storyboard import Change, Story, changed, within_limits
from internal.vlog import Vlog, VlogSettings
from internal.vlogs import claim_again, new_id, submit

#: what a vlog must be for its story to be told again
FINISHED = (Status.COMPLETED, Status.PARTIAL)


def story(services: Services, owner_id: str, vlog_id: str) -> tuple[Vlog, Story]:
    """Raises NotFound, Conflict when there is none."""
    vlog, job = services.store.vlog(owner_id, vlog_id)
    return vlog, _told(services.store.story(vlog_id), job)


def change(
    services: Services, owner_id: str, vlog_id: str, is_expected: Callable[[str], bool], changes: Sequence[Change]
) -> tuple[Vlog, Story]:
    """`is_expected` is asked about the ETag of the story as it stands. Raises NotFound, Conflict unless the vlog needs
    review, Changed, InvalidInput."""
    vlog, _ = services.store.vlog(owner_id, vlog_id)
    with services.store.write(vlog_id) as tx:
        if tx.job.parked_at is None:
            raise Conflict("Scenes are changed while a vlog needs review; of a finished one, make a version.")
        before = _told(tx.story(vlog_id), tx.job)
        if not is_expected(before.etag):
            raise Changed("The storyboard has changed since you read it: read it again.")
        after = changed(before, changes, vlog.settings)
        tx.put_story(vlog_id, after)
        tx.save(tx.job, "scenes changed")
    return vlog, after


def make_version(
    services: Services,
    owner_id: str,
    vlog_id: str,
    settings: Callable[[VlogSettings], VlogSettings],
    changes: Sequence[Change] | None,
    also: Callable[[Tx, Vlog], None] = lambda tx, vlog: None,
) -> Vlog:
    """Another vlog of the same family, which tells the story of this one. `settings` makes its settings of this
    one's; `also` writes more in the same transaction. Raises NotFound, InvalidInput, and Conflict unless this one is
    finished and its media are still there."""
    vlog, job = services.store.vlog(owner_id, vlog_id)
    if job.status not in FINISHED:
        raise Conflict("A version is made of a finished vlog: wait until this one is, or retry it.")
    told = _told(services.store.story(vlog_id), job)
    wanted = settings(vlog.settings).model_copy(update={"review": False})
    given = _given(told, changes, wanted)

    def ask(tx: Tx) -> Vlog:
        music = [vlog.settings.music_id] if wanted.music_id == vlog.settings.music_id else []
        claim_again(tx, owner_id, [*vlog.media_ids, *filter(None, music)])
        family = vlog.family or vlog.id
        return Vlog(new_id(), owner_id, wanted, vlog.media_ids, family=family, number=tx.next_number(family))

    def tell(tx: Tx, version: Vlog) -> None:
        tx.put_story(version.id, given)
        also(tx, version)

    return submit(services, ask, tell, version_of=vlog.id)


def _told(story: Story | None, job: Job) -> Story:
    """Raises Conflict, StartAnew. Of a vlog that was made before stories were kept, none ever will be."""
    if story and story.told:
        return story
    if job.finished:
        raise StartAnew("No story of this vlog is kept: make a new vlog of its media.")
    raise Conflict("The story is not told yet: ask again when the vlog has come so far.")


def _given(told: Story, changes: Sequence[Change] | None, settings: VlogSettings) -> Story:
    """For the version to begin with: its words and its music follow from its settings."""
    given = told if changes is None else changed(told, changes, settings)
    within_limits(given.cards, settings)
    return given.model_copy(update={"told": False, "approved": True})
