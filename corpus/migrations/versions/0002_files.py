"""Files: which reader saw them, and the entity tag of what was downloaded."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("reader", "etag"):
        op.add_column("files", sa.Column(name, sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("etag", "reader"):
        op.drop_column("files", name)
