"""The allow-list admits whom it names, in capitals or not, and nobody who only looks alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from internal.accounts import AllowList

LIST = AllowList(["@Example.org", " guest@example.com "])


@given(st.text() | st.emails())
def test_an_empty_list_admits_nobody(email: str) -> None:
    assert not AllowList([]).admits(email)


@pytest.mark.parametrize("email", ["a@example.org", "A.B+c@EXAMPLE.ORG", "Guest@example.com"])
def test_who_is_named_comes_in(email: str) -> None:
    assert LIST.admits(email)


@given(st.text(max_size=20), st.sampled_from(["", ".evil.test", "@evil.test", " ", "\n", "\0", "."]))
def test_who_only_begins_or_ends_alike_does_not(text: str, more: str) -> None:
    if more:
        assert not LIST.admits(f"a@example.org{more}")
    if text.lower().strip() not in ("", "@"):
        assert not LIST.admits(f"a@{text}.example.org")
        assert not LIST.admits(f"{text}guest@example.com")


@pytest.mark.parametrize("entry", ["", "example.org", "*", "@", "a b@example.org", "@a.org,@b.org", "@é.org"])
def test_an_entry_that_may_mean_something_else_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        AllowList([entry])
