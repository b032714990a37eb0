"""What people see: one module for each page, its template, its scripts, and its words in every language."""

from flask import Blueprint, Flask

from app.identity import known_user
from app.pages import doors, library, new, packed, policy, share, sign_in, vlog, words, wrong

PAGES = (new, library, vlog, share, sign_in)


def register(app: Flask) -> None:
    shared = Blueprint(
        "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
    )
    for page in PAGES:
        shared.register_blueprint(page.blueprint)
    doors.register(shared)
    shared.after_request(policy.only_ours)
    shared.after_request(packed.pack)
    shared.context_processor(lambda: {"person": known_user()})
    app.register_blueprint(shared)
    app.before_request(words.switch)
    app.after_request(wrong.as_page)
