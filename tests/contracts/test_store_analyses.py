"""The store keeps what was found in a content, and what its owner knows better."""

from dataclasses import replace

from infra.postgres.store import PostgresStore
from internal.media import Analysis, Facts, Kind
from tests.contracts.rows import add_media, at_once

FOUND = Analysis(
    facts=Facts(kind=Kind.PHOTO, content_type="image/jpeg"),
    caption="A dog",
    mood="calm",
    latitude=35.0,
    longitude=139.0,
)


def test_the_first_analysis_of_a_content_stays(store: PostgresStore, owner: str) -> None:
    facts = Facts(kind=Kind.PHOTO, content_type="image/jpeg", width=4, height=3)
    first, second = Analysis(facts=facts, caption="first", latitude=35.01), Analysis(facts=facts, caption="second")
    for analysis in (first, second):
        store.keep_analysis(owner, "sha", "measured-1", analysis)
    assert store.analysis(owner, "sha", "measured-1") == first
    assert store.analysis(owner, "sha", "measured-2") is None
    assert store.analysis(f"not-{owner}", "sha", "measured-1") is None


def test_with_the_last_media_of_a_content_goes_what_is_known_of_it(store: PostgresStore, owner: str) -> None:
    other = f"not-{owner}"
    ours = [replace(add_media(store, who), sha256="sha") for who in (owner, owner, other)]
    facts = Facts(kind=Kind.PHOTO, content_type="image/jpeg")
    for who in (owner, other):
        store.keep_analysis(who, "sha", "measured-1", Analysis(facts=facts))
    with store.begin() as tx:
        for media in ours:
            tx.save_media(media)
    known = []
    for media in ours[:2]:
        with store.begin() as tx:
            tx.remove_media(media.id)
        known.append(store.analysis(owner, "sha", "measured-1") is not None)
    assert known == [True, False]
    assert store.analysis(other, "sha", "measured-1")


def test_what_the_owner_corrected_is_in_every_analysis_of_that_content_also_in_later_ones(
    store: PostgresStore, owner: str
) -> None:
    store.keep_analysis(owner, "sha", "en", FOUND)
    store.correct_analysis(owner, "sha", {"caption": "Kuro at sea 海", "objects": ["dog"]})
    store.correct_analysis(owner, "sha", {"latitude": None, "longitude": None, "objects": []})
    store.keep_analysis(owner, "sha", "ja", FOUND.model_copy(update={"mood": "happy"}))
    better = FOUND.model_copy(update={"caption": "Kuro at sea 海", "latitude": None, "longitude": None})
    assert store.analysis(owner, "sha", "en") == better
    assert store.analysis(owner, "sha", "ja") == better.model_copy(update={"mood": "happy"})
    assert store.analysis(owner, "sha", "zh") is None


def test_a_correction_is_its_owners_and_its_contents_alone(store: PostgresStore, owner: str) -> None:
    other = f"not-{owner}"
    for who, sha in ((owner, "sha"), (owner, "other"), (other, "sha")):
        store.keep_analysis(who, sha, "en", FOUND)
    store.correct_analysis(owner, "sha", {"caption": "Kuro"})
    assert store.analysis(owner, "other", "en") == store.analysis(other, "sha", "en") == FOUND


def test_of_corrections_at_once_none_is_lost(store: PostgresStore, owner: str) -> None:
    store.keep_analysis(owner, "sha", "en", FOUND)
    changes = [{"caption": "Kuro"}, {"mood": "wild"}, {"objects": ["a"]}, {"description": "x"}]
    assert at_once(4, lambda number: store.correct_analysis(owner, "sha", changes[number])) == [None] * 4
    found = store.analysis(owner, "sha", "en")
    assert found
    assert (found.caption, found.mood, found.objects, found.description) == ("Kuro", "wild", ("a",), "x")
