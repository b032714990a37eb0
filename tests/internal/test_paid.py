"""What is done next about a paid scene, and what holds for its calls whatever happens in whatever order."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from internal.jobs import JobError
from internal.paid import (
    CHARGES,
    LOST,
    NEVER_FINISHED,
    OUTCOME_UNKNOWN,
    REFUSALS,
    Adopt,
    Asker,
    Doubt,
    Fail,
    GiveUp,
    Limits,
    LookAgain,
    Move,
    PaidCall,
    PaidState,
    Spending,
    Submit,
    Use,
    Watch,
    next_move,
)

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
WINDOW = timedelta(minutes=20)
LATER = NOW + WINDOW
REFUSED = JobError("refused", "It cannot be used.")
ME, ANOTHER = Asker("mine", 1, 3), Asker("another", 1, 1)


def intent(asker: Asker = ME, ordinal: int = 1) -> PaidCall:
    return PaidCall("owner", *asker, input_sha="ab", ordinal=ordinal, units=4, usd=0.2).intended(NOW, WINDOW)


def submitted(asker: Asker = ME, ordinal: int = 1) -> PaidCall:
    return intent(asker, ordinal).submitted(NOW, "name")


def done(asker: Asker = ME) -> PaidCall:
    return submitted(asker).done(NOW, "key")


def given_up(ordinal: int = 1) -> PaidCall:
    return intent(ME, ordinal).unknown().given_up(LATER, OUTCOME_UNKNOWN)


def put_off(ordinal: int = 1) -> PaidCall:
    return intent(ME, ordinal).put_off(NOW, REFUSED, WINDOW)


def move(*calls: PaidCall, objects: Mapping[str, str] | None = None, now: datetime = NOW) -> Move:
    return next_move(calls, objects or {}, ME, now)


def lying(call: PaidCall) -> dict[str, str]:
    return {call.prefix: "key"}


def test_a_scene_of_which_nothing_is_known_is_ordered() -> None:
    assert move() == Submit()


def test_what_was_made_before_is_used_whoever_ordered_it() -> None:
    theirs = done(ANOTHER)
    assert move(theirs, objects=lying(theirs)) == Use(theirs, "key")


def test_what_was_made_is_used_before_a_late_result_of_another_call_is_adopted() -> None:
    late, mine = given_up(), done(ANOTHER)
    assert move(late, mine, objects={**lying(late), **lying(mine)}) == Use(mine, "key")


@pytest.mark.parametrize("call", [intent(), submitted(), intent().unknown(), given_up(), intent(ANOTHER)])
def test_a_result_that_lies_where_it_should_is_adopted_however_the_call_stands(call: PaidCall) -> None:
    assert move(call, objects=lying(call), now=LATER) == Adopt(call, "key")


def test_nothing_is_adopted_from_a_call_that_was_refused() -> None:
    refused = intent().rejected(NOW, REFUSED)
    assert move(refused, objects=lying(refused)) == Fail(REFUSED)


@pytest.mark.parametrize(
    ("call", "now", "expected"),
    [
        (submitted(), NOW, Watch(submitted(), last=False)),
        (submitted(ANOTHER), NOW, Watch(submitted(ANOTHER), last=False)),
        (submitted(), LATER, Watch(submitted(), last=True)),
        (intent(), NOW, Doubt(intent())),
        (intent(ANOTHER), NOW, LookAgain()),
        (intent(ANOTHER), LATER, GiveUp(intent(ANOTHER), OUTCOME_UNKNOWN)),
        (intent().unknown(), NOW, LookAgain()),
        (intent().unknown(), LATER, GiveUp(intent().unknown(), OUTCOME_UNKNOWN)),
    ],
)
def test_while_a_call_is_open_nothing_else_is_ordered(call: PaidCall, now: datetime, expected: Move) -> None:
    assert move(call, now=now) == expected


def test_an_intent_of_the_run_before_is_in_doubt_too() -> None:
    before = intent(ME._replace(run_no=7))
    assert move(before) == Doubt(before)


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([given_up()], Submit()),
        ([given_up(), given_up(2)], Fail(OUTCOME_UNKNOWN)),
        ([intent().rejected(NOW, REFUSED)], Fail(REFUSED)),
        ([submitted().given_up(LATER, NEVER_FINISHED)], Fail(NEVER_FINISHED)),
        ([done().spoilt(REFUSED)], Fail(REFUSED)),
        ([done()], Fail(LOST)),
        ([given_up(), replace(done(), ordinal=2)], Fail(LOST)),
        ([put_off()], Submit()),
        ([put_off(ordinal) for ordinal in range(1, REFUSALS + 1)], Fail(REFUSED)),
    ],
)
def test_once_all_are_settled_it_is_ordered_again_or_not(calls: list[PaidCall], expected: Move) -> None:
    assert move(*calls, now=LATER) == expected


def test_what_failed_in_another_run_or_job_does_not_fail_this_one() -> None:
    theirs = intent(ANOTHER).rejected(NOW, REFUSED)
    before = intent(ME._replace(run_no=0)).rejected(NOW, REFUSED)
    assert move(theirs, before) == Submit()


def test_an_order_that_was_put_off_is_not_sent_again_before_its_pause_is_over() -> None:
    assert move(put_off(), now=LATER - timedelta(seconds=1)) == LookAgain(timedelta(seconds=1))


def test_what_was_spoilt_is_not_used_by_another_run_which_orders_again() -> None:
    spoilt = done(ANOTHER).spoilt(REFUSED)
    assert move(spoilt, objects=lying(spoilt)) == Submit()


def test_every_call_has_a_prefix_of_its_own() -> None:
    askers = [Asker(job, run, scene) for job in "ab" for run in (1, 11) for scene in (1, 11)]
    prefixes = {intent(asker, ordinal).prefix for asker in askers for ordinal in (1, 11)}
    assert len(prefixes) == 16
    assert not [one for one in prefixes for other in prefixes if one != other and one.startswith(other)]


# ---- in any order

CHANGES: dict[str, Callable[[PaidCall], PaidCall]] = {
    "submitted": lambda call: call.submitted(NOW, "name"),
    "unknown": lambda call: call.unknown(),
    "done": lambda call: call.done(NOW, "key"),
    "spoilt": lambda call: call.spoilt(REFUSED),
    "rejected": lambda call: call.rejected(NOW, REFUSED),
    "put off": lambda call: call.put_off(NOW, REFUSED, WINDOW),
    "given up": lambda call: call.given_up(NOW, OUTCOME_UNKNOWN),
}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=12))
def test_whatever_is_learnt_in_whatever_order_a_call_keeps_its_promises(learnt: list[str]) -> None:
    call = intent()
    for word in learnt:
        after = CHANGES[word](call)
        if not call.is_open:
            assert after.settled_at
            assert after.state in (call.state, PaidState.DONE)
        if call.state in (PaidState.DONE, PaidState.REJECTED):
            assert (after.state, after.charged) == (call.state, call.charged)
        assert (after.output is None) or after.state is PaidState.DONE
        assert after.charged == (0 if after.state is PaidState.REJECTED else 0.2)
        assert not after.again or after.state is PaidState.REJECTED
        assert after.is_open == (after.settled_at is None)
        call = after


STORIES = st.lists(
    st.tuples(st.sampled_from(sorted(CHANGES)), st.booleans(), st.sampled_from([NOW, LATER])), max_size=40
)


@settings(max_examples=300, deadline=None)
@given(STORIES)
def test_whatever_happens_one_call_is_open_at_most_and_two_are_charged(story: list[tuple[str, bool, datetime]]) -> None:
    calls: list[PaidCall] = []
    for word, appears, now in story:
        objects = lying(calls[-1]) if calls and appears else {}
        match next_move(calls, objects, ME, now):
            case Submit():
                assert all(not call.is_open for call in calls)
                calls.append(intent(ME, len(calls) + 1))
            case Adopt(call, key):
                calls[calls.index(call)] = call.done(now, key)
            case GiveUp(call, reason):
                calls[calls.index(call)] = call.given_up(now, reason)
            case Watch(call) | Doubt(call):
                calls[calls.index(call)] = CHANGES[word](call)
            case Fail() | Use():
                break
    charged = [call for call in calls if call.charged]
    assert len(charged) <= CHARGES
    assert len(calls) <= CHARGES + REFUSALS


# ---- limits


@pytest.mark.parametrize(
    ("spent", "usd", "wish", "code"),
    [
        (Spending(), 2.0, None, None),
        (Spending(), 2.01, None, "cost_limit"),
        (Spending(job=1.9), 0.2, None, "cost_limit"),
        (Spending(job=1.9), 0.2, 5.0, None),
        (Spending(), 0.2, 0.1, "cost_limit"),
        (Spending(), 0.2, 0.0, "cost_limit"),
        (Spending(owner=9.9), 0.2, None, "daily_limit"),
        (Spending(service=99.9), 0.2, None, "service_daily_limit"),
        (Spending(job=9, owner=99, service=999), 0.0, 0.0, None),
        (Spending(job=0.1 + 0.2), 0.3, 0.6, None),
    ],
)
def test_a_limit_is_kept_to_the_cent(spent: Spending, usd: float, wish: float | None, code: str | None) -> None:
    reason = Limits().exceeded(spent, usd, wish)
    assert (reason and reason.code) == code


def test_submissions_of_a_minute_are_limited() -> None:
    assert [Limits().too_many(Spending(submissions=number)) for number in (49, 50)] == [False, True]
