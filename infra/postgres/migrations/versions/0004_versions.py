"""A vlog may be a version of another; a scene may be left out of its film."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("vlog", sa.Column("family", sa.Text(), nullable=True))
    op.add_column("vlog", sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
    op.create_index(op.f("ix_vlog_family"), "vlog", ["family"], unique=False)
    op.add_column("scene", sa.Column("left_out", sa.Boolean(), nullable=False, server_default=sa.false()))
