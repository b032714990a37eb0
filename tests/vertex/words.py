"""Colours in the languages of films, as words for captions that anybody can check against the picture."""

from collections.abc import Mapping, Sequence

#: in each language: how a prompt names it, the colours, and what stands between two of them
_COLOURS = ("black", "grey", "white", "red", "orange", "yellow", "green", "turquoise", "blue", "violet")
_LANGUAGES: Mapping[str, tuple[Sequence[str], str]] = {
    "Japanese": (("黒", "灰色", "白", "赤", "オレンジ", "黄色", "緑", "青緑", "青", "紫"), "と"),
    "Traditional Chinese": (("黑", "灰", "白", "紅", "橙", "黃", "綠", "青綠", "藍", "紫"), "與"),
    "Simplified Chinese": (("黑", "灰", "白", "红", "橙", "黄", "绿", "青绿", "蓝", "紫"), "与"),
    "Korean": (("검정", "회색", "하양", "빨강", "주황", "노랑", "초록", "청록", "파랑", "보라"), ", "),
}


def spoken(colours: Sequence[str], prompt: str) -> str:
    """From top to bottom, in the language that the prompt asks for, else in English."""
    for language, (names, joint) in _LANGUAGES.items():
        if language in prompt:
            return joint.join(names[_COLOURS.index(colour)] for colour in colours)
    return " over ".join(colours).capitalize()
