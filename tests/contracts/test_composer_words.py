"""What every Composer must do with words: they are looked for in the pixels where they belong."""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from internal.film import Chunk, Film, View, canvas_of
from internal.vlog import Transition, VlogSettings
from tests.contracts.small_films import film_of, frames, nothing, photo, render, write_flat

Seen = NDArray[np.int16]
Look = Callable[..., Seen]

#: frames: the scenes here, when title and caption are on, when the ending is
OF, MIDDLE, LATE = 105, 45, 80
#: what is at least as bright is a letter, on anything dark or grey
LETTER = 185
#: shares of the canvas that stay free: sides, top, bottom
SAFE = {"16:9": (0.06, 0.06, 0.06), "1:1": (0.06, 0.06, 0.06), "9:16": (0.08, 0.13, 0.21)}


@pytest.fixture
def look(composer, tmp_path) -> Look:
    """One frame of a scene with words on a plain picture, as the film shows it, in brightness."""

    def look(number: int = MIDDLE, short: int = 180, aspect: str = "16:9", on: str = "grey", **words: object) -> Seen:
        media = {"back": write_background(tmp_path / f"{on}.png", on)}
        view = View(scene=photo("back", OF / 30, **words), first=number, count=1, of=OF)
        chunk = Chunk(canvas=canvas_of(VlogSettings.model_validate({"aspect": aspect}), short), views=(view,))
        ((_, path),) = composer.render([chunk], media, tmp_path, nothing)
        return frames(path)[0].mean(axis=2).astype(np.int16)

    return look


def write_background(path, on):
    if on != "busy":
        return write_flat(path, on, (64, 64))
    noise = np.random.default_rng(3).integers(0, 256, (40, 40, 3), np.uint8)
    Image.fromarray(noise).resize((640, 640), Image.Resampling.NEAREST).save(path)
    return path


def rows(seen: Seen, top: float, bottom: float) -> Seen:
    """Between these shares of the height."""
    return seen[round(len(seen) * top) : round(len(seen) * bottom)]


def ink(seen: Seen) -> tuple[float, float, float, float]:
    """Shares of the canvas that are free of letters: left, top, right, bottom."""
    letters = seen > LETTER
    across, down = np.flatnonzero(letters.any(axis=0)), np.flatnonzero(letters.any(axis=1))
    height, width = seen.shape
    return across[0] / width, down[0] / height, 1 - (across[-1] + 1) / width, 1 - (down[-1] + 1) / height


# ---------------------------------------------------------------- scripts


@pytest.mark.parametrize("words", ["Žluťoučký kůň", "京都の秋", "上海之旅", "서울의 밤", "Ελλάδα", "Москва"])
def test_words_of_any_script_are_where_they_belong(look, words):
    seen = look(title=words, subtitle=words, caption=words)
    assert (rows(seen, 0.3, 0.48) > LETTER).sum() > 100, "the title"
    assert (rows(seen, 0.52, 0.66) > LETTER).sum() > 30, "the subtitle"
    assert (rows(seen, 0.85, 0.95) > LETTER).sum() > 30, "the caption"
    assert (rows(seen, 0.0, 0.25) < LETTER).all()
    assert (rows(seen, 0.7, 0.84) < LETTER).all()


def test_the_users_language_chooses_how_shared_characters_are_drawn(look):
    drawn = {language: look(title="骨直今誤", language=language) for language in ("ja", "zh-Hans", "zh-Hant", "ko")}
    assert all(abs(one - other).max() > 60 for one, other in combinations(drawn.values(), 2))


@pytest.mark.parametrize(
    ("title", "language"),
    [("骨と直", "ja"), ("骨头直边", "zh-Hans"), ("骨頭與臺灣", "zh-Hant"), ("골 骨直", "ko"), ("辻の骨", "ja")],
)
def test_in_english_the_characters_tell_which_language_they_are_of(look, title, language):
    assert (look(title=title) == look(title=title, language=language)).all()


@pytest.mark.parametrize("gone", ["\U0001f3d6\ufe0f", "\x07", "שלום", "สวัสดี", "👨\u200d👩\u200d👧"])
def test_what_no_font_has_leaves_no_gap(look, gone):
    assert (look(title=gone, caption=gone) == look()).all()
    assert (look(caption=f"A {gone} day{gone}") == look(caption="A day")).all()


def test_an_accent_is_the_same_however_it_is_written(look):
    assert (look(title="Cafe\u0301 Z\u030cizkov") == look(title="Café Žizkov")).all()


# ---------------------------------------------------------------- room


@pytest.mark.parametrize("short", [480, 1080])
@pytest.mark.parametrize("aspect", SAFE)
def test_words_stay_where_no_screen_hides_them(look, aspect, short):
    long = "W" * 30 + " 長い長い一日の思い出をひとつずつ集めて、海辺の町をゆっくりと歩いた " + "gjpq " * 12
    sides, top, bottom = SAFE[aspect]
    for words in ({"title": long[:120], "subtitle": long[:120], "caption": long}, {"ending": long[:120]}):
        left, above, right, below = ink(look(LATE if "ending" in words else MIDDLE, short, aspect, **words))
        assert min(left, right) >= sides
        assert above >= top
        assert below >= bottom
        assert left == pytest.approx(right, abs=0.02), "in the middle"


def test_a_title_as_long_as_can_be_leaves_room_for_the_picture_and_the_caption(look):
    for title in ("A very long day by the sea " * 4, "海辺の長い一日" * 17):
        seen = look(title=title[:120], subtitle="Kamakura", caption="Evening " * 20)
        gaps = np.flatnonzero((seen < LETTER).all(axis=1)) / len(seen)
        assert (gaps < 0.15).sum() > 0.14 * len(seen)
        assert ((gaps > 0.6) & (gaps < 0.85)).sum() > 0.03 * len(seen), "they do not touch"


@pytest.mark.parametrize("short", [480, 1080])
@pytest.mark.parametrize("on", ["white", "black", "busy"])
def test_words_can_be_read_on_anything(look, on, short):
    """Letters against what is just around them: 3 to 1 is what WCAG 2.2 (1.4.3) asks of large text."""
    for words, number in (({"title": "Day 日", "caption": "Ha 午後"}, MIDDLE), ({"ending": "Good bye 再见"}, LATE)):
        letters = look(number, short, on="black", **words) > 235
        around = near(letters, short // 160) & ~near(letters, short // 400)
        seen = look(number, short, on=on, **words)
        contrast = (luminance(np.median(seen[letters])) + 0.05) / (luminance(seen[around]).mean() + 0.05)
        assert np.median(seen[letters]) > 240
        assert contrast > 3


def near(letters: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    grown = letters.copy()
    for shift in range(1, reach + 1):
        for axis, way in ((0, 1), (0, -1), (1, 1), (1, -1)):
            grown |= np.roll(letters, way * shift, axis)
    return grown


def luminance(value: NDArray[np.int16] | float) -> NDArray[np.float64]:
    """Of sRGB grey, 0 to 255, as WCAG 2.2 defines it."""
    share = np.asarray(value) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


# ---------------------------------------------------------------- time


def test_words_appear_and_go_softly(composer, tmp_path):
    media = {"grey": write_flat(tmp_path / "grey.jpg", "grey")}
    film = film_of(photo("grey", 3.0, caption="Early in the morning"))
    path = render(composer, film, media, tmp_path)[film.chunks[0].name]
    most = [int(np.percentile(picture[70:], 99.5)) for picture in frames(path)]
    steps = np.diff(most)
    assert max(most[:15]) < 140 > max(most[-15:])
    assert min(most[32:58]) > 185
    assert (steps[15:30] >= -4).all()
    assert (steps[60:75] <= 4).all()
    assert abs(steps).max() < 30


def test_words_that_are_on_for_a_short_time_fade_shortly(composer, tmp_path):
    """Of what is the least time a caption has, three quarters show all of it."""
    media = {"grey": write_flat(tmp_path / "grey.jpg", "grey")}
    film = film_of(photo("grey", 3.0, caption="Evening"))
    path = render(composer, film, media, tmp_path)[film.chunks[0].name]
    most = np.array([np.percentile(picture[70:], 99.5) for picture in frames(path)])
    on = most > 140
    assert (most[on] > most.max() - 8).mean() > 0.75


@pytest.mark.parametrize("transition", Transition)
def test_no_caption_is_on_during_a_transition(composer, tmp_path, transition):
    media = {"grey": write_flat(tmp_path / "grey.jpg", "grey")}

    def passage(caption: str) -> list[NDArray[np.uint8]]:
        film: Film = film_of(photo("grey", caption=caption), photo("grey", caption=caption), transition=transition)
        (chunk,) = (chunk for chunk in film.chunks if chunk.transition)
        ((_, path),) = composer.render([chunk], media, tmp_path, nothing)
        return frames(path)

    assert all(map(np.array_equal, passage("Words"), passage("")))


def test_the_ending_is_read_over_black_when_the_caption_has_gone(look):
    words = {"caption": "Home", "ending": "See you", "last": True}
    before, late, black = (look(number, **words) for number in (35, LATE, OF - 10))
    assert (rows(before, 0.85, 0.95) > LETTER).any()
    assert (rows(before, 0.3, 0.6) < LETTER).all()
    for seen in (late, black):
        assert (rows(seen, 0.3, 0.6) > 150).sum() > 100
        assert (rows(seen, 0.8, 1.0) < 150).all()
