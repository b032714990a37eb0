"""What a vlog would cost is told before it starts, and holds when it is told."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from internal.estimate import shown_photos
from internal.media import Kind
from internal.storyboard import Found, Tune
from internal.vlog import VlogSettings
from tests.internal.given_days import NOON, clips, photo, tell, tunes, wishes


@st.composite
def full_days(draw: st.DrawFn) -> list[Found]:
    """More than fits: photos that nobody would leave out, and some clips."""
    photos = [photo(f"p{each}", NOON + timedelta(minutes=each)) for each in range(draw(st.integers(0, 60)))]
    filmed = [draw(clips(f"c{each}", 60)) for each in range(draw(st.integers(not photos, 4)))]
    return [*photos, *filmed]


@given(full_days(), wishes, tunes)
def test_the_story_shows_as_many_photos_as_was_told(
    day: list[Found], settings: VlogSettings, tune: Tune | None
) -> None:
    shown = [scene for scene in tell(day, settings, tune).scenes if scene.kind is Kind.PHOTO]
    told = shown_photos(settings, [one.analysis.facts for one in day])
    assert told.low <= len(shown) <= told.high
