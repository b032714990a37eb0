"""generate: bring chosen photos to life. Footage needs none: the composer pans over photos."""

from internal.pipeline import Done, Run


def generate(_run: Run) -> Done:
    return Done({"clips": {}})
