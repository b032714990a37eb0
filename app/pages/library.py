"""The page of all vlogs of whoever looks."""

from flask import Blueprint

from app.pages import words

blueprint = Blueprint("library", __name__)


@blueprint.get("/vlogs")
def index() -> str:
    return words.page("library.html", "library")
