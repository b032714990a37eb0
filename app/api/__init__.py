"""The JSON API in the vlogs dialect: one module for each resource, and what they share."""

from flask import Flask, current_app, request

from app.api import accounts, docs, estimates, media, shares, standing, storyboards, stream, uploads, versions, vlogs
from app.api.form import FaithfulRequest
from app.api.operations import operation_of
from app.identity import current_user


def register(app: Flask) -> None:
    app.request_class = FaithfulRequest
    app.before_request(only_who_is_signed_in)
    standing.register(app)
    for module in (vlogs, shares, storyboards, versions, stream, estimates, uploads, media, accounts, docs):
        app.register_blueprint(module.blueprint)


def only_who_is_signed_in() -> None:
    """Asked before anything of the request is read, on every route that is not said to be open. Raises
    NotAuthenticated."""
    noted = operation_of(current_app.view_functions[request.endpoint]) if request.endpoint else None
    if noted and not noted.open:
        current_user()
