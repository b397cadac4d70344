"""Columns named for what they hold: digits where these are in the view, and the whole page."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # Alembic's own would copy SQLite's whole table.
    op.execute("ALTER TABLE pages RENAME COLUMN marks TO digits")
    op.execute("ALTER TABLE pages RENAME COLUMN sheet TO whole_page")
