"""generate: bring chosen photos to life. Footage needs none: the composer pans over photos."""

from internal.pipeline import Done, Run


def generate(run: Run) -> Done:
    run.progress(0.0, "Choosing how each photo moves")
    return Done({"clips": {}})
