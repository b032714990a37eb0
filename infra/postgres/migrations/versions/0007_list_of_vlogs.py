"""An owner's vlogs stand in the order of their list, so that a page of it reads no others."""

from infra.postgres import indexes

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    indexes.build("job_owner", "job", "owner_id", "created_at")
