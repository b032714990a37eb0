"""Links by which anybody may watch one film."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "share",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("vlog_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index("share_live", "share", ["vlog_id"], unique=True, postgresql_where=sa.text("revoked_at IS NULL"))
