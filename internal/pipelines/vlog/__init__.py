"""Vlog: look at the media, tell a story, bring photos to life, make the film, hand it over."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from internal.notes import Note
from internal.pipeline import Outcome, Pipeline, Step
from internal.pipelines.vlog.analyze import analyze
from internal.pipelines.vlog.clips import are_kept
from internal.pipelines.vlog.compose import compose, is_kept
from internal.pipelines.vlog.generate import generate
from internal.pipelines.vlog.storyboard import storyboard
from internal.pipelines.vlog.told import analytics, segments, undescribed
from internal.pipelines.vlog.transfer import transfer
from internal.storyboard import Found
from internal.vlog import Storyboard


def finish(outputs: Mapping[str, Any]) -> Outcome:
    """The film's keys and length, what it tells, what was seen in it, and what had to be left out."""
    found = [Found.kept(one) for one in outputs["analyze"]["found"]]
    missing = _notes(outputs["analyze"]["left_out"], outputs["generate"]["failed"], outputs["compose"]["left_out"])
    notes = [*missing, *undescribed(found), *_notes(outputs["generate"]["notes"], outputs["storyboard"]["warnings"])]
    told = Storyboard.kept(outputs["compose"]["storyboard"])
    result = {
        **outputs["transfer"],
        "seconds": outputs["compose"]["seconds"],
        "segments": segments(told, found, outputs["compose"]["moving"]),
        "analytics": analytics(found),
        "notes": [note.model_dump(mode="json") for note in notes],
        "warnings": [note.text for note in notes],  # all that versions before this one know of them
    }
    return Outcome(result, partial=bool(missing))


def _notes(*kept: Sequence[Any]) -> list[Note]:
    return [Note.kept(one) for one in chain.from_iterable(kept)]


PIPELINE = Pipeline(
    "vlog",
    (
        Step("analyze", analyze, 25, edition=3),
        Step("storyboard", storyboard, 5, edition=4),
        Step("generate", generate, 30, edition=3, holds=are_kept),
        Step("compose", compose, 30, edition=4, holds=is_kept),
        Step("transfer", transfer, 10),
    ),
    finish,
)
