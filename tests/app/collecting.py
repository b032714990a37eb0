"""An app that tells how it collects garbage, to be served as ours is."""

import gc
from threading import Event
from types import SimpleNamespace

from flask import Flask
from flask.typing import ResponseReturnValue

from app.services import EXTENSION

app = Flask(__name__)
app.extensions[EXTENSION] = SimpleNamespace(shutdown=Event())


@app.get("/")
def tell() -> ResponseReturnValue:
    return {"collects": gc.isenabled(), "left alone": gc.get_freeze_count()}
