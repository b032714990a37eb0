"""Progress as a person reads it: one line that moves on a terminal, plain lines everywhere else."""

import shutil
import sys
import threading
from typing import TextIO

BAR = 24
#: without a terminal, a line for each new step and each so much of it
STRIDE = 0.25
#: the pipeline's steps, as people say them
STEPS = {
    "": "Waiting to start",
    "analyze": "Looking at the media",
    "storyboard": "Telling the story",
    "generate": "Bringing photos to life",
    "compose": "Making the film",
    "transfer": "Handing it over",
}


class Progress:
    """On standard error, so that standard output holds only what was made. May be told by several threads."""

    def __init__(self, out: TextIO = sys.stderr) -> None:
        self._out = out
        self._moves = out.isatty()
        self._lock = threading.Lock()
        self._last = ("", -1.0)

    def show(self, fraction: float, step: str, message: str = "") -> None:
        """`fraction` is of the whole, 0 to 1."""
        with self._lock:
            if self._moves:
                self._redraw(fraction, step, message)
            elif step != self._last[0] or fraction - self._last[1] >= STRIDE:
                self._last = (step, fraction)
                print(f"{fraction:4.0%}  {step}", file=self._out, flush=True)

    def _redraw(self, fraction: float, step: str, message: str) -> None:
        full = round(BAR * fraction)
        line = f"{'█' * full}{'░' * (BAR - full)} {fraction:4.0%}  {step}{': ' if message else ''}{message}"
        self._out.write(f"\r\033[K{line[: shutil.get_terminal_size().columns - 1]}")
        self._out.flush()

    def say(self, sentence: str) -> None:
        """A line that stays."""
        with self._lock:
            self._clear()
            print(sentence, file=self._out, flush=True)

    def end(self) -> None:
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        if self._moves:
            self._out.write("\r\033[K")
            self._out.flush()
