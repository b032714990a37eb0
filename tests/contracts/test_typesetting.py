"""Which letters are drawn with which face, and where lines end."""

import unicodedata
from collections.abc import Iterable, Iterator

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.composer.words.fonts import font, letters, runs
from infra.composer.words.typesetting import Setting, Style, setting
from internal.vlog import Language

STYLE = Style(0.05, 600, 0.0, 1.4, ((1.0, 2), (0.8, 3)))
#: characters that China, Japan, Korea teach, as their standards list them; letters of European alphabets
TAUGHT: dict[Language, tuple[str, Iterable[int]]] = {
    "ja": ("euc_jp", range(0xB0, 0xF5)),
    "zh-Hans": ("gb2312", range(0xB0, 0xF8)),
    "ko": ("euc_kr", range(0xB0, 0xC9)),
    "zh-Hant": ("big5", (*range(0xA4, 0xC6), *range(0xC9, 0xFA))),
}
EUROPEAN = [
    chr(code)
    for start, end in ((0xC0, 0x250), (0x391, 0x3A2), (0x3A3, 0x3CF), (0x400, 0x460))
    for code in range(start, end)
]
MIXED = (
    "Žižkov Ångström naïve Ελλάδα Москва 京都の秋、静かな「朝」 臺灣灣環島 上海边灯会 서울에서 한 3℃ “a” — b… ①★♪ ｱﾊﾟｰﾄ"
)


def taught(language: Language) -> Iterator[str]:
    charset, firsts = TAUGHT[language]
    for first in firsts:
        for second in range(0x40, 0xFF):
            character = bytes((first, second)).decode(charset, errors="ignore")
            if len(character) == 1 and not character.isascii():
                yield character


def faces(text: str, language: Language = "en") -> list[tuple[str, str]]:
    return [(face, "".join(letter.text for letter in run)) for face, run in runs(letters(text, language))]


def text(lines: Setting) -> list[str]:
    return ["".join(letter.text for letter in line) for line in lines.lines]


def set_in(words: str, most: float, language: Language = "ja") -> Setting:
    return setting(words, language, STYLE, 400, most)


# ---------------------------------------------------------------- faces


@pytest.mark.parametrize("language", TAUGHT)
def test_every_character_taught_in_a_country_is_in_its_face(language):
    has = TTFont(font(language, 10).path, fontNumber=("ja", "ko", "zh-Hans", "zh-Hant").index(language)).getBestCmap()
    characters = list(taught(language))
    assert len(characters) > 2000
    assert [character for character in characters if ord(character) not in has] == []
    some = unicodedata.normalize("NFC", "".join(characters[::25]))
    assert faces(some, language) == [(language, some)]


def test_every_letter_of_europe_is_in_the_latin_face():
    assert faces("".join(EUROPEAN)) == [("latin", "".join(EUROPEAN))]


def test_no_two_characters_of_a_line_in_many_languages_look_the_same():
    shown = letters(MIXED, "en")
    assert "".join(letter.text for letter in shown) == MIXED
    drawn = {letter: bytes(font(letter.face, 40).getmask(letter.text)) for letter in set(shown) if letter.text != " "}
    missing = {bytes(font(face, 40).getmask("\uffff")) for face in ("latin", "ja", "ko", "zh-Hans", "zh-Hant")}
    assert len(set(drawn.values())) == len(drawn)
    assert not missing & set(drawn.values())


@pytest.mark.parametrize(
    ("words", "language", "runs"),
    [
        ("京都 Kyoto", "zh-Hant", [("zh-Hant", "京都"), ("latin", " Kyoto")]),
        ("京都の秋", "en", [("ja", "京都の秋")]),
        ("京都の秋", "zh-Hans", [("zh-Hans", "京都"), ("ja", "の"), ("zh-Hans", "秋")]),
        ("한자 漢字", "ja", [("ko", "한자"), ("latin", " "), ("ja", "漢字")]),
        ("他说“好”……", "en", [("zh-Hans", "他说“好”……")]),
        ("“京都”…and “so” on…", "ja", [("ja", "“京都”…"), ("latin", "and “so” on…")]),
        ("서울 “밤”…", "ko", [("ko", "서울"), ("latin", " “"), ("ko", "밤"), ("latin", "”…")]),
        ("11月22日", "ja", [("latin", "11"), ("ja", "月"), ("latin", "22"), ("ja", "日")]),
        ("नमस्ते Дом", "en", [("latin", "नमस्ते Дом")]),
    ],
)
def test_each_letter_has_the_face_of_its_script_and_marks_go_with_what_they_touch(words, language, runs):
    assert faces(words, language) == runs


def test_marks_stand_on_letters_only_and_no_pile_of_them_reaches_beyond_its_line():
    assert faces("a \u0301b") == [("latin", "a \u0301b")]
    assert [letter.text for letter in letters(" \u0301b", "en")] == ["\u0301", "b"]
    assert faces("e\u0301" + "\u0302\u0304" * 20) == [("latin", "é\u0302\u0304")]
    assert faces("か\u309a") == [("ja", "か\u309a")]


def test_what_ends_in_a_virama_swallows_nothing():
    assert faces("जगत् है") == [("latin", "जगत् है")]
    assert faces("क्A, A\u094dB") == [("latin", "क्A, A\u094dB")]


@pytest.mark.parametrize("filler", ["\u3164", "\u115f", "\uffa0", "\u2800"])
def test_what_is_drawn_as_nothing_leaves_no_gap(filler):
    assert faces(f"{filler}서울{filler} {filler}") == [("ko", "서울")]


@given(st.text(st.sampled_from("Aक\u094d \u0301\u3164") | st.characters(), max_size=60))
def test_any_text_is_drawn_without_gaps_at_its_ends_or_two_in_a_row(words):
    shown = "".join(letter.text for letter in letters(words, "en"))
    assert shown == " ".join(shown.split())


# ---------------------------------------------------------------- lines


LINES = st.from_regex(r"(?:[「（]?[京都の秋静かな朝きとA dayKyōt\-12][、。」）ーっゃ…%]?){1,50}", fullmatch=True)


@settings(max_examples=60)
@given(LINES, st.integers(90, 400))
def test_no_line_is_too_long_or_begins_or_ends_with_a_mark_that_may_not(words, most):
    made = set_in(words, most)
    assert len(made.lines) <= 3
    assert made.width <= most + 1
    for number, line in enumerate(text(made)):
        assert line == line.strip()
        assert number == 0 or line[0] not in "、。」）ーっゃ…%"
        assert line[-1] not in "「（" or number == len(made.lines) - 1


@settings(max_examples=60)
@given(LINES)
def test_words_that_fit_are_all_there(words):
    made = set_in(words, 1000)
    assert "".join(text(made)).replace(" ", "") == "".join(x.text for x in letters(words, "ja")).replace(" ", "")


def test_lines_are_about_equally_long_and_break_where_readers_pause():
    assert text(set_in("A long weekend in Provence and the hills around it", 300)) == [
        "A long weekend in Provence",
        "and the hills around it",
    ]
    assert text(set_in("京都の静かな秋をめぐる旅", 180)) == ["京都の静かな", "秋をめぐる旅"]
    assert text(set_in("22 November 2026 · Aix-en-Provence", 200)) == ["22 November 2026", "Aix-en-Provence"]
    assert text(set_in("京都の朝2026年11月22日", 200)) == ["京都の朝", "2026年11月22日"]
    assert text(set_in("서울에서 보낸 하루", 110)) == ["서울에서", "보낸 하루"]


def test_a_number_stays_with_what_it_counts():
    assert text(set_in("30 December 2024 – 2 January 2025", 130)) == ["30 December", "2024 –", "2 January 2025"]


@pytest.mark.parametrize(
    ("words", "most"),
    [
        ("2024年12月31日 – 2025年1月1日", 170),
        ("30 December 2024 – 2 January 2025", 180),
        ("Aix-en-Provence – Marseille", 160),
        ("Arezzo - Siena", 90),
    ],
)
def test_a_dash_ends_a_line_and_begins_none(words, most):
    first, second = text(set_in(words, most))
    assert first[-1] in "–-"
    assert f"{first} {second}" == words


def test_a_word_too_long_for_any_line_is_broken_and_what_is_too_much_ends_in_an_ellipsis():
    made = text(set_in("W" * 200, 200))
    assert len(made) == 3
    assert made[0] == "W" * len(made[0])
    assert made[-1].endswith("W…")
    assert text(set_in("1111111A、", 90)) == ["1111111", "A、"]
    assert text(set_in("っ" * 9, 90))[0] == "っ" * 5


def test_longer_text_is_smaller_before_it_is_cut():
    short, long = set_in("Kyoto", 200), set_in("A very long day by the sea " * 2, 200)
    assert (short.size, long.size) == (20, 16)
    assert text(long)[-1].endswith("sea")


def test_text_with_nothing_to_draw_has_no_lines():
    assert set_in(" \u200b🏖️ ", 200).lines == ()
