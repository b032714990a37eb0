"""What went wrong, as a page: a browser that opens an address is shown no problem details."""

from flask import Response, request

from app.pages import policy, words

PROBLEM, PAGE = "application/problem+json", "text/html"
#: addresses for programs, whatever they say they would read
PROGRAMS = ("/api/", "/bff/", "/internal/")
KINDS = {403: "forbidden", 404: "missing", 410: "gone", 429: "busy", 503: "busy"}


def as_page(response: Response) -> Response:
    """The same answer in words for people, with its status and headers; any other answer stays as it is."""
    if response.mimetype != PROBLEM or not _asked_by_a_person():
        return response
    response.set_data(words.page("wrong.html", kind=_kind(response.status_code), status=response.status_code))
    response.content_type = f"{PAGE}; charset=utf-8"
    return policy.only_ours(response)


def _asked_by_a_person() -> bool:
    wanted = request.accept_mimetypes.best_match((PROBLEM, PAGE))
    return wanted == PAGE and not request.path.startswith(PROGRAMS)


def _kind(status: int) -> str:
    return KINDS.get(status, "refused" if status < 500 else "broken")
