"""The JSON API in the vlogs dialect: one module for each resource, and what they share."""

from flask import Flask

from app.api import accounts, docs, estimates, media, shares, standing, storyboards, stream, uploads, versions, vlogs
from app.api.form import FaithfulRequest


def register(app: Flask) -> None:
    app.request_class = FaithfulRequest
    standing.register(app)
    for module in (vlogs, shares, storyboards, versions, stream, estimates, uploads, media, accounts, docs):
        app.register_blueprint(module.blueprint)
