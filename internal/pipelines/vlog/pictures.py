"""Pictures of a story's scenes, for its owner to know them by. A film does without: what cannot be drawn is not."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from internal.errors import NotFound, TemporaryFailure, UnreadableMedia
from internal.film import FPS, Canvas, Chunk, View, canvas_of
from internal.media import Kind
from internal.pipeline import Run
from internal.pipelines.vlog.looking import fetch
from internal.pipelines.vlog.wishes import settings_of
from internal.storyboard import Card, Story
from internal.storyboard.cards import picture_folder, picture_key
from internal.vlog import Scene

log = logging.getLogger(__name__)

#: pixels of the shorter side: 480 of the longer, in 16:9
SHORT_SIDE = 270
#: frames
PAN = 4 * FPS


def pictured(run: Run, story: Story) -> Story:
    """The story, each card with its picture's name if it has one. Raises Stopped."""
    canvas = canvas_of(settings_of(run), min(SHORT_SIDE, run.services.short_side or SHORT_SIDE))
    chunks = {card.id: _chunk(card, canvas) for card in story.cards}
    try:
        drawn = _drawn(run, story.cards, chunks)
    except (TemporaryFailure, UnreadableMedia) as error:
        log.warning("the scenes have no pictures: %s", error)
        drawn = frozenset()
    names = (chunks[card.id].name for card in story.cards)
    cards = zip(story.cards, (name if name in drawn else "" for name in names), strict=True)
    return story.model_copy(update={"cards": tuple(card.model_copy(update={"picture": name}) for card, name in cards)})


def _chunk(card: Card, canvas: Canvas) -> Chunk:
    """One frame, as the film shows it but for its words: of a clip its scene's middle; of a photo the middle of a pan
    that is the same however long the scene has become."""
    is_clip = card.kind is Kind.CLIP
    scene = Scene(
        kind=card.kind,
        sha256=card.sha256,
        start=round(card.start + card.seconds / 2, 3) if is_clip else 0.0,
        seconds=1 / FPS if is_clip else PAN / FPS,
        variation=card.variation,
    )
    of = 1 if is_clip else PAN
    return Chunk(canvas=canvas, views=(View(scene=scene, first=of // 2, count=1, of=of),))


def _drawn(run: Run, cards: Sequence[Card], chunks: Mapping[int, Chunk]) -> frozenset[str]:
    """Names of those that the media store has, now or since before a crash."""
    there = {info.key for info in run.services.media.list(picture_folder(run.job.id))}
    kept = {chunk.name for chunk in chunks.values() if picture_key(run.job.id, chunk.name) in there}
    kept.update(_taken_over(run, {chunk.name for chunk in chunks.values()}.difference(kept), cards))
    missing = [card for card in cards if chunks[card.id].name not in kept]
    return frozenset(kept.union(_draw(run, missing, chunks) if missing else ()))


def _taken_over(run: Run, names: Collection[str], cards: Sequence[Card]) -> Iterator[str]:
    """Of a version, those of these that the vlog has whose story it tells: no media is fetched for them."""
    source = str(run.job.params.get("version_of", ""))
    for name in sorted({card.picture for card in cards}.intersection(names)) if source else ():
        try:
            run.services.media.copy(picture_key(source, name), picture_key(run.job.id, name))
        except NotFound:  # that vlog was deleted meanwhile
            return
        yield name


def _draw(run: Run, cards: Sequence[Card], chunks: Mapping[int, Chunk]) -> Iterator[str]:
    media = _fetched(run, cards)
    wanted = {run.folder / f"{chunks[card.id].name}.jpg": card for card in cards if card.sha256 in media}
    asked = {path: chunks[card.id] for path, card in wanted.items()}
    failed = run.services.composer.pictures(asked, media, run.check)
    for path, card in wanted.items():
        if path in failed:
            log.warning("scene %s has no picture: %s", card.id, failed[path])
            continue
        with path.open("rb") as data:
            run.services.media.put(picture_key(run.job.id, path.stem), data, "image/jpeg")
        yield path.stem


def _fetched(run: Run, cards: Sequence[Card]) -> Mapping[str, Path]:
    """The media they show, by content hash, where `compose` looks for them; without those that cannot be had."""
    paths: dict[str, Path] = {}
    for card in {card.sha256: card for card in cards}.values():
        path = run.folder / card.sha256
        try:
            if not path.exists():
                fetch(run, run.services.store.media(run.job.owner_id, card.media_id), path)
        except UnreadableMedia as error:
            log.warning("%s has no picture: %s", card.name, error)
            continue
        paths[card.sha256] = path
        run.check()
    return paths
