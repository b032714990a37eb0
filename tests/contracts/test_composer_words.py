"""What every Composer must do with words: they are looked for in the pixels where they belong."""

import pytest

from tests.contracts.small_films import film_of, frames, photo, render, write_flat


@pytest.mark.parametrize("words", ["Žluťoučký kůň", "京都の秋", "上海之旅", "서울의 밤", "Ελλάδα"])
def test_words_are_drawn_in_any_script(composer, tmp_path, words):
    media = {"grey": write_flat(tmp_path / "grey.jpg", "grey")}
    film = film_of(photo("grey", 2.0, title=words, caption=words))
    (path,) = render(composer, film, media, tmp_path).values()
    middle = frames(path)[25].mean(axis=2)
    assert (middle[30:60] > 200).sum() > 30, "the title"
    assert (middle[70:88] > 170).sum() > 10, "the caption"


def test_what_no_font_has_is_left_out_and_long_words_stay_inside(composer, tmp_path):
    media = {"grey": write_flat(tmp_path / "grey.jpg", "grey")}
    film = film_of(photo("grey", 2.0, title="\U0001f3d6\ufe0f\x07", caption="W" * 60))
    (path,) = render(composer, film, media, tmp_path).values()
    middle = frames(path)[25].mean(axis=2)
    assert (middle[20:50] > 200).sum() == 0
    assert (middle[60:] > 170).any()
    assert (middle[:, :5] < 200).all()
    assert (middle[:, -5:] < 200).all()


def test_a_title_as_long_as_can_be_leaves_room_for_the_picture(composer, tmp_path):
    media = {"grey": write_flat(tmp_path / "grey.jpg", "grey")}
    for title in ("A very long day by the sea " * 4, "海辺の長い一日" * 17):
        (path,) = render(composer, film_of(photo("grey", 2.0, title=title[:120])), media, tmp_path).values()
        middle = frames(path)[25].mean(axis=2)
        assert (middle > 170).any()
        assert abs(middle[:10] - 128).max() < 40
        assert abs(middle[75:] - 128).max() < 40
