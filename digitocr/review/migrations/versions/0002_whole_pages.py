"""Whole pages beside what is cut out of them; whether a settlement differs from the guess."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("pages", sa.Column("sheet", sa.LargeBinary))
    op.add_column("pages", sa.Column("place", sa.JSON))
    changed = sa.Column("changed", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("settlements", changed)
    guess = "(SELECT guess FROM pages WHERE pages.id = settlements.page_id)"
    op.execute(f"UPDATE settlements SET changed = (text <> {guess})")
    op.create_index("ix_settlements_settled_at", "settlements", ["settled_at"])
