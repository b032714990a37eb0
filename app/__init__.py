"""How others reach Daylog: JSON API, pages, the endpoints that the queue calls."""

from collections.abc import Mapping

from flask import Flask

from app import guard, health, identity, logs, problems
from app.bootstrap import check_machine, connect
from app.services import EXTENSION, connected
from app.settings import Settings
from internal.pipeline import Pipeline
from internal.pipelines import PIPELINES
from internal.ports import Services


def create_app(
    settings: Settings | None = None,
    services: Services | None = None,
    pipelines: Mapping[str, Pipeline] = PIPELINES,
) -> Flask:
    """`SERVE` picks what this process answers: the public side, the worker's, or both."""
    settings = settings or Settings()
    logs.configure()
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.most_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = 1024 * 1024
    app.config["MAX_FORM_PARTS"] = 400
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider, which we keep
    app.extensions[EXTENSION] = connected(settings, services or connect(settings), pipelines)
    problems.register(app)
    guard.register(app)
    logs.register(app)
    identity.register(app)
    app.register_blueprint(health.blueprint)
    if settings.serve in ("web", "all"):
        from app import api, pages

        api.register(app)
        pages.register(app)
    if settings.serve in ("worker", "all"):
        from app import tasks

        check_machine()  # else it would be a film that fails, and its media that seem broken
        app.register_blueprint(tasks.blueprint, url_prefix="/internal/tasks")
    return app
