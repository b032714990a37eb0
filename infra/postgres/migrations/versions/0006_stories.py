"""A vlog's story is kept as its owner changes it: its words and music beside its scenes, which are cards now."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("vlog", sa.Column("story", sa.JSON(none_as_null=True), nullable=True))
    op.execute("DELETE FROM scene")  # what they lack is not known any more; one that waits for review is told again
