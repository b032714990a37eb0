"""When the laptop's queue retries, gives up, and how fast it may go: the documented arithmetic."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.cloud_tasks.rates import Bucket
from infra.local.cloud_tasks.retries import LONGEST, RetryPolicy, retry_after_seconds


def policy(
    attempts: int = 100, age: float = 0, backoff: tuple[float, float] = (10, 300), doublings: int = 3
) -> RetryPolicy:
    return RetryPolicy(attempts, age, *backoff, doublings)


def test_the_backoff_is_the_documented_example() -> None:
    waits = [policy().backoff(attempts) for attempts in range(1, 10)]
    assert waits == [10, 20, 40, 80, 160, 240, 300, 300, 300]


def test_without_doublings_the_backoff_grows_by_its_least() -> None:
    waits = [policy(doublings=0).backoff(attempts) for attempts in range(1, 5)]
    assert waits == [10, 20, 30, 40]


@given(st.floats(0, 600), st.floats(0, 3600), st.integers(0, 10**6), st.lists(st.integers(1, 10**6), min_size=2))
def test_the_backoff_never_shrinks_and_stays_in_its_bounds(
    least: float, more: float, doublings: int, attempts: list[int]
) -> None:
    retry = policy(backoff=(least, least + more), doublings=doublings)
    waits = [retry.backoff(number) for number in sorted(attempts)]
    assert waits == sorted(waits)
    assert all(least <= wait <= least + more for wait in waits)


@pytest.mark.parametrize(
    ("attempts", "age", "given_up"),
    [(2, 99, False), (3, 9, False), (3, 10, True), (99, 9.9, False), (99, 10, True)],
)
def test_a_task_is_given_up_only_when_both_limits_are_reached(attempts: int, age: float, given_up: bool) -> None:
    assert policy(attempts=3, age=10).exhausted(attempts, age) is given_up


def test_without_an_age_the_attempts_decide() -> None:
    assert not policy(attempts=3).exhausted(2, age=10**9)
    assert policy(attempts=3).exhausted(3, age=0)


def test_without_a_limit_of_attempts_the_age_decides() -> None:
    assert not policy(attempts=-1, age=10).exhausted(10**6, age=9)
    assert policy(attempts=-1, age=10).exhausted(1, age=10)


def test_without_limits_a_task_is_never_given_up() -> None:
    assert not policy(attempts=-1).exhausted(10**6, age=10**9)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("7", 7),
        ("0", 0),
        ("9" * 5000, LONGEST),
        ("-1", 0),
        ("1.5", 0),
        ("soon", 0),
        ("", 0),
        ("²", 0),
        (format_datetime(datetime(2030, 1, 1, 0, 0, 30, tzinfo=UTC), usegmt=True), 30),
        (format_datetime(datetime(2029, 1, 1, tzinfo=UTC), usegmt=True), 0),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(header: str | None, seconds: float) -> None:
    assert retry_after_seconds(header, datetime(2030, 1, 1, tzinfo=UTC).timestamp()) == seconds


def test_a_bucket_fills_at_its_rate_and_no_further_than_its_size() -> None:
    empty = Bucket(0, at=100)
    assert empty.filled(rate=4, size=10, now=101).level == 4
    assert empty.filled(rate=4, size=10, now=200).level == 10


def test_a_bucket_ignores_a_clock_that_goes_back() -> None:
    assert Bucket(3, at=100).filled(rate=4, size=10, now=50).level == 3


def test_an_empty_bucket_says_how_long_to_wait() -> None:
    assert Bucket(0.5, at=0).wait(rate=2) == 0.25
    assert Bucket(1, at=0).wait(rate=2) == 0


@given(st.lists(st.floats(0, 2), max_size=50), st.floats(0.5, 500), st.integers(1, 100))
def test_a_bucket_never_gives_more_than_its_size_and_what_ran_in(steps: list[float], rate: float, size: int) -> None:
    bucket, taken = Bucket(float("inf"), at=0).filled(rate, size, now=0), 0
    now = 0.0
    for step in steps:
        now += step
        bucket = bucket.filled(rate, size, now)
        tokens = int(bucket.level)
        bucket, taken = bucket.take(tokens), taken + tokens
    assert taken <= size + rate * now + 1e-6
