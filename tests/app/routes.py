"""How tests reach a route of which they know only what the app itself says."""

from werkzeug.routing import Rule

#: for what a route takes that is no id of what is somebody's
_OTHER_PARTS = {"file": "video", "scene_id": 1, "mood": "calm", "number": 1, "token": "x" * 32, "filename": "base.css"}


def path_to(rule: Rule, some_id: str) -> str:
    """With that id wherever the route takes one."""
    built = rule.build({name: _OTHER_PARTS.get(name, some_id) for name in rule.arguments})
    assert built
    return built[1]
