"""What making films needs of the machine, and no Python package brings."""

from PIL import features


def check() -> None:
    """Raises RuntimeError that says what is missing."""
    if not features.check("raqm"):
        raise RuntimeError(
            "FriBidi is missing, without which no title can be set: install it (Debian's package is libfribidi0)."
        )
