"""An empty Flask view, to measure ours against. Served by the same gunicorn settings."""

from threading import Event
from types import SimpleNamespace

from flask import Flask
from flask.typing import ResponseReturnValue

from app.services import EXTENSION

app = Flask(__name__)
app.extensions[EXTENSION] = SimpleNamespace(shutdown=Event())


@app.get("/")
def nothing() -> ResponseReturnValue:
    return {}
