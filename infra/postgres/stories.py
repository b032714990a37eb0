"""Statements behind stories: their cards are rows of `scene`, the rest of them lies with the vlog."""

from sqlalchemy import Connection, Select, delete, insert, select, update

from infra.postgres.tables import SceneRow, VlogRow
from internal.storyboard import Card, Story

VLOG, SCENE = VlogRow.__table__, SceneRow.__table__  # type: ignore[attr-defined]  # set by SQLModel


def put(connection: Connection, vlog_id: str, story: Story) -> None:
    rest = story.model_dump(mode="json", exclude={"cards"})
    connection.execute(update(VLOG).where(VLOG.c.id == vlog_id).values(story=rest))
    connection.execute(delete(SCENE).where(SCENE.c.vlog_id == vlog_id))
    rows = [
        {
            "vlog_id": vlog_id,
            "number": number,
            "scene": card.model_dump(mode="json", exclude={"left_out"}),
            "left_out": card.left_out,
        }
        for number, card in enumerate(story.cards, start=1)
    ]
    if rows:
        connection.execute(insert(SCENE).values(rows))  # one statement: as parameters they would be as many


def read(connection: Connection, vlog_id: str) -> Story | None:
    """In one round trip; None while none is kept."""
    rows = connection.execute(_of(vlog_id)).mappings().all()
    if not rows or rows[0]["story"] is None:
        return None
    cards = [Card.kept({**row["scene"], "left_out": row["left_out"]}) for row in rows if row["scene"]]
    return Story.kept({**rows[0]["story"], "cards": cards})


def _of(vlog_id: str) -> "Select[tuple[object, object, bool]]":
    joined = VLOG.outerjoin(SCENE, SCENE.c.vlog_id == VLOG.c.id)
    wanted = select(VLOG.c.story, SCENE.c.scene, SCENE.c.left_out).select_from(joined)
    return wanted.where(VLOG.c.id == vlog_id).order_by(SCENE.c.number)
