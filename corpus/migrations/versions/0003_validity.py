"""Validity down to the provision, corrections by operators, and what texts are compared by."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("relations", sa.Column("provisions", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("relations", sa.Column("wording_start", sa.Integer(), nullable=True))
    op.add_column("relations", sa.Column("wording_end", sa.Integer(), nullable=True))
    op.add_column("relations", sa.Column("until", sa.Date(), nullable=True))
    op.add_column("revisions", sa.Column("fingerprint", sa.LargeBinary(), nullable=True))
    op.add_column("revisions", sa.Column("quality", sa.Float(), nullable=True))
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_value", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_corrections_document_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
    )
    op.create_index("ix_corrections_document_id", "corrections", ["document_id"])


def downgrade() -> None:
    op.drop_table("corrections")
    for name in ("quality", "fingerprint"):
        op.drop_column("revisions", name)
    for name in ("until", "wording_end", "wording_start", "provisions"):
        op.drop_column("relations", name)
