"""The words on our pages, in each of their languages.

A catalogue is a folder for each language with a file for each page: key to text. `{name}` in a
text is filled in; a text that depends on a count is {"one": …, "other": …}.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import quote, urlencode

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import cookies
from app.api.languages import preferred_language
from app.pages import scripts

PageLanguage = Literal["en", "ja", "zh-Hant"]
LANGUAGES: dict[PageLanguage, str] = {"en": "English", "ja": "日本語", "zh-Hant": "繁體中文"}
#: the cookie that remembers a choice, and for how long, in seconds
COOKIE, REMEMBERED = "lang", 365 * 24 * 3600

Text = str | Mapping[str, str]


def page(template: str, *catalogues: str, again: str | None = None, **values: Any) -> str:
    """Render a page in its reader's language; its scripts find the words of `catalogues`, too. `again`, an address
    with its query, is where another language is chosen, for a page that cannot be asked for once more."""
    language = current()
    texts = catalogue(language, ("common", *catalogues))

    def say(key: str, **named: object) -> str:
        return filled(texts[key], named)

    return render_template(
        template,
        say=say,
        texts=texts,
        language=language,
        languages={
            code: (name, f"{again}&lang={code}" if again else here(lang=code)) for code, name in LANGUAGES.items()
        },
        path=request.path,
        needed=scripts.needed,
        **values,
    )


def current() -> PageLanguage:
    """The one chosen before, else the browser's wish."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    wish = preferred_language()
    if wish == "zh-Hans":
        return "zh-Hant"
    return wish if wish in LANGUAGES else "en"


def switch() -> ResponseReturnValue | None:
    """`?lang=` on any page, also one that there is not, chooses a language, and stays on that page."""
    wish = request.args.get("lang", "")
    ours = request.endpoint is None or request.endpoint.startswith("pages.")
    if request.method != "GET" or wish not in get_args(PageLanguage) or not ours:
        return None
    response = make_response(redirect(here(), 303))
    response.set_cookie(COOKIE, wish, max_age=REMEMBERED, httponly=True, samesite="Lax", secure=cookies.on_https())
    return response


def here(**changed: str) -> str:
    """This page's own address, with the rest of its query."""
    query = urlencode({name: value for name, value in request.args.items() if name != "lang"} | changed)
    # two slashes would begin another host's; and a tab or a line end is dropped on the way, with what it kept apart
    path = quote(f"/{request.path.lstrip('/')}")
    return f"{path}?{query}" if query else path


def filled(text: Text, named: Mapping[str, object]) -> str:
    if isinstance(text, Mapping):
        text = text["one" if named.get("count") == 1 and "one" in text else "other"]
    return text.format(**named) if named else text


@cache
def catalogue(language: PageLanguage, files: tuple[str, ...]) -> Mapping[str, Text]:
    """The texts of these files, by `file.key`."""
    folder = Path(__file__).parent / "words" / language
    return {
        f"{file}.{key}": text
        for file in files
        for key, text in json.loads((folder / f"{file}.json").read_text(encoding="utf-8")).items()
    }
