"""The desk's first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "pages",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pile", sa.String, nullable=False),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("guess", sa.String, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("in_doubt", sa.Boolean, nullable=False),
        sa.Column("record", sa.JSON, nullable=False),
        sa.Column("read_by", sa.String, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("view", sa.LargeBinary),
        sa.Column("marks", sa.JSON, nullable=False),
        sa.UniqueConstraint("pile", "file", "page", name="uq_pages_pile"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pages_in_doubt", "pages", ["in_doubt", "confidence"])
    page_id = sa.ForeignKey("pages.id", ondelete="CASCADE")
    op.create_table(
        "claims",
        sa.Column("page_id", sa.Integer, page_id, primary_key=True),
        sa.Column("session", sa.String, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    page_id = sa.ForeignKey("pages.id", ondelete="CASCADE")
    op.create_table(
        "settlements",
        sa.Column("page_id", sa.Integer, page_id, primary_key=True),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("reviewer", sa.String, nullable=False),
        sa.Column("session", sa.String, nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
    )
