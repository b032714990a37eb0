"""What is shown, when not everything can be: the best, from all of the day, nothing twice, nothing spoilt."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from internal.media import Kind, Moment, Place
from internal.vlog import VlogSettings
from tests.internal.given_days import NOON, at, clip, photo, sentences, shown, tell

LOOK, SAME_LOOK, OTHER_LOOK = "5a5aa5a55a5aa5a5", "5a5aa5a55a5aa5a0", "0f0ff0f00f0ff0f0"


def told(*day, **wish):
    return tell(day, VlogSettings(**wish))


def moment(start, score, fingerprint=""):
    return Moment(start=start, end=start + 4, score=score, fingerprint=fingerprint)


# ---------------------------------------------------------------- left out


def test_of_a_burst_the_best_is_kept():
    burst = [
        photo(f"{second}.jpg", NOON + timedelta(seconds=second), sharpness=sharp, fingerprint=look)
        for second, sharp, look in [(0, 0.6, LOOK), (2, 0.9, SAME_LOOK), (4, 0.7, LOOK)]
    ]
    film = told(*burst, photo("other.jpg", NOON, sharpness=0.8, fingerprint=OTHER_LOOK))
    assert shown(film.scenes) == ["other.jpg", "2.jpg"]
    assert sentences(film.warnings) == ["2 near-duplicates were left out."]


def test_the_same_view_at_another_hour_is_another_photo():
    assert len(told(photo("a.jpg", at(9), fingerprint=LOOK), photo("b.jpg", at(17), fingerprint=LOOK)).scenes) == 2


def test_a_copy_that_lost_its_time_is_a_copy():
    film = told(photo("a.jpg", fingerprint=LOOK), photo("IMG-20250517-WA0001.jpg", None, fingerprint=SAME_LOOK))
    assert shown(film.scenes) == ["a.jpg"]
    assert shown(told(photo("a.jpg", None, fingerprint=LOOK), photo("b.jpg", fingerprint=LOOK)).scenes) == ["b.jpg"]
    best = moment(1, 0.5, LOOK), moment(6, 0.7, OTHER_LOOK)
    film = told(clip("a.mp4", 12, best=best), clip("b.mp4", 12, None, best=best))
    assert sentences(film.warnings) == ["1 near-duplicate was left out."]


def test_even_surfaces_are_not_alike_for_being_even():
    assert len(told(*(photo(f"{each}.jpg", fingerprint="0" * 16) for each in range(3))).scenes) == 3


def test_the_clip_a_phone_records_with_a_photo_is_not_shown_beside_it():
    taken = NOON + timedelta(seconds=2)
    assert shown(told(photo("IMG_1.HEIC"), clip("IMG_1.MOV", 3, taken)).scenes) == ["IMG_1.HEIC"]
    assert len(told(photo("IMG_1.HEIC"), clip("IMG_1.MOV", 20, taken)).scenes) > 1
    assert len(told(photo("IMG_1.HEIC"), clip("IMG_2.MOV", 3, taken)).scenes) == 2
    assert len(told(photo("IMG_1.HEIC"), clip("IMG_1.MOV", 3, at(15))).scenes) == 2


def test_blurred_black_and_burnt_out_shots_are_left_out_and_counted():
    good = [photo(f"{each}.jpg", at(9, each), sharpness=0.8, exposure=0.8) for each in range(3)]
    bad = (
        photo("shaken.jpg", sharpness=0.2),
        photo("pocket.jpg", exposure=0.0),
        clip("dark.mp4", 9, exposure=0.05, sharpness=0.1),
    )
    film = told(*good, *bad)
    assert shown(film.scenes) == ["0.jpg", "1.jpg", "2.jpg"]
    assert sentences(film.warnings) == ["1 blurred shot and 2 black or burnt-out shots were left out."]


@pytest.mark.parametrize(
    "name",
    ["Screenshot_20250517-101530.png", "Screen Shot 2025-05-17 at 10.15.30.png", "スクリーンショット 2025-05-17.png"],
)
def test_a_screen_is_left_out_unless_there_is_nothing_else(name):
    film = told(photo("a.jpg"), photo(name, at(13)))
    assert shown(film.scenes) == ["a.jpg"]
    assert sentences(film.warnings) == ["1 screenshot was left out."]
    assert shown(told(photo(name)).scenes) == [name]


def test_a_soft_or_a_dark_day_is_not_poor_for_being_so():
    fog = [photo(f"{each}.jpg", at(9, each), sharpness=0.2, exposure=0.15) for each in range(3)]
    assert len(told(*fog).scenes) == 3


def test_fireworks_are_not_black():
    good = [photo(f"{each}.jpg", at(9, each)) for each in range(3)]
    assert "fireworks.jpg" in shown(told(*good, photo("fireworks.jpg", at(21), exposure=0.03, sharpness=0.9)).scenes)


def test_where_somebody_talks_the_picture_may_be_poor():
    good = [photo(f"{each}.jpg", at(9, each)) for each in range(3)]
    talk = clip("talk.mp4", 9, exposure=0.0, sharpness=0.0, speech=(moment(1, 0),))
    assert "talk.mp4" in shown(told(*good, talk).scenes)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["", LOOK])), min_size=1, max_size=8))
def test_something_is_always_shown(looks):
    day = [
        photo(f"{number}.jpg", NOON, sharpness=sharp, exposure=lit, fingerprint=look)
        for number, (sharp, lit, look) in enumerate(looks)
    ]
    assert told(*day).scenes


# ---------------------------------------------------------------- chosen


def test_when_room_is_short_the_worthiest_stay():
    day = [photo(f"{number}.jpg", at(12, number), sharpness=0.3 + number / 20) for number in range(10)]
    film = told(*day, duration=10)
    assert "9.jpg" in shown(film.scenes)
    assert sentences(film.warnings) == [
        f"{10 - len(film.scenes)} of 10 files are not shown, to stay within 10 seconds."
    ]
    few = told(*day[: len(film.scenes) + 1], duration=10)
    assert sentences(few.warnings) == [f"1 of {len(film.scenes) + 1} files is not shown, to stay within 10 seconds."]


def test_a_crowd_of_photos_at_lunch_does_not_drive_out_the_rest_of_the_day():
    lunch = [photo(f"lunch {each}.jpg", at(12, each), sharpness=0.9 + each / 1000) for each in range(50)]
    rest = [photo(f"{hour}.jpg", at(hour), sharpness=0.5) for hour in (8, 10, 15, 17, 20)]
    names = shown(told(*lunch, *rest, duration=45).scenes)
    assert [name for name in names if "lunch" not in name] == ["8.jpg", "10.jpg", "15.jpg", "17.jpg", "20.jpg"]
    assert len(names) > 7


def test_the_day_begins_and_ends_with_its_first_and_last():
    day = [photo(f"{each}.jpg", at(9, each), sharpness=0.75 - 0.05 * (each in (0, 39))) for each in range(40)]
    names = shown(told(*day, duration=15).scenes)
    assert (names[0], names[-1]) == ("0.jpg", "39.jpg")


def test_a_day_in_two_places_is_told_from_both():
    here, there = (Place(name=name, kilometres=0) for name in ("Nara", "Uji"))
    nara = [photo(f"nara {each}.jpg", at(10, each), here, sharpness=0.9) for each in range(30)]
    uji = [photo(f"uji {each}.jpg", at(10, 30 + each), there, sharpness=0.6) for each in range(5)]
    assert any("uji" in name for name in shown(told(*nara, *uji, duration=30).scenes))


def test_what_looks_different_is_chosen_before_more_of_the_same():
    same = [photo(f"same {each}.jpg", at(12, 3 * each), sharpness=0.9, fingerprint=LOOK) for each in range(20)]
    other = photo("other.jpg", at(12, 31), sharpness=0.6, fingerprint=OTHER_LOOK)
    assert "other.jpg" in shown(told(*same, other, duration=15).scenes)


def test_the_crispest_motif_does_not_drive_out_the_others_for_being_cropped_anew():
    """A hundred photos of sixteen motifs, in turn; no two have one shape, all of a motif have like colours."""
    random = Random(1)
    crops = [
        photo(
            f"{each % 16} {each}.jpg",
            at(8 + each // 10, each % 10 * 6),
            sharpness=1 - each % 16 / 40,
            fingerprint=f"{random.getrandbits(64):016x}",
            palette="".join(f"{random.randint(0, 2) + 12 * (bin_ == each % 16):x}" for bin_ in range(16)),
        )
        for each in range(100)
    ]
    motifs = Counter(name.split()[0] for name in shown(told(*crops, duration=60).scenes))
    assert len(motifs) >= 12
    assert max(motifs.values()) <= 2


def test_a_crowd_of_sharp_photos_does_not_drive_out_the_clips():
    sharp = [photo(f"{number}.jpg", at(9, number), sharpness=0.99) for number in range(20)]
    dull = [clip(f"{number}.mp4", 6, at(9, number), best=(moment(0, 0.1),)) for number in range(20)]
    kinds = [scene.kind for scene in told(*sharp, *dull, duration=60).scenes]
    assert abs(kinds.count(Kind.PHOTO) - kinds.count(Kind.CLIP)) <= 3


def test_every_media_is_shown_before_any_clip_is_shown_again():
    film = told(*(photo(f"{each}.jpg", at(9, each)) for each in range(8)), clip("a.mp4", 300, at(8)), duration=60)
    names = shown(film.scenes)
    assert len(set(names)) == 9
    assert names.count("a.mp4") > 1


# ---------------------------------------------------------------- best moments of clips


def test_the_best_moment_of_a_clip_is_in_the_middle_of_its_scene():
    film = told(photo("a.jpg", at(9)), clip("b.mp4", 60, best=(moment(1, 0.2), moment(30, 0.9))), duration=10)
    (scene,) = [scene for scene in film.scenes if scene.kind is Kind.CLIP]
    assert abs(scene.start + scene.seconds / 2 - 32) < 0.02


def test_the_best_moments_of_a_long_clip_come_before_what_lies_between():
    best = tuple(moment(start, 0.9) for start in (20, 60, 100))
    scenes = told(clip("a.mp4", 180, best=best), duration=20).scenes
    middles = [scene.start + scene.seconds / 2 for scene in scenes]
    assert all(min(abs(middle - (start + 2)) for middle in middles) < 1 for start in (20, 60, 100))


def test_what_lies_between_is_taken_from_all_of_the_clip():
    thirds = [int(scene.start // 60) for scene in told(clip("a.mp4", 180, best=(moment(1, 0.9),)), duration=40).scenes]
    assert set(thirds) == {0, 1, 2}


def test_a_shot_of_a_clip_that_was_put_together_before_is_shown_alone():
    film = told(clip("a.mp4", 30, cuts=(10.0, 20.0), best=(moment(8.5, 0.9), moment(24, 0.8))), duration=15)
    for scene in film.scenes:
        assert int(scene.start // 10) == int((scene.start + scene.seconds) // 10)


def test_a_moment_counts_for_the_shot_it_is_in():
    film = told(photo("a.jpg", at(9)), clip("b.mp4", 30, cuts=(15.0,), best=(moment(20, 0.9),)), duration=10)
    assert film.scenes[-1].start > 15


def test_of_a_quick_montage_the_longest_shot_is_shown():
    (scene,) = told(clip("a.mp4", 4, cuts=(1.0, 2.5))).scenes
    assert scene.start >= 1
    assert 2 <= scene.start + scene.seconds <= 4
