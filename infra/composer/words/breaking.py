"""Where lines of text end: between words, and where Chinese and Japanese allow it, in lines of like length."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple

from infra.composer.words.fonts import Letter, ideographic

#: no line begins with these or ends with those: closing and opening marks, small kana, what lengthens or repeats
#: (W3C, Requirements for Japanese Text Layout, 3.1.7 and 3.1.8; Requirements for Chinese Text Layout, 3.1.3)
_NEVER_FIRST = frozenset(
    "!%),.:;?]}»’”‥…-‐–—―·・、。〃々〆〉》」』】〕〗〙〛〜゛゜ゝゞーヽヾ"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ！％），．：；？］｝～｡｣､･ｰﾞﾟ℃°"
)
_NEVER_LAST = frozenset("([{«‘“〈《「『【〔〖〘〚（［｛｢#$£¥￥＃＄")
#: after them a line ends readily
_STOPS = frozenset("、。！？，；：」』）】》…!?,;:)·–—")
_DOT = "·"
#: Japanese words that stand behind others
_PARTICLES = frozenset("のをはがにでともへ")
#: between the numbers of one date
_DATES = frozenset("年月")
_HYPHENS = frozenset("-‐–/")
#: what a ragged line and one line more cost, against what a break within a word does
_RAGGED, _LINE = 6.0, 0.8

Width = Callable[[Sequence[Letter]], float]


@dataclass(frozen=True)
class Piece:
    """Letters that stay together, the space after them included; `cost` of ending a line there, 0 to 2."""

    letters: tuple[Letter, ...]
    cost: float


def pieces(letters: Sequence[Letter]) -> list[Piece]:
    """All of the letters, cut wherever a line may end."""
    ends = [end for end in range(1, len(letters)) if _may_end(letters, end)]
    costs = [_cost(letters, end) for end in ends]
    cuts = [0, *ends, len(letters)] if letters else []
    return [
        Piece(tuple(letters[here:there]), cost)
        for (here, there), cost in zip(pairwise(cuts), [*costs, 0.0], strict=False)
    ]


def balanced(parts: Sequence[Piece], width: Width, most: float, count: int) -> list[list[Letter]] | None:
    """In at most `count` lines of at most `most` pixels, few and about equally long; None when they do not fit."""
    sizes = [(width(part.letters), width(_stripped(part.letters))) for part in parts]
    ends = [0.0, *accumulate(size for size, _ in sizes)]
    enough = (lines for lines in range(1, count + 1) if ends[-1] <= most * (lines + 1))
    ways = filter(None, (_cheapest(parts, sizes, ends, most, lines) for lines in enough))
    best = min(ways, key=lambda way: way.cost + _LINE * len(way.cuts), default=None)
    return best and [_line(parts[here:there]) for here, there in pairwise(best.cuts)]


def filled(parts: Sequence[Piece], width: Width, most: float, count: int) -> list[list[Letter]]:
    """The first `count` lines of what is too much, the last of them ending in an ellipsis."""
    lines: list[list[Letter]] = [[]]
    for part in parts:
        for piece in _torn(part.letters, width, most):
            if lines[-1] and width(_stripped([*lines[-1], *piece])) > most:
                lines.append([])
            lines[-1].extend(piece)
    kept = [_stripped(line) for line in lines[:count] if line]
    return kept if len(lines) <= count else [*kept[:-1], _cut_off(kept[-1], width, most)]


def _torn(letters: Sequence[Letter], width: Width, most: float) -> Iterator[Sequence[Letter]]:
    """A word in pieces that fit: cut where no mark forbids it, else anywhere."""
    if width(letters) <= most:
        yield letters
        return
    cuts = [0, *(end for end in range(1, len(letters)) if _marks_allow(letters, end)), len(letters)]
    for here, there in pairwise(cuts):
        piece = letters[here:there]
        yield from (piece,) if width(_stripped(piece)) <= most else ((letter,) for letter in piece)


def _cut_off(line: list[Letter], width: Width, most: float) -> list[Letter]:
    while line and width([*line, more := Letter(line[-1].face, "…")]) > most:
        line = line[:-1]
    return [*_stripped(line), more] if line else []


class _Way(NamedTuple):
    """To end lines: before the pieces of these numbers."""

    cost: float
    cuts: tuple[int, ...]


def _cheapest(
    parts: Sequence[Piece], sizes: Sequence[tuple[float, float]], ends: Sequence[float], most: float, lines: int
) -> _Way | None:
    """To have exactly so many lines; None when one would be too long."""
    target, ways = ends[-1] / lines, {0: _Way(0.0, (0,))}
    for _ in range(lines):
        reached: dict[int, _Way] = {}
        for here, (cost, cuts) in ways.items():
            for there in range(here + 1, len(parts) + 1):
                wide = ends[there - 1] - ends[here] + sizes[there - 1][1]
                if wide > most:
                    break
                ragged = _RAGGED * ((wide - target) / most) ** 2
                way = _Way(cost + ragged + parts[there - 1].cost, (*cuts, there))
                reached[there] = min(way, reached.get(there, way))
        ways = reached
    return ways.get(len(parts))


def _line(parts: Sequence[Piece]) -> list[Letter]:
    return _stripped([letter for part in parts for letter in part.letters])


def _stripped(letters: Sequence[Letter]) -> list[Letter]:
    """Without the space at its end, and the dot before it: what that parts has lines of its own."""
    kept = list(letters)
    while len(kept) > 1 and kept[-1].text in (" ", _DOT):
        kept.pop()
    return kept


def _marks_allow(letters: Sequence[Letter], end: int) -> bool:
    """A line to end before the letter of that number, if need be within a word."""
    spaced = letters[end - 1].text.isspace()
    last, first = letters[end - 1 - spaced].text[0], letters[end].text[0]
    return not (first.isspace() or first in _NEVER_FIRST or last in _NEVER_LAST)


def _may_end(letters: Sequence[Letter], end: int) -> bool:
    """A line, before the letter of that number."""
    spaced = letters[end - 1].text.isspace()
    before, after = letters[end - 1 - spaced], letters[end]
    last, first = before.text[0], after.text[0]
    if not _marks_allow(letters, end):
        return False
    if last in _HYPHENS and not spaced:
        return not first.isdigit()
    return spaced or ((ideographic(before) or ideographic(after)) and not last.isdigit())  # 11月 is one word


def _cost(letters: Sequence[Letter], end: int) -> float:
    """Of ending a line there."""
    spaced = letters[end - 1].text.isspace()
    last, first = letters[end - 1 - spaced].text[0], letters[end].text[0]
    if last in _STOPS:
        return 0.0 if spaced else 0.1
    if spaced:
        return 1.0 if last.isdigit() and first.isalpha() else 0.25  # a number goes with what it counts: 2 January
    if last in _DATES and first.isdigit():
        return 1.5
    if last in _PARTICLES and first not in _PARTICLES:
        return 0.3
    return _BETWEEN.get((_script(last), _script(first)), 0.7)


Script = Literal["hiragana", "katakana", "other", "han"]
#: Japanese words mostly begin where hiragana ends, and their endings are hiragana
_BETWEEN: dict[tuple[Script, Script], float] = {
    ("hiragana", "hiragana"): 1.6,
    ("hiragana", "han"): 0.4,
    ("hiragana", "katakana"): 0.4,
    ("han", "han"): 1.0,
    ("han", "hiragana"): 1.3,
    ("katakana", "hiragana"): 1.6,
    ("katakana", "katakana"): 2.0,
}


def _script(character: str) -> Script:
    if "\u3041" <= character <= "\u309f":
        return "hiragana"
    if "\u30a0" <= character <= "\u30ff":
        return "katakana"
    return "han" if character >= "\u3400" else "other"
