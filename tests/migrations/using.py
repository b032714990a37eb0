"""Everything that this code asks of its rows: each method of the store once, on a database of its own."""

from dataclasses import replace
from datetime import timedelta

from internal.accounts import Person, Role
from internal.jobs import Dispatch, Job
from internal.media import Analysis, Facts, Kind, Media
from internal.paid import PaidCall
from internal.ports import Answer, KeyUse, Store, Usage, Wanted
from internal.storyboard import Card, Story
from internal.times import Times
from internal.vlog import Share, Vlog, VlogSettings

OWNER, FIRST, SECOND, TOKEN = "owner", "first", "second", "token"
SHA = "ab" * 32
FENCE = 1
#: long enough for the slowest machine that says all of it again
TIMES = Times(lease=timedelta(hours=1))
DAY = timedelta(days=1)
USE, OTHER_USE = KeyUse(OWNER, "route", "key", SHA), KeyUse(OWNER, "route", "other", SHA)
PERSON = Person("subject", "ana@example.org", "Ana")
FACTS = Facts(kind=Kind.PHOTO, content_type="image/jpeg", width=4, height=3)
STORY = Story(cards=(Card(id=1, kind=Kind.PHOTO, sha256=SHA, media_id="a", name="a.jpg", seconds=3.0),))
CALL = PaidCall(OWNER, FIRST, run_no=1, scene=1, input_sha=SHA, ordinal=1, units=4.0, usd=0.2)


def begin(store: Store) -> None:
    """Somebody signs in, sends media and asks for a vlog, whose job is leased."""
    user = store.admit(PERSON)
    store.set_role(user.id, Role.ADMIN)
    store.begin_session(SHA, user.id, DAY)
    for name in ("a", "b"):
        with store.begin() as tx:
            tx.add_media(Media(name, OWNER, f"media/{name}", f"{name}.jpg", 10), quota=100)
    with store.begin() as tx:
        tx.save_media(replace(store.media(OWNER, "a"), sha256=SHA, facts=FACTS))
    store.keep_analysis(OWNER, SHA, "measured", Analysis(facts=FACTS))
    store.claim_key(USE, DAY, DAY)
    ask(store, Vlog(FIRST, OWNER, VlogSettings(title="Kyoto"), ("a",)))
    store.dispatched(Dispatch(FIRST, 1, 1))
    with store.write(FIRST) as tx:
        tx.save(tx.job.lease(tx.now, TIMES), "leased")


def ask(store: Store, vlog: Vlog) -> None:
    params = {"settings": vlog.settings.model_dump(mode="json"), "media": list(vlog.media_ids)}
    with store.begin() as tx:
        tx.claim_media(OWNER, vlog.media_ids)
        if vlog.family:
            tx.next_number(vlog.family)
        tx.add_job(Job(vlog.id, "vlog", OWNER, params).created(tx.now))
        tx.add_vlog(vlog)
        if not vlog.family:
            tx.keep_answer(USE, Answer(202, {"vlogId": vlog.id}))


def go_on(store: Store) -> None:
    """The job is worked on and ends; then everything is looked at, changed and removed."""
    work(store)
    ask(store, Vlog(SECOND, OWNER, VlogSettings(title="Again"), ("a",), family=FIRST, number=2))
    look(store)
    change(store)
    remove(store)


def work(store: Store) -> None:
    assert store.renew(FIRST, FENCE, TIMES.lease).held
    with store.write(FIRST, FENCE) as tx:
        tx.add_checkpoint("analyze", SHA, {"seen": 1}, tx.now)
        tx.add_usage(Usage("model", 10, 10, 0.1))
        tx.put_story(FIRST, STORY)
        tx.story(FIRST)
        tx.spending()
        tx.add_paid_call(CALL.intended(tx.now, TIMES.unknown_for))
    with store.write(FIRST, FENCE) as tx:
        tx.save_paid_call(tx.paid_call(CALL.prefix).done(tx.now, f"{CALL.prefix}1.mp4"))
        tx.save(tx.job.complete(tx.now, {"seconds": 3.0}, partial=False), "completed")
        tx.share()
        tx.save_share(Share(TOKEN, FIRST, tx.now, tx.now + DAY))


def look(store: Store) -> None:
    store.ping()
    store.users()
    store.session(SHA)
    store.job(FIRST)
    store.vlog(OWNER, FIRST)
    store.vlogs(OWNER, 10, 0)
    store.vlogs(OWNER, 10, 0, Wanted(("kyoto",), frozenset({store.job(FIRST).status})))
    store.job_versions([FIRST, SECOND])
    store.standing([FIRST, SECOND])
    store.versions(OWNER, FIRST, 10, 0)
    store.shared(TOKEN)
    store.story(FIRST)
    store.media_list(OWNER, 10, 0)
    store.analysis(OWNER, SHA, "measured")
    store.paid_calls(OWNER, SHA)
    store.ledger(FIRST)
    store.spent(OWNER, FIRST)
    store.checkpoint(FIRST, "analyze", SHA)
    store.events(FIRST)
    store.unsettled(TIMES, 10)
    store.reapable_media(DAY, 10)
    store.reapable_vlogs(DAY, 10)
    store.expired_shares(10)


def change(store: Store) -> None:
    user = store.admit(PERSON)
    store.disable(user.id)
    store.enable(user.id)
    store.renew_session(SHA, DAY)
    store.end_session(SHA)
    store.correct_analysis(OWNER, SHA, {"caption": "Hers"})
    store.correct_analysis(OWNER, SHA, {"mood": "calm"})
    store.claim_key(USE, DAY, DAY)
    store.claim_key(OTHER_USE, DAY, DAY)
    store.release_key(OTHER_USE)


def remove(store: Store) -> None:
    for vlog_id in (FIRST, SECOND):
        with store.write(vlog_id) as tx:
            tx.save(tx.job.delete(tx.now), "deleted")
        store.reap_vlog(vlog_id)
    with store.begin() as tx:
        tx.remove_media("a")
    store.expire(DAY, DAY)
