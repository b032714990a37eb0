"""The database goes away while a worker pays: what was paid for is found again, and nothing is assumed."""

from collections.abc import Callable, Iterator

import pytest

from internal.paid import PaidState
from tests.faults.gate import Gate, Verdict, gate
from tests.faults.ordering import Ordering
from tests.faults.statements import Statements, is_commit

UNKNOWN, DONE = PaidState.UNKNOWN, PaidState.DONE


def cut(verdict: Verdict, times: int, wanted: Callable[[int, bytes], bool]) -> Statements:
    """That becomes of the first statements that are wanted."""
    left = times

    def judge(connection: int, statement: bytes) -> Verdict:
        nonlocal left
        found = wanted(connection, statement)
        left -= found
        return verdict if found and left >= 0 else Verdict.PASS

    return Statements(judge)


def tells_operation(_: int, statement: bytes) -> bool:
    return b"/operations/" in statement


def commits_intent() -> Callable[[int, bytes], bool]:
    """True of a COMMIT where there was an intent before."""
    seen: set[int] = set()

    def wanted(connection: int, statement: bytes) -> bool:
        if statement.startswith(b"insert into paid_call"):
            seen.add(connection)
        return connection in seen and is_commit(statement)

    return wanted


@pytest.fixture(scope="module", autouse=True)
def between(ordering: Ordering) -> Iterator[Gate]:
    """A gate before the database, and a worker before that."""
    house = ordering.house
    with gate(house.database_port) as made, ordering.worker(DATABASE_URL=house.database_url(made.port)):
        yield made


def test_the_name_of_an_operation_is_kept_though_the_database_was_away(ordering: Ordering, between: Gate) -> None:
    between.judge = cut(Verdict.CUT, 1, tells_operation)
    film = ordering.film()
    ordering.complete(film)
    (call,) = ordering.ledger(film)
    assert call.operation
    assert ordering.sent(film) == 1


def test_an_order_whose_operation_could_not_be_kept_is_not_sent_again(ordering: Ordering, between: Gate) -> None:
    between.judge = cut(Verdict.CUT, 1000, tells_operation)
    film = ordering.film()
    ordering.complete(film)
    (call,) = ordering.ledger(film)
    assert (call.state, call.operation) == (DONE, None)
    assert ordering.sent(film) == 1


def test_an_intent_that_was_not_committed_sends_nothing(ordering: Ordering, between: Gate) -> None:
    between.judge = cut(Verdict.CUT, 1, commits_intent())
    film = ordering.film()
    ordering.complete(film)
    assert ordering.states(film) == [DONE]
    assert ordering.sent(film) == 1


def test_an_intent_that_was_committed_though_nobody_heard_is_looked_after(ordering: Ordering, between: Gate) -> None:
    between.judge = cut(Verdict.CUT_ANSWER, 1, commits_intent())
    film = ordering.film()
    ordering.until(film, UNKNOWN)
    assert ordering.sent(film) == 0
    ordering.let_window_pass(film)
    ordering.complete(film)
    assert ordering.states(film) == [UNKNOWN, DONE]
    assert ordering.sent(film) == 1
