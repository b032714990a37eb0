"""The store keeps its promises about users and their sessions."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from infra.postgres.store import PostgresStore
from internal.accounts import Person, Role
from internal.errors import InvalidInput

HOUR, NOTHING = timedelta(hours=1), timedelta(0)
ABSENT = "0" * 64


@pytest.fixture
def person() -> Person:
    """Somebody new for each test: the database is shared."""
    return Person(f"subject-{uuid.uuid4()}", "ana@example.org", "Ana 愛奈")


def new_session(store: PostgresStore, user_id: str, lasting: timedelta = HOUR) -> str:
    sha256 = uuid.uuid4().hex
    store.begin_session(sha256, user_id, lasting)
    return sha256


def test_somebody_new_is_a_user_without_rights(store: PostgresStore, person: Person) -> None:
    user = store.admit(person)
    assert (user.email, user.name, user.role, user.disabled_at) == ("ana@example.org", "Ana 愛奈", Role.USER, None)
    assert user in store.users()


def test_a_user_is_known_by_the_subject_whatever_else_changes(store: PostgresStore, person: Person) -> None:
    first = store.admit(person)
    store.set_role(first.id, Role.ADMIN)
    again = store.admit(Person(person.subject, "ana@example.com", "A."))
    assert (again.id, again.email, again.name, again.role) == (first.id, "ana@example.com", "A.", Role.ADMIN)
    assert again.seen_at
    assert first.seen_at
    assert again.seen_at > first.seen_at


def test_one_address_with_two_subjects_is_two_users(store: PostgresStore, person: Person) -> None:
    other = Person(f"other-{uuid.uuid4()}", person.email, person.name)
    assert store.admit(person).id != store.admit(other).id


def test_a_role_and_a_closed_account_last_over_a_new_sign_in(store: PostgresStore, person: Person) -> None:
    user = store.admit(person)
    store.set_role(user.id, Role.ADMIN)
    store.disable(user.id)
    again = store.admit(person)
    assert again.disabled_at
    assert again.role == Role.ADMIN
    store.enable(user.id)
    assert store.admit(person).disabled_at is None


def test_a_text_that_cannot_be_stored_is_refused(store: PostgresStore, person: Person) -> None:
    with pytest.raises(InvalidInput):
        store.admit(Person(person.subject, person.email, "a\0b"))


def test_a_session_leads_to_its_user(store: PostgresStore, person: Person) -> None:
    user = store.admit(person)
    session = store.session(new_session(store, user.id))
    assert session
    assert session.user == user
    assert HOUR / 2 < session.expires_at - datetime.now(UTC) < 2 * HOUR


def test_a_session_that_never_was_or_is_over_leads_nowhere(store: PostgresStore, person: Person) -> None:
    user = store.admit(person)
    ended = new_session(store, user.id)
    store.end_session(ended)
    over = new_session(store, user.id, NOTHING)
    assert [store.session(sha256) for sha256 in (ABSENT, ended, over)] == [None, None, None]


def test_a_session_is_renewed_unless_it_is_over(store: PostgresStore, person: Person) -> None:
    user = store.admit(person)
    live, over = new_session(store, user.id), new_session(store, user.id, NOTHING)
    before = store.session(live)
    for sha256 in (live, over):
        store.renew_session(sha256, 3 * HOUR)
    after = store.session(live)
    assert before
    assert after
    assert after.expires_at > before.expires_at + HOUR
    assert store.session(over) is None


def test_a_disabled_user_has_no_sessions_and_gets_none_back(store: PostgresStore, person: Person) -> None:
    user, other = store.admit(person), store.admit(Person(f"other-{uuid.uuid4()}", "b@example.org", "B"))
    before, others = new_session(store, user.id), new_session(store, other.id)
    store.disable(user.id)
    late = new_session(store, user.id)
    assert [store.session(sha256) for sha256 in (before, late)] == [None, None]
    assert store.session(others)
    store.enable(user.id)
    assert store.session(before) is None


def test_sessions_that_are_over_are_swept_and_live_ones_stay(store: PostgresStore, person: Person) -> None:
    user = store.admit(person)
    live, over = new_session(store, user.id), new_session(store, user.id, NOTHING)
    store.expire(HOUR, HOUR)
    assert store.session(live)
    store.begin_session(over, user.id, HOUR)  # would be there twice, had it not been swept
    assert store.session(over)
